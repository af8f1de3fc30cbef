// What a module takes at most, in a line for people.

import type { Manifest } from '@nhipol/runtime/abi';

const kibibyte = 1024;
const number = new Intl.NumberFormat('en-US');

export function tellBounds({ bounds, tables = [] }: Manifest): string {
  if (bounds === undefined) return '';
  const [first, last] = [bounds.steps.at(0), bounds.steps.at(-1)];
  if (first === undefined || last === undefined) return '';
  const size = (bytes: number) => `${number.format(bytes / kibibyte)} KiB`;
  const memory = `${size(bounds.memory_bytes)} of memory${tables.length > 0 ? ' and that of its tables' : ''}`;
  return `a decision takes at most ${number.format(first.decide)} steps on a request of ${size(first.request_bytes)}, ${number.format(last.decide)} on one of ${size(last.request_bytes)}, the longest; ${memory}\n`;
}
