// Sessions in a file, a line for each text as it changed, and one for each that was closed: the last of an id holds.
// What is written is appended, so that it costs what changed; once most lines are outdated the file is written
// anew beside itself and takes its place. A last line without an end was cut off and is not there.

import { type FileHandle, open, readFile, rename, truncate } from 'node:fs/promises';
import type { SessionStore } from '../sessions/session-store.ts';

export interface SessionFileOptions {
  /** Whether a write waits until the disk has it; true unless told. */
  readonly sync?: boolean;
}

/** It is written anew when it has so many lines more than twice those that count. */
const spare = 1_000;

/** Of one process at a time. The file is made where there is none; its folder must be there. */
export function sessionFile(path: string, { sync = true }: SessionFileOptions = {}): SessionStore {
  return new SessionFile(path, sync);
}

class SessionFile implements SessionStore {
  readonly #path: string;
  readonly #sync: boolean;
  readonly #open = new Set<string>();
  #lines = 0;
  #file: FileHandle | undefined;

  constructor(path: string, sync: boolean) {
    this.#path = path;
    this.#sync = sync;
  }

  readonly read = async (): Promise<readonly string[]> => {
    const bytes = await readFile(this.#path).catch(orNothing);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end < bytes.length) await truncate(this.#path, end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    const texts = this.#textsIn(lines);
    this.#open.clear();
    for (const id of texts.keys()) this.#open.add(id);
    this.#lines = lines.length;
    return [...texts.values()];
  };

  #textsIn(lines: readonly string[]): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [at, line] of lines.entries()) {
      const { id, closed } = this.#parsed(line, at + 1);
      if (id !== undefined) texts.set(id, line);
      else if (closed !== undefined) texts.delete(closed);
    }
    return texts;
  }

  #parsed(line: string, number: number): { readonly id?: string; readonly closed?: string } {
    try {
      const value: unknown = JSON.parse(line);
      if (isLine(value)) return value;
    } catch {
      // It is told below.
    }
    throw new Error(`${this.#path}:${number} is no session: the file was changed by somebody else`);
  }

  readonly write = async (changed: ReadonlyMap<string, string | undefined>): Promise<void> => {
    const lines = [...changed].map(([id, text]) => text ?? JSON.stringify({ closed: id }));
    await this.#append(lines);
    for (const [id, text] of changed) {
      if (text === undefined) this.#open.delete(id);
      else this.#open.add(id);
    }
    if (this.#lines > 2 * this.#open.size + spare) await this.#writeAnew();
  };

  async #append(lines: readonly string[]): Promise<void> {
    this.#file ??= await open(this.#path, 'a');
    await this.#file.appendFile(lines.map((line) => `${line}\n`).join(''));
    if (this.#sync) await this.#file.datasync();
    this.#lines += lines.length;
  }

  async #writeAnew(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    const texts = await this.read();
    const beside = `${this.#path}.new`;
    const file = await open(beside, 'w');
    try {
      await file.writeFile(texts.map((text) => `${text}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path);
    this.#lines = texts.length;
  }
}

const lineFeed = 0x0a;

function isLine(value: unknown): value is { readonly id?: string; readonly closed?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { id, closed } = value as { readonly id?: unknown; readonly closed?: unknown };
  return typeof id === 'string' || typeof closed === 'string';
}

function orNothing(error: NodeJS.ErrnoException): Buffer {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
}
