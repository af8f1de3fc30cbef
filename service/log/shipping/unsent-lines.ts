// The lines of a log after a position, across its rotated files. A file is identified by its first bytes, which contain
// the id of its first line: rotation changes its name, and a copy has another inode. What was sent last is compared, too: a
// file that lost its end is sent again from its beginning. The process that writes the log calls this, so that nothing is
// rotated meanwhile.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readLink } from '../chain.ts';
import { logPaths } from '../log-paths.ts';

/** Up to where lines were sent. */
export interface LogPosition {
  /** The digest of the first bytes of the file. */
  readonly file: string;
  /** Bytes of the file, up to the end of a line. */
  readonly offset: number;
  /** The digest of the last bytes before it. */
  readonly sent: string;
}

export interface UnsentLines {
  /** Complete lines without their line feeds. Empty if there are only remains of a line that was never completed. */
  readonly lines: readonly string[];
  /** The position after them. */
  readonly next: LogPosition;
  /** Why lines before these may be missing, or are sent again. */
  readonly gap: UnsentGap | undefined;
}

/** The file of the position was removed, so that lines may never be sent; or lines that were sent are no longer in it. */
export type UnsentGap = 'removed' | 'changed';

const identityBytes = 96;
/** With the end of a line, which has its own digest unless it is longer. */
const sentBytes = 4_096;
const newestBytes = 65_536;
const lineFeed = 0x0a;

/**
 * Reads at most `maxBytes`, or one line that is longer. Returns `undefined` if nothing is complete after the position.
 */
export function readUnsentLines(
  path: string,
  position: LogPosition | undefined,
  maxBytes: number,
): UnsentLines | undefined {
  return withFiles(path, position, (files, gap) => {
    for (const { file, identity, offset } of files) {
      const { text, length } = completeLines(file, offset, maxBytes);
      if (length === 0) continue;
      const lines = text.split('\n').filter((line) => readLink(line) !== undefined);
      const end = offset + length;
      return { lines, next: { file: identity, offset: end, sent: computeDigest(file, end) }, gap };
    }
    return undefined;
  });
}

/** The last complete line of a log, if it is not longer than about 64 KiB. */
export function readNewestLine(path: string): string | undefined {
  return withFiles(path, undefined, (files) => {
    const file = files.at(-1)?.file;
    if (file === undefined) return undefined;
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(newestBytes, size));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const lines = bytes.toString('utf8', 0, bytes.lastIndexOf(lineFeed) + 1).split('\n');
    return lines.filter((line) => readLink(line) !== undefined).at(-1);
  });
}

/** The number of bytes after the position. */
export function countUnsentBytes(path: string, position: LogPosition | undefined): number {
  return withFiles(path, position, (files) =>
    files.reduce((sum, { file, offset }) => sum + Math.max(0, fstatSync(file).size - offset), 0),
  );
}

interface OpenFile {
  readonly file: number;
  readonly identity: string;
  /** Where the unsent part begins. */
  readonly offset: number;
}

/** Calls `use` with the files that have unsent parts, the oldest first. */
function withFiles<T>(
  path: string,
  position: LogPosition | undefined,
  use: (files: readonly OpenFile[], gap: UnsentGap | undefined) => T,
): T {
  const opened: { file: number; identity: string }[] = [];
  try {
    for (const each of logPaths(path)) {
      const file = openSync(each, 'r');
      opened.push({ file, identity: computeIdentity(file) });
    }
    const files = opened.filter(({ identity }) => identity !== '');
    const first = files.findIndex(({ identity }) => identity === position?.file);
    const found = files[first];
    const isUnchanged =
      found !== undefined && position !== undefined && isAsSent(found.file, position);
    const rest = files.slice(Math.max(0, first)).map((file, index) => ({
      ...file,
      offset: index === 0 && isUnchanged ? position.offset : 0,
    }));
    if (position === undefined || isUnchanged) return use(rest, undefined);
    return use(rest, found === undefined ? 'removed' : 'changed');
  } finally {
    for (const { file } of opened) closeSync(file);
  }
}

/** Whether the lines up to the position are those that were sent. */
function isAsSent(file: number, { offset, sent }: LogPosition): boolean {
  return offset <= fstatSync(file).size && computeDigest(file, offset) === sent;
}

function computeDigest(file: number, end: number): string {
  const bytes = Buffer.alloc(Math.min(sentBytes, end));
  readSync(file, bytes, 0, bytes.length, end - bytes.length);
  return createHash('sha256').update(bytes).digest('hex');
}

/** '' for a file that is too short for a line. */
function computeIdentity(file: number): string {
  const bytes = Buffer.alloc(identityBytes);
  if (readSync(file, bytes, 0, identityBytes, 0) < identityBytes) return '';
  return createHash('sha256').update(bytes).digest('hex');
}

function completeLines(
  file: number,
  offset: number,
  maxBytes: number,
): { readonly text: string; readonly length: number } {
  const available = fstatSync(file).size - offset;
  for (let size = Math.min(maxBytes, available); size > 0; size = Math.min(size * 2, available)) {
    const bytes = Buffer.alloc(size);
    const read = readSync(file, bytes, 0, size, offset);
    const within = bytes.subarray(0, read);
    const isLonger = size > maxBytes;
    const length = (isLonger ? within.indexOf(lineFeed) : within.lastIndexOf(lineFeed)) + 1;
    if (length > 0) return { text: bytes.toString('utf8', 0, length), length };
    if (size >= available) break;
  }
  return { text: '', length: 0 };
}
