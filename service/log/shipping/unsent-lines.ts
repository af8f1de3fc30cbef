// The lines of a log after a position, across its rotated files. A file is identified by its first bytes, which contain
// the id of its first line: rotation changes its name, and a copy has another inode. The process that writes the log calls
// this, so that nothing is rotated meanwhile.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { linkOf } from '../chain.ts';
import { logPaths } from '../log-paths.ts';

/** Up to where lines were sent. */
export interface LogPosition {
  /** The digest of the first bytes of the file. */
  readonly file: string;
  /** Bytes of the file, up to the end of a line. */
  readonly offset: number;
}

export interface UnsentLines {
  /** Complete lines without their line feeds. Empty if there are only remains of a line that was never completed. */
  readonly lines: readonly string[];
  /** The position after them. */
  readonly next: LogPosition;
  /** Whether the file of the position was removed, so that lines may be missing before these. */
  readonly isAfterGap: boolean;
}

const identityBytes = 96;
const lineFeed = 0x0a;

/** Reads at most `maxBytes`, or one line that is longer. undefined: nothing is complete after the position. */
export function unsentLines(
  path: string,
  position: LogPosition | undefined,
  maxBytes: number,
): UnsentLines | undefined {
  return withFiles(path, position, (files, isAfterGap) => {
    for (const { file, identity, offset } of files) {
      const { text, length } = completeLines(file, offset, maxBytes);
      if (length === 0) continue;
      const lines = text.split('\n').filter((line) => linkOf(line) !== undefined);
      return { lines, next: { file: identity, offset: offset + length }, isAfterGap };
    }
    return undefined;
  });
}

/** The number of bytes after the position. */
export function unsentBytes(path: string, position: LogPosition | undefined): number {
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
  use: (files: readonly OpenFile[], isAfterGap: boolean) => T,
): T {
  const opened: { file: number; identity: string }[] = [];
  try {
    for (const each of logPaths(path)) {
      const file = openSync(each, 'r');
      opened.push({ file, identity: identityOf(file) });
    }
    const files = opened.filter(({ identity }) => identity !== '');
    const first = files.findIndex(({ identity }) => identity === position?.file);
    const rest = files.slice(Math.max(0, first)).map((each, index) => ({
      ...each,
      offset: index === 0 && first >= 0 ? (position?.offset ?? 0) : 0,
    }));
    return use(rest, position !== undefined && first < 0);
  } finally {
    for (const { file } of opened) closeSync(file);
  }
}

/** '' for a file that is too short for a line. */
function identityOf(file: number): string {
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
