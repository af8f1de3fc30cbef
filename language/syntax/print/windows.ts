// Prints windows.

import { formatDate, formatYearDay, weekdayNames } from '../../types/time/calendar.ts';
import type { Nth } from '../../types/time/window.ts';
import type { DateRangeNode, DaysNode, SeasonNode, WindowNode, WindowPartNode } from '../ast.ts';
import { type Doc, fillParts, group, indent, line } from './docs.ts';
import { printString } from './literals.ts';
import type { Original } from './original.ts';

const nths: Readonly<Record<Nth, string>> = {
  1: '1st',
  2: '2nd',
  3: '3rd',
  4: '4th',
  5: '5th',
  last: 'last',
};

/** Prints a window; if it is too wide, the exceptions are on a new line. */
export function printWindow(node: WindowNode, original: Original): Doc {
  const hours = group([
    ...(node.parts.length === 0 ? [] : [fillParts(node.parts.flatMap(printPart)), line]),
    ...(node.seasons.length === 0
      ? []
      : ['during ', fillParts(node.seasons.map(printSeason)), line]),
    'in ',
    printString(node.zone, original),
  ]);
  const except =
    node.except.length === 0 ? '' : [line, 'except ', fillParts(node.except.map(printDates))];
  return group([`window ${node.name.text} = `, indent([hours, except])]);
}

/** Prints a part of a window: the weekdays and the times. */
function printPart({ days, ranges }: WindowPartNode): Doc[] {
  const times = ranges.map(({ from, to }) => `${from.text}..${to.text}`);
  const weekdays = days.map(printDays).join(', ');
  return times.map((time, index) =>
    index === 0 && weekdays !== '' ? `${weekdays} ${time}` : time,
  );
}

function printDays({ nth, from, to }: DaysNode): string {
  const first = weekdayNames[from] ?? '';
  if (nth !== undefined) return `${nths[nth]} ${first}`;
  return to === undefined ? first : `${first}..${weekdayNames[to]}`;
}

function printSeason({ from, to }: SeasonNode): string {
  const first = formatYearDay(from.yearDay);
  return to === undefined ? first : `${first}..${formatYearDay(to.yearDay)}`;
}

function printDates({ from, to }: DateRangeNode): string {
  return to === undefined ? formatDate(from.day) : `${formatDate(from.day)}..${formatDate(to.day)}`;
}
