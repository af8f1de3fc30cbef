// The bounds of a module as a line for people.

import type { Manifest, StepBounds } from '@nhipol/runtime/abi';

const kibibyte = 1024;
const number = new Intl.NumberFormat('en-US');

export function formatBounds({ bounds, tables = [] }: Manifest): string {
  const [first, last] = [bounds?.steps.at(0), bounds?.steps.at(-1)];
  if (bounds === undefined || first === undefined || last === undefined) return '';
  const size = (bytes: number) => `${number.format(bytes / kibibyte)} KiB`;
  const steps = ([bytes, decide]: StepBounds, on: string) =>
    `${number.format(decide)} ${on} of ${size(bytes)}`;
  const memory = `${size(bounds.memory_bytes)} of memory${tables.length > 0 ? ' plus the memory of its tables' : ''}`;
  return `a decision takes at most ${steps(first, 'steps for a request')} and ${steps(last, 'for the largest one')}; ${memory}\n`;
}
