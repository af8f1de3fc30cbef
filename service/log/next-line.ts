// The next line of a log, linked to the one before: takes an entry and returns its line without a line feed.

import { randomUUID } from 'node:crypto';
import { stringify } from '@nhipol/runtime';
import { type LogEntry, logFormat } from './entry.ts';

/** `previous`: the digest of the line before. `id`: that of the line. */
export function nextLine(
  entry: LogEntry,
  now: number,
  previous: string,
): { readonly id: string; readonly line: string } {
  const id = randomUUID();
  const time = new Date(now).toISOString();
  return { id, line: stringify({ format: logFormat, id, time, ...entry, prev: previous }) };
}
