// Windows in words: "Monday to Friday 09:00–17:00 from 18 Dec to 4 Jan in Europe/Berlin, except 25 Dec 2026".

import {
  type DayRange,
  type Days,
  dayLength,
  formatYearDay,
  type Season,
  type TimeRange,
  type Window,
  type WindowPart,
} from '@nhipol/language/types';
import { joinAsList, readPlainText } from '../pages/phrase.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const nths: Readonly<Record<Exclude<Days['nth'], undefined>, string>> = {
  1: 'first',
  2: 'second',
  3: 'third',
  4: 'fourth',
  5: 'fifth',
  last: 'last',
};

export function describeWindow({ parts, seasons, zone, except }: Window): string {
  const when = parts.length === 0 ? 'never' : parts.map(describePart).join('; ');
  const but = except.length === 0 ? '' : `, except ${list(except.map(describeDate))}`;
  const during = seasons.length === 0 ? '' : ` ${list(seasons.map(describeSeason))}`;
  return `${when}${during} in ${zone.name}${but}`;
}

function describePart({ days, ranges }: WindowPart): string {
  const on = days.length === 0 ? 'every day' : list(days.map(describeDays));
  const wholeDay = ranges.every(({ from, to }) => from === 0 && to === dayLength);
  return wholeDay ? on : `${on} ${list(ranges.map(describeRange))}`;
}

function describeDays({ weekdays: days, nth }: Days): string {
  const words = list(listRuns(days));
  return nth === undefined ? words : `the ${nths[nth]} ${words} of the month`;
}

/** Returns the days, with three or more consecutive days as a range. */
function listRuns(days: readonly number[]): readonly string[] {
  const found: string[] = [];
  for (let index = 0; index < days.length; ) {
    let end = index;
    while (days[end + 1] === (days[end] as number) + 1) end += 1;
    const names = days.slice(index, end + 1).map((day) => weekdays[day] ?? '');
    if (names.length < 3) found.push(...names);
    else found.push(`${names[0]} to ${names.at(-1)}`);
    index = end + 1;
  }
  return found;
}

function describeRange({ from, to }: TimeRange): string {
  const next = to > dayLength ? ' the next day' : '';
  return `${describeTime(from)}–${describeTime(to > dayLength ? to - dayLength : to)}${next}`;
}

function describeTime(milliseconds: number): string {
  const [hours, minutes, seconds] = [3_600_000, 60_000, 1_000].map((size) =>
    Math.floor(milliseconds / size),
  ) as [number, number, number];
  const pad = (count: number) => String(count).padStart(2, '0');
  const rest = milliseconds % 1_000;
  const fine = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  const inMinute = milliseconds % 60_000 === 0 ? '' : `:${pad(seconds % 60)}${fine}`;
  return `${pad(hours)}:${pad(minutes % 60)}${inMinute}`;
}

function describeSeason({ from, to }: Season): string {
  return from === to
    ? `on ${formatYearDay(from)}`
    : `from ${formatYearDay(from)} to ${formatYearDay(to)}`;
}

function describeDate({ from, to }: DayRange): string {
  return from === to ? describeDay(from) : `${describeDay(from)} to ${describeDay(to)}`;
}

function describeDay(day: number): string {
  const date = new Date(day * dayLength);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function list(words: readonly string[]): string {
  return readPlainText(joinAsList(words));
}
