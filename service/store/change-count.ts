// Counts the changes of a state that several processes share: in the database, within each transaction, and in the mark next
// to it, afterwards. A database that has fewer than its mark is without changes that were acknowledged: its write-ahead log was
// removed, or it is an older copy. A log that was removed after all of it was in the database changes nothing.

import type Database from 'libsql';
import { type StateMark, tryReadStateMark, writeStateMark } from './state-mark.ts';

export class ChangeCount {
  readonly #path: string;
  readonly #mark: StateMark;
  readonly #total: Database.Statement;
  readonly #increment: Database.Statement;
  /** The number after changes that are not in the mark. */
  #pending: number | undefined;

  /** `mark`: that of the state when it was opened. */
  constructor(database: Database.Database, path: string, mark: StateMark) {
    this.#path = path;
    this.#mark = mark;
    this.#total = database.prepare('SELECT total_changes()').raw(true);
    this.#increment = database
      .prepare('UPDATE state SET openings = openings + 1 RETURNING openings')
      .raw(true);
  }

  /** Runs what a transaction consists of, and counts it if it changes something. */
  count<Result>(run: () => Result): Result {
    const before = readNumber(this.#total);
    const result = run();
    if (readNumber(this.#total) !== before) this.#pending = readNumber(this.#increment);
    return result;
  }

  /** The transaction is on the disk. */
  noteCommit(): void {
    const changes = this.#pending;
    this.#pending = undefined;
    if (changes === undefined) return;
    // Another process may have been faster.
    const known = tryReadStateMark(this.#path)?.changes ?? 0;
    if (known < changes) writeStateMark(this.#path, { ...this.#mark, changes });
  }

  noteRollback(): void {
    this.#pending = undefined;
  }
}

function readNumber(statement: Database.Statement): number {
  const row: unknown = statement.get();
  return Array.isArray(row) ? Number(row[0]) : 0;
}
