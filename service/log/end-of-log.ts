// Where a log continues: reads the last complete lines of its files, the newest first, and compares them with what the
// state knows.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { digestOfLine, findLinePlace, readLink } from './chain.ts';
import { logPaths } from './log-paths.ts';
import { createLogEnd, type LogEnd } from './next-line.ts';

export interface EndOfLog {
  /** The digest that the next line is linked to. */
  readonly end: LogEnd;
  /** Whether the current file ends within a line. */
  readonly isTorn: boolean;
  /** Why the files do not have all lines that are known; the next line is linked to the last of these. */
  readonly gap?: string;
}

/** Throws if the last complete line is not one of a log. `known`: what the state knows of it. */
export function findEndOfLog(path: string, storedEnd?: LogEnd): EndOfLog {
  const isTorn = hasTornEnd(path);
  const [last] = readLinesBackward(path);
  if (last === undefined) {
    if (storedEnd === undefined) return { end: createLogEnd(), isTorn };
    return { end: storedEnd, isTorn, gap: 'it has no lines' };
  }
  const end = readEnd(last, path);
  const gap = storedEnd === undefined ? undefined : findGap(path, end, storedEnd);
  return gap === undefined ? { end, isTorn } : { end: storedEnd as LogEnd, isTorn, gap };
}

function readEnd({ file, line }: PlacedLine, path: string): LogEnd {
  const place = findLinePlace(line);
  if (readLink(line) === undefined || place === undefined) {
    throw new Error(`${file} is not a decision log`);
  }
  const { log = createLogEnd().log, number = countLines(path) } = place;
  return { log, number, last: digestOfLine(line) };
}

/** Why lines that are known are not there, or `undefined` if they are. */
function findGap(path: string, end: LogEnd, storedEnd: LogEnd): string | undefined {
  if (end.log !== storedEnd.log) return 'it is another log';
  if (end.number < storedEnd.number) return 'lines were removed at its end';
  for (const { line } of readLinesBackward(path)) {
    if (readLink(line) === undefined) continue;
    const number = findLinePlace(line)?.number;
    if (number === undefined) return undefined;
    if (number > storedEnd.number) continue;
    return digestOfLine(line) === storedEnd.last ? undefined : 'its lines were changed';
  }
  // The line is in a file that was moved away.
  return undefined;
}

/** Lines of earlier versions have no number: they are counted once. */
function countLines(path: string): number {
  let count = 0;
  for (const { line } of readLinesBackward(path)) if (readLink(line) !== undefined) count += 1;
  return count;
}

interface PlacedLine {
  readonly file: string;
  readonly line: string;
}

/**
 * The complete lines of all files that are not empty, the newest first. A line of which only the line feed is missing is
 * complete.
 */
function* readLinesBackward(path: string): Generator<PlacedLine> {
  for (const file of logPaths(path).toReversed()) {
    for (const { line, isEnded } of readFileLines(file)) {
      if (line !== '' && (isEnded || isEntry(line))) yield { file, line };
    }
  }
}

function isEntry(line: string): boolean {
  return readLink(line) !== undefined && findLinePlace(line) !== undefined;
}

/**
 * The id of the log at a path, by its latest line, or `undefined` if it has none, or only lines of an earlier version.
 */
export function readLogId(path: string): string | undefined {
  for (const { line } of readLinesBackward(path)) {
    if (isEntry(line)) return findLinePlace(line)?.log;
  }
  return undefined;
}

/** Without `O_NONBLOCK`, opening a pipe would wait for its writer; it has no lines. */
const { O_NONBLOCK = 0, O_RDONLY } = constants;
const chunkBytes = 65_536;
const maxLineBytes = 64 * 1024 * 1024;
const lineFeed = 0x0a;

/** The last line first. `isEnded`: whether a line feed follows it. */
function* readFileLines(
  path: string,
): Generator<{ readonly line: string; readonly isEnded: boolean }> {
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    // Anything else with the name is reported when it is read.
    if (!stats.isFile()) return;
    let start = stats.size;
    /** The bytes that were read and not returned; up to `end` it consists of complete lines. */
    let tail = Buffer.alloc(0);
    /** Where the next line ends: at a line feed, or at the end of the file. */
    let end = 0;
    let isEnded = false;
    for (;;) {
      const before = end === 0 ? -1 : tail.lastIndexOf(lineFeed, end - 1);
      if (before >= 0 || (start === 0 && end >= 0)) {
        yield { line: tail.toString('utf8', before + 1, end), isEnded };
        tail = tail.subarray(0, before + 1);
        end = before;
        isEnded = true;
        continue;
      }
      if (start === 0) return;
      if (tail.length > maxLineBytes) {
        throw new Error(`${path} is not a decision log: a line is longer than 64 MiB`);
      }
      // A long line is copied a few times only.
      const length = Math.min(Math.max(chunkBytes, tail.length), start);
      start -= length;
      const chunk = Buffer.alloc(length);
      readSync(file, chunk, 0, length, start);
      tail = Buffer.concat([chunk, tail]);
      end += length;
    }
  } finally {
    closeSync(file);
  }
}

function hasTornEnd(path: string): boolean {
  if (logPaths(path).at(-1) !== path) return false;
  const file = openSync(path, O_RDONLY | O_NONBLOCK);
  try {
    const { size } = fstatSync(file);
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    return last[0] !== lineFeed;
  } finally {
    closeSync(file);
  }
}
