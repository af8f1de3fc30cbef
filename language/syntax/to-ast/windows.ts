// Converts windows with their weekdays, times and dates. A window with an invalid part is reported and left
// out.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { suggest } from '../../support/suggest.ts';
import { dayLength, dayOfDate, weekdayNames } from '../../types/time/calendar.ts';
import type { Nth } from '../../types/time/window.ts';
import type {
  DateNode,
  DateRangeNode,
  DaysNode,
  DurationNode,
  TimeRangeNode,
  WindowNode,
  WindowPartNode,
} from '../ast.ts';
import type {
  DateRangeCstNode,
  DaysCstNode,
  TimeRangeCstNode,
  WindowDeclarationCstNode,
  WindowPartCstNode,
} from '../cst.generated.ts';
import {
  broken,
  findPart,
  nodeSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  tokenSpan,
  toName,
  toText,
  whole,
} from './cst.ts';

export function toWindow(source: ParsedSource, node: WindowDeclarationCstNode): WindowNode {
  refuseBroken(source, node);
  const { Word, windowPart, Text, dateRange } = node.children;
  return {
    kind: 'Window',
    span: nodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    parts: whole(windowPart).map((part) => toPart(source, part)),
    zone: toText(source, requirePart(Text)),
    except: whole(dateRange).map((range) => toDateRange(source, range)),
  };
}

function toPart(source: ParsedSource, node: WindowPartCstNode): WindowPartNode {
  return {
    kind: 'WindowPart',
    span: nodeSpan(source, node),
    days: whole(node.children.days).map((days) => toDays(source, days)),
    ranges: whole(node.children.timeRange).map((range) => toTimeRange(source, range)),
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
  const [first, last] = whole(node.children.FreeWord);
  if (first === undefined) throw broken;
  const nth = findPart(node.children.nth);
  const found = nth && nths.get(nth.image);
  if (nth && (found === undefined || last !== undefined)) {
    const text = last ? `${nth.image} ${first.image}..${last.image}` : nth.image;
    const span = last ? nodeSpan(source, node) : tokenSpan(source, nth);
    source.reporter.report('bad-nth', span, { text });
    throw broken;
  }
  return {
    kind: 'Days',
    span: nodeSpan(source, node),
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
    tokenSpan(source, token),
    { text: image },
    near === undefined
      ? {}
      : {
          label: `did you mean \`${near}\`?`,
          fix: proposeReplacement(tokenSpan(source, token), near),
        },
  );
  throw broken;
}

// --- times of day ------------------------------------------------------------------------------

function toTimeRange(source: ParsedSource, node: TimeRangeCstNode): TimeRangeNode {
  const [first, last] = whole(node.children.TimeOfDay);
  if (first === undefined || last === undefined) throw broken;
  const span = nodeSpan(source, node);
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
  const span = tokenSpan(source, token);
  const [hours = 0, minutes = 0, seconds = 0] = token.image.split(':').map(Number);
  const milliseconds = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (minutes > 59 || seconds > 59 || milliseconds > dayLength) {
    source.reporter.report('bad-time-of-day', span, { text: token.image });
    throw broken;
  }
  return { kind: 'Duration', span, milliseconds: BigInt(milliseconds), text: token.image };
}

// --- dates -------------------------------------------------------------------------------------

function toDateRange(source: ParsedSource, node: DateRangeCstNode): DateRangeNode {
  const [first, last] = whole(node.children.Timestamp);
  if (first === undefined) throw broken;
  const span = nodeSpan(source, node);
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
  const span = tokenSpan(source, token);
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(token.image) ?? [];
  const day = dayOfDate(Number(year), Number(month), Number(date));
  if (date === undefined || day === undefined) {
    const reason =
      date === undefined ? 'an exception must be a whole day' : 'the day does not exist';
    source.reporter.report('bad-date', span, { text: token.image, reason });
    throw broken;
  }
  return { kind: 'Date', span, day };
}
