// Where a log continues: reads the last complete line of its newest file that has one.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { chainStart, digestOfLine, linkOf } from './chain.ts';
import { logPaths } from './log-paths.ts';

export interface EndOfLog {
  /** The digest that the next line contains. */
  readonly link: string;
  /** Whether the current file ends within a line. */
  readonly isTorn: boolean;
}

export const newLog: EndOfLog = { link: chainStart, isTorn: false };

/** Throws if the last complete line is not one of a log. */
export function endOf(path: string): EndOfLog {
  let isTorn = false;
  for (const each of logPaths(path).toReversed()) {
    const { last, isTorn: endsWithin } = lastLine(each);
    if (each === path) isTorn = endsWithin;
    if (last === undefined) continue;
    if (linkOf(last) === undefined) throw new Error(`${each} is not a decision log`);
    return { link: digestOfLine(last), isTorn };
  }
  return { link: chainStart, isTorn };
}

const chunkBytes = 65_536;
const lineFeed = 0x0a;

function lastLine(path: string): { last: string | undefined; isTorn: boolean } {
  const file = openSync(path, 'r');
  try {
    let start = fstatSync(file).size;
    let tail = Buffer.alloc(0);
    for (;;) {
      const end = tail.lastIndexOf(lineFeed);
      const before = end <= 0 ? -1 : tail.lastIndexOf(lineFeed, end - 1);
      if (start === 0 || (end >= 0 && before >= 0)) {
        const isTorn = end !== tail.length - 1 && tail.length > 0;
        return { last: end < 0 ? undefined : tail.toString('utf8', before + 1, end), isTorn };
      }
      const length = Math.min(chunkBytes, start);
      start -= length;
      const chunk = Buffer.alloc(length);
      readSync(file, chunk, 0, length, start);
      tail = Buffer.concat([chunk, tail]);
    }
  } finally {
    closeSync(file);
  }
}
