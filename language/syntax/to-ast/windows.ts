// Converts windows with their weekdays, times, seasons and dates. A window with an invalid part is reported and left
// out.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { suggest } from '../../support/suggest.ts';
import {
  computeDay,
  dayLength,
  formatYearDay,
  monthLengths,
  monthNames,
  weekdayNames,
} from '../../types/time/calendar.ts';
import type { Nth } from '../../types/time/window.ts';
import type {
  DateNode,
  DateRangeNode,
  DaysNode,
  DurationNode,
  SeasonNode,
  TimeRangeNode,
  WindowNode,
  WindowPartNode,
  YearDayNode,
} from '../ast.ts';
import type {
  DateRangeCstNode,
  DaysCstNode,
  SeasonCstNode,
  TimeRangeCstNode,
  WindowDeclarationCstNode,
  WindowPartCstNode,
  YearDayCstNode,
} from '../cst.generated.ts';
import {
  broken,
  findPart,
  getNodeSpan,
  getTokenSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  requireWhole,
  toName,
  toText,
} from './cst.ts';

export function toWindow(source: ParsedSource, node: WindowDeclarationCstNode): WindowNode {
  refuseBroken(source, node);
  const { Word, windowPart, seasons, Text, dateRange } = node.children;
  return {
    kind: 'Window',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    parts: requireWhole(windowPart).map((part) => toPart(source, part)),
    seasons: requireWhole(seasons).flatMap(({ children }) =>
      requireWhole(children.season).map((season) => toSeason(source, season)),
    ),
    zone: toText(source, requirePart(Text)),
    except: requireWhole(dateRange).map((range) => toDateRange(source, range)),
  };
}

function toPart(source: ParsedSource, node: WindowPartCstNode): WindowPartNode {
  return {
    kind: 'WindowPart',
    span: getNodeSpan(source, node),
    days: requireWhole(node.children.days).map((days) => toDays(source, days)),
    ranges: requireWhole(node.children.timeRange).map((range) => toTimeRange(source, range)),
  };
}

// --- weekdays ----------------------------------------------------------------------------------

const nths = new Map<string, Nth>([
  ['1st', 1],
  ['2nd', 2],
  ['3rd', 3],
  ['4th', 4],
  ['5th', 5],
  ['last', 'last'],
]);

function toDays(source: ParsedSource, node: DaysCstNode): DaysNode {
  const [first, last] = requireWhole(node.children.FreeWord);
  if (first === undefined) throw broken;
  const nth = findPart(node.children.nth);
  const found = nth && nths.get(nth.image);
  if (nth && (found === undefined || last !== undefined)) {
    const text = last ? `${nth.image} ${first.image}..${last.image}` : nth.image;
    const span = last ? getNodeSpan(source, node) : getTokenSpan(source, nth);
    source.reporter.report('bad-nth', span, { text });
    throw broken;
  }
  return {
    kind: 'Days',
    span: getNodeSpan(source, node),
    nth: found,
    from: toWeekday(source, first),
    to: last && toWeekday(source, last),
  };
}

function toWeekday(source: ParsedSource, token: IToken): number {
  const { image } = token;
  const weekday = weekdayNames.indexOf(image);
  if (weekday !== -1) return weekday;
  const full = weekdayNames.filter(
    (name) => image.slice(0, 2).toLowerCase() === name.slice(0, 2).toLowerCase(),
  );
  const [near] = full.length > 0 ? full : suggest(image, weekdayNames);
  source.reporter.report(
    'bad-weekday',
    getTokenSpan(source, token),
    { text: image },
    near === undefined
      ? {}
      : {
          label: `did you mean \`${near}\`?`,
          fix: proposeReplacement(getTokenSpan(source, token), near),
        },
  );
  throw broken;
}

// --- times of day ------------------------------------------------------------------------------

function toTimeRange(source: ParsedSource, node: TimeRangeCstNode): TimeRangeNode {
  const [first, last] = requireWhole(node.children.TimeOfDay);
  if (first === undefined || last === undefined) throw broken;
  const span = getNodeSpan(source, node);
  const [from, to] = [toTimeOfDay(source, first), toTimeOfDay(source, last)];
  if (from.milliseconds === BigInt(dayLength)) {
    source.reporter.report('bad-time-of-day', from.span, { text: from.text });
    throw broken;
  }
  if (from.milliseconds === to.milliseconds) {
    const wholeFix = from.milliseconds === 0n ? proposeReplacement(to.span, '24:00') : undefined;
    source.reporter.report('empty-range', span, { text: from.text }, { fix: wholeFix });
    throw broken;
  }
  return { kind: 'TimeRange', span, from, to };
}

