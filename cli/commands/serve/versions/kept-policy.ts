// Keeps the latest version of a policy that was in use, with the contents of its tables and of the files that belong to it:
// for a start while the server of its URL cannot be reached, and so that a version which was held back is also held back
// after a restart. It is one file in the folder of the state: a line with the digest of what follows, a line with the
// tables, one with the files, and the module.

import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoleTexts } from './version-files.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants;
/** The longest module and its tables. */
const maxBytes = 256 * 1024 * 1024;
const format = 'nhipol-kept-policy/3';

export interface KeptVersion {
  readonly module: Uint8Array;
  /** The contents of external tables, JSON by name. */
  readonly tables: ReadonlyMap<string, string>;
  /** The contents of the files that belong to it. */
  readonly files: RoleTexts;
}

export class KeptPolicy {
  readonly #path: string;
  readonly #source: string;

  /** `state`: the path of the state, whose name the file has, too. `source`: a URL or an absolute path. */
  constructor(state: string, source: string) {
    this.#path = `${state}.policy`;
    this.#source = source;
  }

  get path(): string {
    return this.#path;
  }

  /** The version that is kept for the source, or `undefined` if none is. Throws an `Error` if the file is damaged. */
  async read(): Promise<KeptVersion | undefined> {
    const bytes = await this.#bytes();
    if (bytes === undefined) return undefined;
    const [head, rest] = readFirstLine(bytes);
    if (head === undefined) throw new Error(`${this.#path} is damaged`);
    if (head.source !== this.#source) return undefined;
    if (head.format !== format) {
      throw new Error(`${this.#path} was written by another release of nhipol`);
    }
    const [tables, afterTables] = readFirstLine(rest);
    const [files, module] = readFirstLine<readonly string[]>(afterTables);
    if (tables === undefined || files === undefined || digestModule(rest) !== head.digest) {
      throw new Error(
        `${this.#path} is damaged: its contents do not have the digest in its first line`,
      );
    }
    return {
      module: new Uint8Array(module),
      tables: new Map(Object.entries(tables)),
      files: files as unknown as RoleTexts,
    };
  }

  /** Replaces the version that is kept. It is on the disk before an activation is acknowledged, and the latest one stays. */
  write({ module, tables, files }: KeptVersion): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const temporary = `${this.#path}.${randomUUID()}`;
    const texts = [Object.fromEntries(tables), files].map((each) => `${JSON.stringify(each)}\n`);
    const rest = Buffer.concat([Buffer.from(texts.join('')), module]);
    const head = JSON.stringify({ format, source: this.#source, digest: digestModule(rest) });
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      writeAll(file, Buffer.concat([Buffer.from(`${head}\n`), rest]));
      fsyncSync(file);
      renameSync(temporary, this.#path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }

  async #bytes(): Promise<Buffer | undefined> {
    let file: Awaited<ReturnType<typeof open>>;
    try {
      // A pipe would wait for its writer.
      file = await open(this.#path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error(`${this.#path} is not a regular file`);
      if (stats.size > maxBytes) throw new Error(`${this.#path} is too long`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let index = 0; index < bytes.length; ) index += writeSync(file, bytes, index);
}

/** The object in the first line, or `undefined` if there is none, and what follows. */
function readFirstLine<Value = string>(
  bytes: Buffer,
): readonly [Readonly<Record<string, Value>> | undefined, Buffer] {
  const end = bytes.indexOf(0x0a);
  const rest = bytes.subarray(end + 1);
  if (end < 0) return [undefined, rest];
  try {
    const found: unknown = JSON.parse(bytes.toString('utf8', 0, end));
    const isObject = typeof found === 'object' && found !== null;
    return [isObject ? (found as Record<string, Value>) : undefined, rest];
  } catch {
    return [undefined, rest];
  }
}

/** As in the decision log. */
export function digestModule(module: Uint8Array): string {
  return `sha-256:${createHash('sha256').update(module).digest('hex')}`;
}
