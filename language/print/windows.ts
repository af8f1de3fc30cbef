// Windows as source text.

import type { DateRangeNode, DaysNode, WindowNode, WindowPartNode } from '../ast.ts';
import { dateText, weekdayNames } from '../time/calendar.ts';
import type { Nth } from '../time/window.ts';
import { printString } from './literals.ts';

const nths: Readonly<Record<Nth, string>> = {
  1: '1st',
  2: '2nd',
  3: '3rd',
  4: '4th',
  5: '5th',
  last: 'last',
};

export function printWindow(node: WindowNode): string {
  const head = `window ${node.name.text} = ${node.parts.map(printPart).join(', ')}`;
  const except =
    node.except.length === 0 ? '' : ` except ${node.except.map(printDates).join(', ')}`;
  return `${head} in ${printString(node.zone.value)}${except}`;
}

function printPart({ days, ranges }: WindowPartNode): string {
  const times = ranges.map(({ from, to }) => `${from.text}..${to.text}`).join(', ');
  return days.length === 0 ? times : `${days.map(printDays).join(', ')} ${times}`;
}

function printDays({ nth, from, to }: DaysNode): string {
  const first = weekdayNames[from] ?? '';
  if (nth !== undefined) return `${nths[nth]} ${first}`;
  return to === undefined ? first : `${first}..${weekdayNames[to]}`;
}

function printDates({ from, to }: DateRangeNode): string {
  return to === undefined ? dateText(from.day) : `${dateText(from.day)}..${dateText(to.day)}`;
}
