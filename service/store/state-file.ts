// The SQLite database of a state: opens it for this process alone or to share it, creates it only if it never existed, and
// checks around each transaction that its files are the ones that were opened. A change is on the disk, in the file of that
// name, when the call returns. The lock is one of the system on the file itself: it ends with its process, and holds against
// other users, containers and hard links.

import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { type FileIdentity, readFileStatus } from '../support/file-identity.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { expectInPlace } from '../support/watched-file.ts';
import { ChangeCount } from './change-count.ts';
import { StateLock } from './state-lock.ts';
import {
  findHolder,
  markPath,
  readStateMark,
  type StateMark,
  writeStateMark,
} from './state-mark.ts';

export interface StateFileOptions {
  /** Whether no other process may open the state. Default: false. */
  readonly isExclusive?: boolean;
  /** Whether a state that does not exist is refused. Default: false. */
  readonly isRequired?: boolean;
}

export type Statement = Pick<Database.Statement, 'run' | 'get' | 'all'>;

/**
 * `openings` counts what only grows: openings by a process that has the state alone, and changes of a state that is shared.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS state (id TEXT NOT NULL, created_at INTEGER NOT NULL, openings INTEGER NOT NULL) STRICT;
`;

/** The layout of the tables; a database of a later one is refused. */
const schemaVersion = 1;

/** The beginnings of statements that change the database. */
const changing = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b/i;

/** How long a call waits for the transaction of another process, in milliseconds. */
const busyTimeout = 5_000;
/** How long a process waits for another one to end that has the state alone, in milliseconds. */
const lockTimeout = 2_000;

export class StateFile {
  readonly path: string;
  /** Whether it was created now. */
  readonly isCreated: boolean;
  readonly #database: Database.Database;
  readonly #isExclusive: boolean;
  /** `undefined` if no other process changes the state. */
  #count: ChangeCount | undefined;
  #files: readonly WatchedPart[] = [];
  /** Within a transaction, its own check counts for its statements. */
  #isChecking = false;

  /** Creates the state and its folder if it never existed. Throws if it is missing, damaged, not a state, or locked. */
  constructor(path: string, { isExclusive = false, isRequired = false }: StateFileOptions = {}) {
    this.path = resolve(path);
    this.#isExclusive = isExclusive;
    const mark = readStateMark(this.path);
    const hasLog = readFileSize(`${this.path}-wal`) > 0n;
    this.isCreated = ensureFile(this.path, { mark, hasLog, isRequired });
    this.#database = new Database(this.path, { timeout: isExclusive ? lockTimeout : busyTimeout });
    try {
      this.#open(mark, hasLog);
    } catch (error) {
      this.#database.close();
      throw describeOpenError(error, this.path);
    }
  }

