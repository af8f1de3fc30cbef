// Keeps the latest version of a policy by URL that was in use, for a start while its server cannot be reached: one file in
// the folder of the state, that begins with the digest of the module.

import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDONLY, O_WRONLY } = constants;
/** The longest module, and its line before. */
const maxBytes = 64 * 1024 * 1024 + 4_096;

export class KeptPolicy {
  readonly #path: string;
  readonly #url: string;

  /** `state`: the path of the state, whose name the file has, too. */
  constructor(state: string, url: string) {
    this.#path = `${state}.policy`;
    this.#url = url;
  }

  get path(): string {
    return this.#path;
  }

  /** The module that is kept for the URL; undefined: none is. Throws an `Error` if the file is damaged. */
  async read(): Promise<Uint8Array | undefined> {
    const bytes = await this.#bytes();
    if (bytes === undefined) return undefined;
    const end = bytes.indexOf(0x0a);
    const head = end < 0 ? undefined : parsed(bytes.subarray(0, end).toString());
    if (head === undefined) throw new Error(`${this.#path} is damaged`);
    if (head.url !== this.#url) return undefined;
    const module = new Uint8Array(bytes.subarray(end + 1));
    if (digestOf(module) !== head.digest) {
      throw new Error(
        `${this.#path} is damaged: its module does not have the digest in its first line`,
      );
    }
    return module;
  }

  /** Replaces the module that is kept. */
  async write(module: Uint8Array): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${randomUUID()}`;
    const head = JSON.stringify({ url: this.#url, digest: digestOf(module) });
    const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(Buffer.concat([Buffer.from(`${head}\n`), module]));
      await file.sync();
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async #bytes(): Promise<Buffer | undefined> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      file = await open(this.#path, O_RDONLY | O_NOFOLLOW);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      if ((await file.stat()).size > maxBytes) throw new Error(`${this.#path} is too long`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As in the decision log. */
export function digestOf(module: Uint8Array): string {
  return `sha-256:${createHash('sha256').update(module).digest('hex')}`;
}
