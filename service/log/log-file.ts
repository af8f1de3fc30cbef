// A decision log in a file: appends each entry as one line of JSON, linked to the one before. A line is in the file that
// has the log's name when `append` returns: a file that was removed, replaced or shortened is noticed before and after
// each write. The file belongs to one process at a time, and is readable by its owner only. A line that a crash left
// incomplete stays: the next line begins after it, and links to the last complete one.

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { lockFile } from '@nhipol/runtime/node';
import { type FileIdentity, formatIdentity } from '../support/file-identity.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import type { Positions } from '../support/positions.ts';
import { expectInPlace } from '../support/watched-file.ts';
import { type EndOfLog, findEndOfLog, readLogId } from './end-of-log.ts';
import type { LogEntry } from './entry.ts';
import { findKnownEnd, readKnownEnd, storeKnownEnd } from './known-end.ts';
import { findRotatedPath } from './log-paths.ts';
import { createLogEnd, createNextLine, type LogEnd } from './next-line.ts';

/** Receives the entries of an engine. `append` returns the id of the line, and throws if it could not be written. */
export interface DecisionLog {
  readonly append: (entry: LogEntry, now: number) => string;
  /** Throws if lines could not be written, as far as that is known without writing one. */
  readonly expectWritable?: () => void;
  readonly close: () => Promise<void>;
}

export interface LogFileOptions {
  /** Whether each line is on the disk, and not only in the system's memory, when `append` returns. Default: false. */
  readonly sync?: boolean;
  /** A file that would become longer is renamed to `….1`, `….2` and so on. Default: 100 MB. */
  readonly maxBytes?: number;
  /** Where the end of the log is stored, so that lines removed while nothing writes it are noticed. Default: nowhere. */
  readonly positions?: Positions | undefined;
  /** Receives what an operator should know, such as that lines of the log are missing. */
  readonly onWarning?: (warning: string) => void;
}

const lineFeed = 0x0a;
const defaultMaxBytes = 100_000_000;
/** How often the end of the log is stored, in milliseconds. */
const storeInterval = 10_000;

/** The files that this process writes: a hard link to one of them is the same file. */
const writtenFiles = new Set<string>();