  #open(mark: StateMark | undefined, hasLog: boolean): void {
    const database = this.#database;
    if (this.#isExclusive) database.pragma('locking_mode = EXCLUSIVE');
    chmodSync(this.path, 0o600);
    expectState(database, this.path);
    const mode = readText(database, 'PRAGMA journal_mode');
    if (mark?.isOpen === true && mode === 'wal' && !hasLog) throw this.#missingChanges(hasLog);
    // Before anything is written.
    if (mark !== undefined && hasTable(database, 'state')) {
      const storedState = readState(database);
      if (storedState.id !== mark.state) {
        throw new Error(
          `${this.path} is another state than the one that was created here: if it was put there on purpose, remove ${markPath(this.path)}`,
        );
      }
      if (storedState.changes < (mark.changes ?? 0)) throw this.#missingChanges(hasLog);
    }
    database.pragma('journal_mode = WAL');
    // With a write-ahead log, only FULL makes a committed transaction survive a power failure.
    database.pragma('synchronous = FULL');
    database.pragma(`busy_timeout = ${busyTimeout}`);
    const { id, createdAt, changes } = identifyState(database, this.#isExclusive);
    const own = { state: id, createdAt, isOpen: this.#isExclusive };
    if (this.#isExclusive) {
      writeStateMark(this.path, own);
    } else {
      const counted = { ...own, changes };
      if (mark?.isOpen !== false) writeStateMark(this.path, counted);
      this.#count = new ChangeCount(database, this.path, counted);
    }
    const parts = this.#isExclusive ? ['', '-wal'] : ['', '-wal', '-shm'];
    this.#files = parts.map((suffix) => new WatchedPart(`${this.path}${suffix}`));
  }

  #missingChanges(hasLog: boolean): Error {
    const problem = hasLog
      ? `${this.path} is an older copy without the latest changes: restore the latest one with its write-ahead log`
      : `${this.path}-wal is missing, which had the latest changes: restore both files`;
    return new Error(`${problem}, or remove ${markPath(this.path)} to go on without these changes`);
  }

  /** A prepared statement that checks the files before and after it ran, and throws after the state was closed. */
  prepare(sql: string): Statement {
    const statement = this.#database.prepare(sql);
    const isChange = this.#count !== undefined && changing.test(sql);
    // Alone, it is a transaction of its own, in which it is counted.
    const runChecked = <Result>(run: () => Result) =>
      isChange && !this.#isChecking ? this.transaction(run)() : this.#runChecked(run);
    return {
      run: (...given) => runChecked(() => statement.run(...given)),
      get: (...given) => runChecked(() => statement.get(...given)),
      all: (...given) => runChecked(() => statement.all(...given)),
    };
  }

  transaction<Given extends unknown[], Result>(
    run: (...given: Given) => Result,
  ): (...given: Given) => Result {
    const count = this.#count;
    const runCounted = (...given: Given) =>
      count === undefined ? run(...given) : count.count(() => run(...given));
    return (...given) => this.#runChecked(() => this.#commit(() => runCounted(...given)));
  }

  #commit<Result>(run: () => Result): Result {
    const database = this.#database;
    database.exec('BEGIN');
    try {
      const result = run();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has ended the transaction itself if the disk is full. The error is what a person must read.
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  exec(sql: string): void {
    this.#runChecked(() => this.#database.exec(sql));
  }

  /**
   * Locks what has a name in the state for this process, until the returned function is called. While the file of the lock
   * is not in place, nothing can be read or changed. Throws with the code `ELOCKED` if it is locked.
   */
  lock(name: string): () => void {
    const lock = new StateLock(this.path, name);
    const file = new WatchedPart(lock.path);
    this.#files = [...this.#files, file];
    return () => {
      this.#files = this.#files.filter((watchedPart) => watchedPart !== file);
      lock.release();
    };
  }

  /** A number that changes when another process changes the state. */
  version(): number {
    return this.#runChecked(() => readNumber(this.#database, 'PRAGMA data_version'));
  }

  /** Throws if the files of the state are not the ones that are open, or are shorter than they were. */
  expectInPlace(): void {
    if (!this.#database.open) throw new Error('the store is closed');
    for (const file of this.#files) file.expectInPlace(this.#isExclusive);
  }

  #runChecked<Result>(run: () => Result): Result {
    if (this.#isChecking) return run();
    this.expectInPlace();
    this.#isChecking = true;
    try {
      const result = run();
      this.#count?.noteCommit();
      return result;
    } finally {
      this.#count?.noteRollback();
      this.#isChecking = false;
      for (const file of this.#files) file.update();
    }
  }

  /** Writes a copy to a file, which must not exist, and which its owner only can read. */
  copyFile(path: string): void {
    const copy = `${path}.${randomUUID()}`;
    closeSync(openSync(copy, 'wx', 0o600));
    try {
      this.#runChecked(() => this.#database.prepare('VACUUM INTO ?').run(copy));
      renameSync(copy, path);
    } catch (error) {
      rmSync(copy, { force: true });
      throw error;
    }
  }

  close(): void {
    if (!this.#database.open) return;
    if (this.#isExclusive) this.#release();
    else this.#settle();
    this.#database.close();
  }

  /** Moves changes to the database itself, which libsql does not: a write-ahead log is removed more easily. */
  #settle(): void {
    try {
      this.expectInPlace();
      this.#database.pragma('wal_checkpoint(PASSIVE)');
    } catch {
      // They are in the log.
    }
  }

  /**
   * Ends the lock: libsql itself keeps it until its statements are collected. What was not in place stays as it is, with
   * its mark, so that the next process notices.
   */
  #release(): void {
    try {
      this.expectInPlace();
      this.#database.pragma('journal_mode = DELETE');
      const { id, createdAt } = readState(this.#database);
      writeStateMark(this.path, { state: id, createdAt, isOpen: false });
    } catch {
      // The next process reports what is missing.
    }
    try {
      this.#database.pragma('locking_mode = NORMAL');
      readNumber(this.#database, 'PRAGMA user_version');
    } catch {
      // The lock ends with the process.
    }
  }
}

/** One of the files of a database. None of them becomes shorter while it is open. */
class WatchedPart {
  readonly #path: string;
  #known: FileIdentity & { readonly size: bigint; readonly mtimeNs: bigint };

  constructor(path: string) {
    const fileStatus = readFileStatus(path);
    if (fileStatus === undefined) throw new Error(`${path} was removed`);
    this.#path = path;
    this.#known = fileStatus;
  }

  /** `isAlone`: whether no other process may change it. */
  expectInPlace(isAlone: boolean): void {
    const { size, mtimeNs } = expectInPlace(this.#path, this.#known);
    if (size < this.#known.size) throw new Error(`${this.#path} was truncated`);
    if (isAlone && (size !== this.#known.size || mtimeNs !== this.#known.mtimeNs)) {
      throw new Error(`${this.#path} was written by another program`);
    }
  }

  /** After a change of this process. Throws if the file is not in place, so that the change may be lost. */
  update(): void {
    this.#known = expectInPlace(this.#path, this.#known);
  }
}

interface KnownBefore {
  readonly mark: StateMark | undefined;
  /** Whether there is a write-ahead log. */
  readonly hasLog: boolean;
  readonly isRequired: boolean;
}

/** Returns whether the file was created. */
function ensureFile(path: string, { mark, hasLog, isRequired }: KnownBefore): boolean {
  const settledStatus = readSettledStatus(path);
  if (settledStatus !== undefined) {
    if (settledStatus.isSymbolicLink()) {
      throw new Error(`${path} is a symbolic link: name the file itself`);
    }
    if (!settledStatus.isFile()) throw new Error(`${path} is not a file`);
    if (settledStatus.nlink > 1n) {
      throw new Error(`${path} has another name, a hard link: changes by that name would be lost`);
    }
    if (settledStatus.size === 0n) {
      throw new Error(`${path} is empty: restore it from a copy; an empty file is not a new state`);
    }
    return false;
  }
  if (mark !== undefined) {
    throw new Error(
      `${path} is missing, and was created at ${new Date(mark.createdAt).toISOString()}: restore it, or remove ${markPath(path)} to begin without the revocations, approvals and sessions that it had`,
    );
  }
  if (hasLog) {
    throw new Error(`${path} is missing, and ${path}-wal is there: restore both files`);
  }
  if (isRequired) throw new Error(`${path} does not exist`);
  createFile(path);
  return true;
}

/** The status of the file. While another process creates it, it has two names. */
function readSettledStatus(path: string): ReturnType<typeof readFileStatus> {
  let fileStatus = readFileStatus(path);
  for (let attempt = 0; attempt < 20 && (fileStatus?.nlink ?? 1n) > 1n; attempt += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    fileStatus = readFileStatus(path);
  }
  return fileStatus;
}

function readFileSize(path: string): bigint {
  return readFileStatus(path)?.size ?? 0n;
}

/** A process that is killed meanwhile leaves nothing of that name. Of several processes, one creates the file. */
function createFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const created = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  closeSync(openSync(created, 'wx', 0o600));
  try {
    const database = new Database(created);
    database.exec(schema);
    database.prepare('INSERT INTO state VALUES (?, ?, 0)').run(randomUUID(), Date.now());
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    database.close();
    nameNew(created, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(created, { force: true });
  }
}

/** Throws with the code `EEXIST` if something has the name. */
function nameNew(created: string, path: string): void {
  try {
    linkSync(created, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems have no hard links.
    if (code === 'EEXIST' || readFileStatus(path) !== undefined) throw error;
    renameSync(created, path);
  }
}

/** Throws if the database is damaged, or not a state of this version. */
function expectState(database: Database.Database, path: string): void {
  const version = readNumber(database, 'PRAGMA user_version');
  if (version > schemaVersion) throw new Error(`${path} was written by a later version of nhipol`);
  const problem = readText(database, 'PRAGMA quick_check(1)');
  if (problem !== 'ok') throw createDamagedError(path, problem);
  const isState = hasTable(database, 'state') || hasTable(database, 'revocations');
  if (version < schemaVersion || !isState) {
    throw new Error(`${path} is not a state of nhipol`);
  }
}

interface IdentifiedState {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly changes: number;
}

/** The identity of the state; one of an earlier version gets one. `isAlone`: writes, so that there is a write-ahead log. */
function identifyState(database: Database.Database, isAlone: boolean): IdentifiedState {
  if (!isAlone && hasTable(database, 'state')) return readState(database);
  // Immediately, so that it waits for the transaction of another process.
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(schema);
    if (readNumber(database, 'SELECT count(*) FROM state') === 0) {
      database.prepare('INSERT INTO state VALUES (?, ?, 0)').run(randomUUID(), Date.now());
    }
    database.exec('UPDATE state SET openings = openings + 1');
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
  return readState(database);
}

function hasTable(database: Database.Database, name: string): boolean {
  return readNumber(database, `SELECT count(*) FROM sqlite_schema WHERE name = '${name}'`) > 0;
}

function readState(database: Database.Database): IdentifiedState {
  const row = database.prepare('SELECT * FROM state').get() as Row;
  const [createdAt, changes] = [Number(row.created_at), Number(row.openings)];
  return { id: String(row.id), createdAt, changes };
}

type Row = Readonly<Record<string, unknown>>;

/** The first column of the first row. */
function readText(database: Database.Database, sql: string): string {
  const row: unknown = database.prepare(sql).raw(true).get();
  return Array.isArray(row) ? String(row[0]) : '';
}

function readNumber(database: Database.Database, sql: string): number {
  return Number(readText(database, sql));
}

function createDamagedError(path: string, problem: string): Error {
  return new Error(`${path} is damaged: ${problem}; restore it from a copy`);
}

function describeOpenError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_BUSY') {
    const message = `${path} is used by ${findHolder(path) ?? 'another process'}`;
    return Object.assign(new Error(message), { code: 'ELOCKED' });
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return createDamagedError(path, formatErrorMessage(error));
  }
  return error;
}