/** Converts a time of day, up to `24:00`. */
export function toTimeOfDay(source: ParsedSource, token: IToken): DurationNode {
  const span = getTokenSpan(source, token);
  const [hours = 0, minutes = 0, seconds = 0] = token.image.split(':').map(Number);
  const milliseconds = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (minutes > 59 || seconds > 59 || milliseconds > dayLength) {
    source.reporter.report('bad-time-of-day', span, { text: token.image });
    throw broken;
  }
  return { kind: 'Duration', span, milliseconds: BigInt(milliseconds), text: token.image };
}

// --- seasons -----------------------------------------------------------------------------------

function toSeason(source: ParsedSource, node: SeasonCstNode): SeasonNode {
  const span = getNodeSpan(source, node);
  const [first, last] = requireWhole(node.children.yearDay);
  if (first === undefined) throw broken;
  const from = toYearDay(source, first);
  const to = last && toYearDay(source, last);
  const separator = findPart(node.children.To) === undefined ? '..' : ' to ';
  const text = [first, ...(last ? [last] : [])].map(spellYearDay).join(separator);
  const canonical = [from, ...(to ? [to] : [])]
    .map(({ yearDay }) => formatYearDay(yearDay))
    .join('..');
  if (text !== canonical) {
    const [reason, fix] = [`it is written \`${canonical}\``, proposeReplacement(span, canonical)];
    source.reporter.report('bad-season', span, { text, reason }, { fix });
    throw broken;
  }
  return { kind: 'Season', span, from, to };
}

/** Converts a day that is also written in another form, such as `December 18`. */
function toYearDay(source: ParsedSource, node: YearDayCstNode): YearDayNode {
  const span = getNodeSpan(source, node);
  const [word, number] = readYearDayTokens(node);
  const month = findMonth(word.image);
  const date = Number(number && /^\d+/.exec(number.image)?.[0]);
  const reason =
    month === undefined
      ? `\`${word.image}\` is not a month`
      : findYearDayFault(month, number && date);
  if (month === undefined || reason !== undefined) {
    source.reporter.report('bad-season', span, { text: spellYearDay(node), reason: reason ?? '' });
    throw broken;
  }
  return { kind: 'YearDay', span, yearDay: (month + 1) * 100 + date };
}

function findYearDayFault(month: number, date: number | undefined): string | undefined {
  const days = monthLengths[month] ?? 0;
  const name = monthNames[month] ?? '';
  if (date === undefined) return 'the day of the month is missing';
  if (date === 0) return 'the day does not exist';
  if (date > days) return name === 'Feb' ? 'Feb has at most 29 days' : `${name} has ${days} days`;
  return undefined;
}

function readYearDayTokens(node: YearDayCstNode): readonly [word: IToken, number?: IToken] {
  const number = findPart(node.children.Int) ?? findPart(node.children.BadNumber);
  const word = requirePart(node.children.FreeWord);
  return number === undefined ? [word] : [word, number];
}

/** The tokens of a day in their order, with one space. */
function spellYearDay(node: YearDayCstNode): string {
  return readYearDayTokens(node)
    .flatMap((token) => token ?? [])
    .sort((a, b) => a.startOffset - b.startOffset)
    .map(({ image }) => image)
    .join(' ');
}

const fullMonthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** The month of a name with at least three letters, such as `Dec` and `december`, from 0. */
function findMonth(word: string): number | undefined {
  const month = fullMonthNames.findIndex((name) => name.startsWith(word.toLowerCase()));
  return month === -1 || word.length < 3 ? undefined : month;
}

// --- dates -------------------------------------------------------------------------------------

function toDateRange(source: ParsedSource, node: DateRangeCstNode): DateRangeNode {
  const [first, last] = requireWhole(node.children.Timestamp);
  if (first === undefined) throw broken;
  const span = getNodeSpan(source, node);
  const from = toDate(source, first);
  const to = last && toDate(source, last);
  if (to !== undefined && to.day < from.day) {
    const text = `${first.image}..${last?.image}`;
    source.reporter.report('bad-date', span, { text, reason: 'it ends before it begins' });
    throw broken;
  }
  return { kind: 'DateRange', span, from, to };
}

function toDate(source: ParsedSource, token: IToken): DateNode {
  const span = getTokenSpan(source, token);
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(token.image) ?? [];
  const day = computeDay(Number(year), Number(month), Number(date));
  if (date === undefined || day === undefined) {
    const reason =
      date === undefined ? 'an exception must be a whole day' : 'the day does not exist';
    source.reporter.report('bad-date', span, { text: token.image, reason });
    throw broken;
  }
  return { kind: 'Date', span, day };
}
