// Shows a tool to the person who reviews it: its whole description, on lines that a terminal can show, and its marks.

import { displayText, wrap } from '@nhipol/language/support';
import type { ToolMark } from './marks.ts';

const width = 100;
const indent = '  ';

/** Lines that begin with `title`, which is safe to print. */
export function describeTool(
  title: string,
  { description }: Readonly<Record<string, unknown>>,
  marks: readonly ToolMark[],
): string {
  const text = typeof description === 'string' ? description.trim() : '';
  const lines =
    text === '' ? [] : text.split(/\r?\n/).flatMap((line) => wrap(displayText(line.trim()), width));
  const marked = marks.map(({ path, text: mark }) => `! ${path}: ${mark}`);
  return [title, ...[...lines, ...marked].map((line) => `${indent}${line}`), ''].join('\n');
}
