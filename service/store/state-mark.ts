// A small file next to the database of a state, which remembers that the state was created: without it, a database that
// was removed looks like one that never existed. It also names the process that has the state alone.

import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isMembers } from '../json/members.ts';
import { parseUntrusted } from '../json/parse-untrusted.ts';
import { readFileStatus } from '../support/file-identity.ts';
import { readNamedFile } from '../support/named-file.ts';

export interface StateMark {
  /** The id of the state, which the database has, too. */
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Whether a process has the state alone, or had when it was killed. */
  readonly isOpen: boolean;
  /** The number of changes that the database has at least; see `change-count.ts`. Earlier versions did not store it. */
  readonly changes?: number;
}

interface MarkFile extends StateMark {
  readonly process: number;
  readonly host: string;
}

export function markPath(path: string): string {
  return `${path}.id`;
}

/** Returns `undefined` if there is none. Throws if it cannot be read. */
export function readStateMark(path: string): StateMark | undefined {
  return readMarkFile(path);
}

/** Returns `undefined` if there is none, or it cannot be read. */
export function tryReadStateMark(path: string): MarkFile | undefined {
  try {
    return readMarkFile(path);
  } catch {
    return undefined;
  }
}

export function writeStateMark(path: string, mark: StateMark): void {
  const file: MarkFile = { ...mark, process: process.pid, host: hostname() };
  const next = `${markPath(path)}.${randomUUID()}`;
  try {
    writeFileSync(next, `${JSON.stringify(file)}\n`, { flag: 'wx', mode: 0o600 });
    renameSync(next, markPath(path));
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Who has the state alone, for people, or `undefined` if it is unknown. */
export function findHolder(path: string): string | undefined {
  const mark = tryReadStateMark(path);
  return mark?.isOpen === true ? `process ${mark.process} on ${mark.host}` : undefined;
}

function readMarkFile(path: string): MarkFile | undefined {
  let text: string;
  try {
    text = readNamedFile(markPath(path)).toString('utf8');
  } catch (error) {
    const { cause, message } = error as Error;
    const isMissing = (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    // A symbolic link that leads nowhere is there, too.
    if (isMissing && readFileStatus(markPath(path)) === undefined) return undefined;
    throw new Error(`${message}; if ${path} is the state, remove ${markPath(path)}`);
  }
  const mark = parseUntrusted(text);
  if (!isMark(mark)) {
    throw new Error(`${markPath(path)} is damaged: if ${path} is the state, remove it`);
  }
  return mark;
}

function isMark(value: unknown): value is MarkFile {
  if (!isMembers(value)) return false;
  const { state, createdAt, isOpen, changes = 0, process, host } = value;
  return (
    typeof state === 'string' &&
    typeof host === 'string' &&
    typeof isOpen === 'boolean' &&
    [createdAt, changes, process].every((each) => Number.isSafeInteger(each) && Number(each) >= 0)
  );
}
