// The next line of a log, linked to the one before: takes an entry and returns its line without a line feed.

import { randomUUID } from 'node:crypto';
import { stringify } from '@nhipol/runtime';
import { chainStart, digestOfLine } from './chain.ts';
import { type LogEntry, logFormat } from './entry.ts';

/** Characters that end a line for some readers, and that JSON does not escape: NEL, and the separators of Unicode. */
const otherLineEnds = /[\u0085\u2028\u2029]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Up to where a log was written. */
export interface LogEnd {
  /** The id of the log. */
  readonly log: string;
  /** The number of its last line, from 1; 0: it has none. */
  readonly number: number;
  /** The digest of its last line. */
  readonly last: string;
}

export interface NextLine {
  /** The id of the line. */
  readonly id: string;
  readonly line: string;
  /** The end of the log after this line. */
  readonly end: LogEnd;
}

/** The end of a log without lines. */
export function createLogEnd(): LogEnd {
  return { log: randomUUID(), number: 0, last: chainStart };
}

export function createNextLine(entry: LogEntry, now: number, end: LogEnd): NextLine {
  const id = randomUUID();
  const time = new Date(now).toISOString();
  const { log } = end;
  const number = end.number + 1;
  const members = { format: logFormat, id, time, log, number, ...entry, prev: end.last };
  const line = stringify(members).replace(otherLineEnds, escapeCharacter);
  return { id, line, end: { log, number, last: digestOfLine(line) } };
}
