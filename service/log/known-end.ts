// Up to where a log was written, as the state stores it: a log that was removed or shortened while nothing wrote it is
// noticed when it is opened or verified.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Positions } from '../support/positions.ts';
import type { LogEnd } from './next-line.ts';

/** The end of the log that was written at a path, or `undefined` if the state knows none. */
export function findKnownEnd(positions: Positions, path: string): LogEnd | undefined {
  return findEnd(positions, toName(path));
}

/** The end of the log with an id, wherever it is now. */
export function readKnownEnd(positions: Positions, log: string): LogEnd | undefined {
  return findEnd(positions, nameOfLog(log));
}

function findEnd(positions: Positions, name: string): LogEnd | undefined {
  const stored = positions.position(name);
  return stored === undefined ? undefined : JSON.parse(stored);
}

export function storeKnownEnd(positions: Positions, path: string, end: LogEnd): void {
  positions.setPosition(toName(path), JSON.stringify(end));
  positions.setPosition(nameOfLog(end.log), JSON.stringify(end));
}

function nameOfLog(log: string): string {
  return `end of log with id ${log}`;
}

/** Without symbolic links, since a folder can be reached in several ways. */
function toName(path: string): string {
  const full = resolve(path);
  return `end of log ${join(realpathSync(dirname(full)), basename(full))}`;
}
