// The differences of two texts in color: as a unified diff, or only the changed lines.

import { createTwoFilesPatch, diffLines, FILE_HEADERS_ONLY } from 'diff';
import type { Colors } from '../io/console.ts';

/** Prints a unified diff. `show` escapes a line for display. */
export function printDiff(
  name: string,
  before: string,
  after: string,
  colors: Colors,
  show: (line: string) => string,
): string {
  const patch = createTwoFilesPatch(name, name, before, after, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
    context: 3,
  });
  const lines = patch.replace(/\n$/, '').split('\n');
  return lines.map((line, index) => `${choosePaint(line, index, colors)(show(line))}\n`).join('');
}

/** Returns the removed and added lines without context. */
export function printChangedLines(
  before: string,
  after: string,
  colors: Colors,
  show: (line: string) => string,
): readonly string[] {
  return diffLines(before, after).flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const [sign, paint] = added ? ['+', colors.good] : ['-', colors.error];
    return value
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => paint(show(`${sign} ${line}`)));
  });
}

function choosePaint(line: string, at: number, colors: Colors): (text: string) => string {
  if (at < 2) return colors.strong;
  if (line.startsWith('@')) return colors.frame;
  if (line.startsWith('+')) return colors.good;
  return line.startsWith('-') ? colors.error : (text) => text;
}