/** Opens the log of a path, and creates it if it does not exist. Rejects if another process writes it. */
export async function openLogFile(
  path: string,
  options: LogFileOptions = {},
): Promise<DecisionLog> {
  if (isOther(path)) return new LogDevice(path, options);
  const release = await lockFile(path);
  try {
    const file = new LogFile(path, options);
    return {
      append: (entry, now) => file.append(entry, now),
      expectWritable: () => file.expectWritable(),
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
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return false;
  if (!stats.isSymbolicLink() || resolve(path).startsWith('/dev/')) return true;
  throw new Error(`${path} is a symbolic link: name the file itself`);
}

class LogDevice implements DecisionLog {
  readonly #file: number;
  #end = createLogEnd();
  #isTorn = false;

  constructor(path: string, { positions }: LogFileOptions) {
    const storedEnd = positions && findKnownEnd(positions, path);
    if (storedEnd !== undefined) {
      throw new Error(`it is not a file, and the state knows ${storedEnd.number} lines of it`);
    }
    this.#file = openDevice(path);
  }

  append(entry: LogEntry, now: number): string {
    const { id, line, end } = createNextLine(entry, now, this.#end);
    const bytes = Buffer.from(`${this.#isTorn ? '\n' : ''}${line}\n`);
    const { written, failure } = writeBytes(this.#file, bytes);
    if (written > 0) this.#isTorn = failure !== undefined && bytes[written - 1] !== lineFeed;
    if (isWhole(bytes, written)) this.#end = end;
    if (failure !== undefined) throw failure.error;
    return id;
  }

  async close(): Promise<void> {
    closeSync(this.#file);
  }
}

/** `failure`: why not all bytes were written. */
function writeBytes(
  file: number,
  bytes: Uint8Array,
): { readonly written: number; readonly failure?: { readonly error: unknown } } {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
  } catch (error) {
    return { written, failure: { error } };
  }
  return { written };
}

/** Without its line feed a line is complete, so that the next one is linked to it. */
function isWhole(bytes: Uint8Array, written: number): boolean {
  return written >= bytes.length - 1;
}

/** Opening a pipe would wait for its reader. Throws if there is none; once it is open, writing waits for the reader. */
function openDevice(path: string): number {
  let probe: number;
  try {
    probe = openSync(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
    throw new Error(`${path} is a pipe, and nothing reads it`);
  }
  try {
    return openSync(path, O_WRONLY | O_APPEND);
  } finally {
    closeSync(probe);
  }
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDWR, O_WRONLY } = constants;
const ownerOnly = 0o600;

class LogFile {
  readonly #path: string;
  readonly #options: LogFileOptions;
  #file: number;
  #identity: FileIdentity;
  #size: bigint;
  #end: LogEnd;
  /** Whether the file ends within a line. */
  #isTorn: boolean;
  /** The number of the line up to which the end was stored. */
  #stored = 0;
  readonly #storing: ReturnType<typeof setInterval>;

  constructor(path: string, options: LogFileOptions) {
    this.#path = resolve(path);
    this.#options = options;
    this.#file = openSync(this.#path, O_APPEND | O_CREAT | O_NOFOLLOW | O_RDWR, ownerOnly);
    this.#identity = claim(this.#file, this.#path);
    try {
      this.#size = fstatSync(this.#file, { bigint: true }).size;
      const { end, isTorn } = this.#findContinuation();
      this.#end = end;
      this.#isTorn = isTorn;
    } catch (error) {
      this.#leave();
      throw error;
    }
    this.#storing = setInterval(() => this.#storeEnd(), storeInterval);
    this.#storing.unref();
  }

  #findContinuation(): EndOfLog {
    const { positions, onWarning } = this.#options;
    const storedEnd =
      positions && (findKnownEnd(positions, this.#path) ?? this.#endElsewhere(positions));
    const endOfLog = findEndOfLog(this.#path, storedEnd);
    if (endOfLog.gap !== undefined) {
      onWarning?.(
        `lines of the decision log ${this.#path} are missing: ${endOfLog.gap}, and the state knows ${storedEnd?.number} lines; the log goes on after these, and \`nhipol log verify\` will report the gap`,
      );
    }
    return endOfLog;
  }

  /** The end that the state knows of the log, if it was written at another path, or `undefined` if there is none. */
  #endElsewhere(positions: Positions): LogEnd | undefined {
    const log = readLogId(this.#path);
    return log === undefined ? undefined : readKnownEnd(positions, log);
  }

  append(entry: LogEntry, now: number): string {
    this.expectWritable();
    const { id, line, end } = createNextLine(entry, now, this.#end);
    const bytes = Buffer.from(`${line}\n`);
    // Within the file of the line that is torn, also if the next line is in another one.
    if (this.#isTorn) this.#write(Buffer.from('\n'), this.#end);
    const { maxBytes = defaultMaxBytes } = this.#options;
    const isFull = this.#size + BigInt(bytes.length) > maxBytes;
    if (isFull && this.#size > 0n) this.#rotate();
    this.#write(bytes, end);
    if (this.#options.sync === true) fsyncSync(this.#file);
    this.expectWritable();
    if (this.#stored === 0) this.#storeEnd();
    return id;
  }

  /** Throws if the file at the path is not the one that is written, or is not as this process left it. */
  expectWritable(): void {
    const { size } = expectInPlace(this.#path, this.#identity);
    if (size < this.#size) throw new Error(`${this.#path} was truncated`);
    if (size > this.#size) throw new Error(`${this.#path} was written by another program`);
  }

  /** Writes a line with its line feed; `end`: the end of the log after it. */
  #write(bytes: Uint8Array, end: LogEnd): void {
    const { written, failure } = writeBytes(this.#file, bytes);
    this.#size += BigInt(written);
    if (written > 0) this.#isTorn = failure !== undefined;
    if (isWhole(bytes, written)) this.#end = end;
    if (failure !== undefined) throw failure.error;
  }

  /** The chain continues in the new file. If there can be none, the old one stays. */
  #rotate(): void {
    const rotated = findRotatedPath(this.#path);
    renameSync(this.#path, rotated);
    let next: number;
    try {
      next = openSync(this.#path, O_APPEND | O_CREAT | O_EXCL | O_RDWR, ownerOnly);
    } catch (error) {
      renameSync(rotated, this.#path);
      throw error;
    }
    this.#leave();
    this.#file = next;
    this.#identity = claim(next, this.#path);
    this.#size = 0n;
    this.#isTorn = false;
  }

  #leave(): void {
    writtenFiles.delete(formatIdentity(this.#identity));
    closeSync(this.#file);
  }

  #storeEnd(): void {
    const { positions, onWarning } = this.#options;
    if (positions === undefined || this.#stored === this.#end.number) return;
    try {
      storeKnownEnd(positions, this.#path, this.#end);
      this.#stored = this.#end.number;
    } catch (error) {
      onWarning?.(`the end of the decision log was not stored: ${formatErrorMessage(error)}`);
    }
  }

  close(): void {
    clearInterval(this.#storing);
    this.#storeEnd();
    fsyncSync(this.#file);
    this.#leave();
  }
}

/** Throws with the code `ELOCKED`, and closes the file, if it is one that this process writes already. */
function claim(file: number, path: string): FileIdentity {
  const { dev, ino } = fstatSync(file, { bigint: true });
  const name = formatIdentity({ dev, ino });
  if (writtenFiles.has(name)) {
    closeSync(file);
    const message = `${path} is written by this process already`;
    throw Object.assign(new Error(message), { code: 'ELOCKED' });
  }
  writtenFiles.add(name);
  return { dev, ino };
}
