// What changes from one text to another, as a unified diff in colours.

import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Colors } from './console.ts';

/** `show` makes a line fit to be seen. */
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
  return lines.map((line, at) => `${paintOf(line, at, colors)(show(line))}\n`).join('');
}

function paintOf(line: string, at: number, colors: Colors): (text: string) => string {
  if (at < 2) return colors.strong;
  if (line.startsWith('@')) return colors.frame;
  if (line.startsWith('+')) return colors.good;
  return line.startsWith('-') ? colors.error : (text) => text;
}
