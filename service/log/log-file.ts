// A decision log in a file: appends each entry as one line of JSON, linked to the one before. A line is written when
// `append` returns. The file belongs to one process at a time, and is readable by its owner only. A line that a crash
// left incomplete stays: the next line begins after it, and links to the last complete one.

import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { lockFile } from '@nhipol/runtime/node';
import { digestOfLine } from './chain.ts';
import { endOf, newLog } from './end-of-log.ts';
import type { LogEntry } from './entry.ts';
import { nextRotatedPath } from './log-paths.ts';
import { nextLine } from './next-line.ts';

/** Receives the entries of an engine. `append` returns the id of the line, and throws if it could not be written. */
export interface DecisionLog {
  readonly append: (entry: LogEntry, now: number) => string;
  readonly close: () => Promise<void>;
}

export interface LogFileOptions {
  /** Whether each line is on the disk, and not only in the system's memory, when `append` returns. Default: false. */
  readonly sync?: boolean;
  /** A file that would become longer is renamed to `….1`, `….2` and so on. Default: 100 MB. */
  readonly maxBytes?: number;
}

const defaultMaxBytes = 100_000_000;

/** Opens the log of a path, and creates it if it does not exist. Rejects if another process writes it. */
export async function openLogFile(
  path: string,
  options: LogFileOptions = {},
): Promise<DecisionLog> {
  const release = isOther(path) ? async () => {} : await lockFile(path);
  try {
    const file = new LogFile(path, options);
    return {
      append: (entry, now) => file.append(entry, now),
      close: async () => {
        try {
          file.close();
        } finally {
          await release();
        }
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Whether there is something else than a file, such as a pipe: it is not locked, renamed or flushed. */
function isOther(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

class LogFile {
  readonly #path: string;
  readonly #sync: boolean;
  readonly #maxBytes: number;
  readonly #isOther: boolean;
  #file: number;
  #size: number;
  #previous: string;
  /** Whether the file ends within a line. */
  #isTorn: boolean;

  constructor(path: string, { sync = false, maxBytes = defaultMaxBytes }: LogFileOptions) {
    this.#path = path;
    this.#sync = sync;
    this.#maxBytes = maxBytes;
    this.#isOther = isOther(path);
    this.#file = openSync(path, this.#isOther ? 'a' : 'a+', 0o600);
    this.#size = fstatSync(this.#file).size;
    const { link, isTorn } = this.#isOther ? newLog : endOf(path);
    this.#previous = link;
    this.#isTorn = isTorn;
  }

  append(entry: LogEntry, now: number): string {
    const { id, line } = nextLine(entry, now, this.#previous);
    const isFull = !this.#isOther && this.#size + line.length > this.#maxBytes;
    if (isFull && this.#size > 0) this.#rotate();
    this.#write(Buffer.from(`${this.#isTorn ? '\n' : ''}${line}\n`));
    this.#previous = digestOfLine(line);
    return id;
  }

  #write(bytes: Uint8Array): void {
    const wasTorn = this.#isTorn;
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(this.#file, bytes, written);
      }
      if (this.#sync) fsyncSync(this.#file);
    } catch (error) {
      this.#isTorn = wasTorn || written > 0;
      this.#size += written;
      throw error;
    }
    this.#isTorn = false;
    this.#size += bytes.length;
  }

  /** The chain continues in the new file. */
  #rotate(): void {
    closeSync(this.#file);
    renameSync(this.#path, nextRotatedPath(this.#path));
    this.#file = openSync(this.#path, 'ax+', 0o600);
    this.#size = 0;
    this.#isTorn = false;
  }

  close(): void {
    if (!this.#isOther) fsyncSync(this.#file);
    closeSync(this.#file);
  }
}
