// A session store in a file: one line for each session that changed, and one for each that was closed; the last
// line of an id counts. Lines are appended, so that the cost depends on what changed; once most lines are
// outdated, a new file is written next to it and replaces it. A failed write leaves the file as it was, and what a
// crash left of one is removed when the file is read. The file belongs to one store of one process at a time and is
// accessible to its owner only; symbolic links are rejected.

import { resolve } from 'node:path';
import type { SessionStore } from '../sessions/persistence/session-store.ts';
import { type Disk, type DiskFile, nodeDisk } from './disk.ts';
import { lockFile } from './file-lock.ts';

export interface SessionFileOptions {
  /** Whether a write waits until the data is on the disk. Default: true. */
  readonly sync?: boolean;
}

/** The file is rewritten when it has this many lines more than twice the number of current ones. */
const spareLines = 1_000;

/**
 * A store in a file. The file is created with mode 0600 if it does not exist; its folder must exist. The file is
 * locked from the first call until `close`: a call in another process, or of another store of the same file, is rejected
 * with the code `ELOCKED`.
 */
export function sessionFile(path: string, { sync = true }: SessionFileOptions = {}): SessionStore {
  return createFileStore(path, sync, nodeDisk);
}

export function createFileStore(path: string, sync: boolean, disk: Disk): SessionStore {
  let used: SessionFile | undefined;
  const use = (): SessionFile => {
    used ??= new SessionFile(resolve(path), disk);
    return used;
  };
  return {
    read: async () => use().read(sync),
    write: async (changed) => use().write(changed, sync),
    close: async () => {
      const file = used;
      used = undefined;
      await file?.leave();
    },
  };
}

class SessionFile {
  readonly #path: string;
  readonly #disk: Disk;
  readonly #open = new Set<string>();
  #lines = 0;
  /** The bytes of complete lines; anything beyond is left of a failed write. */
  #length = 0;
  #isTorn = false;
  /** The file is not rewritten before it has this many lines. */
  #minLines = 0;
  #file: DiskFile | undefined;
  #release: (() => Promise<void>) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#disk = disk;
  }

  leave(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#forget();
      const release = this.#release;
      this.#release = undefined;
      await release?.();
    });
  }

  read(sync: boolean): Promise<readonly string[]> {
    return this.#inTurn(async () => [
      ...(await this.#readAll(await this.#openFile(sync))).values(),
    ]);
  }

  write(changed: ReadonlyMap<string, string | undefined>, sync: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const file = await this.#openFile(sync);
      await this.#append(file, printLines(changed), sync);
      for (const [id, text] of changed) {
        if (text === undefined) this.#open.delete(id);
        else this.#open.add(id);
      }
      const isDue = this.#lines > 2 * this.#open.size + spareLines && this.#lines >= this.#minLines;
      if (isDue) await this.#rewrite(file);
    });
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(action, action);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #openFile(sync: boolean): Promise<DiskFile> {
    this.#release ??= await lockFile(this.#path, this.#disk);
    if (this.#file !== undefined) {
      await this.#expectUnchanged(this.#file);
      return this.#file;
    }
    const isThere = (await this.#disk.status(this.#path)) !== undefined;
    const file = await this.#disk.open(this.#path, 'create');
    try {
      if (!(await file.stat()).isRegular) throw new Error(`${this.#path} is not a regular file`);
      if (!isThere && sync) await this.#disk.syncFolder(this.#path);
      await this.#readAll(file);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }

  /** Data that is written to a file which is no longer at its path would be lost. */
  async #expectUnchanged(file: DiskFile): Promise<void> {
    const [own, found] = [await file.stat(), await this.#disk.status(this.#path)];
    const isWhole = this.#isTorn ? own.size >= this.#length : own.size === this.#length;
    if (own.identity === found?.identity && isWhole) return;
    await this.#forget();
    throw new Error(`${this.#path} was replaced, removed or changed by another program`);
  }

  async #forget(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The texts by id. Data after the last complete line is removed: a write that was interrupted. */
  async #readAll(file: DiskFile): Promise<ReadonlyMap<string, string>> {
    const { size } = await file.stat();
    const bytes = await file.read(size);
    const length = findWholeLines(bytes);
    const lines = new TextDecoder().decode(bytes.subarray(0, length)).split('\n').slice(0, -1);
    const texts = this.#collectTexts(lines);
    if (length < size) {
      await file.truncate(length);
      await file.sync();
    }
    this.#open.clear();
    for (const id of texts.keys()) this.#open.add(id);
    this.#lines = lines.length;
    this.#length = length;
    this.#isTorn = false;
    return texts;
  }

  #collectTexts(lines: readonly string[]): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [at, line] of lines.entries()) {
      const { id, closed } = this.#parseLine(line, at + 1);
      if (id !== undefined) texts.set(id, line);
      else if (closed !== undefined) texts.delete(closed);
    }
    return texts;
  }

  #parseLine(line: string, number: number): { readonly id?: string; readonly closed?: string } {
    try {
      const value: unknown = JSON.parse(line);
      if (isLine(value)) return value;
    } catch {
      // Reported below.
    }
    throw new Error(
      `${this.#path}:${number} is not a session: the file was changed by another program`,
    );
  }

  async #append(file: DiskFile, lines: readonly string[], sync: boolean): Promise<void> {
    const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
    try {
      if (this.#isTorn) await file.truncate(this.#length);
      this.#isTorn = true;
      await writeAll(file, bytes, this.#length);
      if (sync) await file.sync();
    } catch (error) {
      await file.truncate(this.#length).catch(() => {});
      throw error;
    }
    this.#isTorn = false;
    this.#length += bytes.length;
    this.#lines += lines.length;
  }

  /** The changes are already in the file: if the rewrite fails, the file stays as it is. */
  async #rewrite(file: DiskFile): Promise<void> {
    const replacement = `${this.#path}.new`;
    const texts = [...(await this.#readAll(file)).values()];
    const { mode } = await file.stat();
    const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''));
    let next: DiskFile | undefined;
    try {
      // Left by a crash, or a link that somebody created.
      await this.#disk.unlink(replacement).catch(() => {});
      next = await this.#disk.open(replacement, 'exclusive');
      await writeAll(next, bytes, 0);
      await next.chmod(mode);
      await next.sync();
      await this.#disk.rename(replacement, this.#path);
    } catch {
      this.#minLines = this.#lines + spareLines;
      await next?.close().catch(() => {});
      await this.#disk.unlink(replacement).catch(() => {});
      return;
    }
    this.#file = next;
    this.#length = bytes.length;
    this.#lines = texts.length;
    this.#minLines = 0;
    await file.close().catch(() => {});
    await this.#disk.syncFolder(this.#path);
  }
}

/** A disk may accept fewer bytes than it is given. */
async function writeAll(file: DiskFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let index = 0; index < bytes.length; ) {
    const written = await file.write(bytes, index, position + index);
    if (written === 0) throw new Error('the disk accepts no more bytes');
    index += written;
  }
}

function printLines(changed: ReadonlyMap<string, string | undefined>): readonly string[] {
  return [...changed].map(([id, text]) => text ?? JSON.stringify({ closed: id }));
}

const lineFeed = 0x0a;

/** The number of bytes in complete lines. */
function findWholeLines(bytes: Uint8Array): number {
  return bytes.lastIndexOf(lineFeed) + 1;
}

function isLine(value: unknown): value is { readonly id?: string; readonly closed?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { id, closed } = value as { readonly id?: unknown; readonly closed?: unknown };
  return typeof id === 'string' || typeof closed === 'string';
}
