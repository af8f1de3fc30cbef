// A lock on what has a name in a state, for one process at a time. It is one of the system on a file of its own next to
// the state: it ends with its process, also by a crash, and holds against other users and containers. The file stays, so
// that nobody locks one that was removed meanwhile.

import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import Database from 'libsql';
import { readFileStatus } from '../support/file-identity.ts';

/** The number of hexadecimal digits that distinguish names. */
const nameDigits = 16;

export class StateLock {
  readonly path: string;
  readonly #database: Database.Database;

  /** Throws with the code `ELOCKED` if this or another process has the lock. */
  constructor(state: string, name: string) {
    const digest = createHash('sha256').update(name).digest('hex').slice(0, nameDigits);
    this.path = `${state}.${digest}.lock`;
    ensureFile(this.path);
    this.#database = new Database(this.path, { timeout: 0 });
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      this.#database.close();
      throw isBusy(error) ? createLockedError(name) : error;
    }
  }

  release(): void {
    if (!this.#database.open) return;
    this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}

/** A process that opened and closed the file by itself would release its locks (POSIX). */
function ensureFile(path: string): void {
  const fileStatus = readFileStatus(path);
  if (fileStatus === undefined) createFile(path);
  else if (!fileStatus.isFile() || fileStatus.nlink > 1n)
    throw new Error(`${path} is not a file of its own`);
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isBusy(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'SQLITE_BUSY';
}

function createLockedError(name: string): Error {
  return Object.assign(new Error(`${name} is used by another process`), { code: 'ELOCKED' });
}
