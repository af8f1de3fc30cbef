// Converts written windows: resolves the zone, moves times after midnight to the next day, and
// checks seasons and exceptions. Reports those that have no effect.

import type {
  DateRangeNode,
  DaysNode,
  SeasonNode,
  TimeRangeNode,
  WindowNode,
} from '../../syntax/ast.ts';
import { dayLength, formatDate, toDayNumber } from '../../types/time/calendar.ts';
import {
  type Days,
  formatSeason,
  isInSeason,
  listDayRanges,
  type Season,
  type TimeRange,
  type Window,
} from '../../types/time/window.ts';
import type { Context } from '../context.ts';
import { resolveZone } from '../expressions/calendar.ts';

export function checkWindow(context: Context, node: WindowNode): Window | undefined {
  const zone = resolveZone(context, node.zone);
  if (zone === undefined) return undefined;
  const name = node.name.text;
  const parts = node.parts.map(({ days, ranges }) => ({
    days: days.map(toDays),
    ranges: ranges.map(toRange),
  }));
  const seasons = node.seasons.map(toSeason);
  const regular: Window = {
    name,
    zone,
    parts: parts.length === 0 ? [{ days: [], ranges: [{ from: 0, to: dayLength }] }] : parts,
    seasons,
    except: [],
  };
  checkSeasons(context, node.seasons, regular);
  for (const range of node.except) checkException(context, range, regular);
  const except = node.except.map(({ from, to }) => ({ from: from.day, to: (to ?? from).day }));
  return { ...regular, except };
}

/** Friday to Monday spans the weekend. */
function toDays({ nth, from, to = from }: DaysNode): Days {
  const count = ((to - from + 7) % 7) + 1;
  return { nth, weekdays: Array.from({ length: count }, (_, index) => (from + index) % 7) };
}

function toRange(node: TimeRangeNode): TimeRange {
  const [from, to] = [Number(node.from.milliseconds), Number(node.to.milliseconds)];
  return { from, to: to > from ? to : to + dayLength };
}

function toSeason({ from, to = from }: SeasonNode): Season {
  return { from: from.yearDay, to: to.yearDay };
}

/** The days of 28 years have each day of the year on each weekday. */
const yearsOfDays = Array.from({ length: 28 * 365 + 7 }, (_, day) => day);

function checkSeasons(context: Context, nodes: readonly SeasonNode[], regular: Window): void {
  const [first] = nodes;
  if (first === undefined) return;
  if (yearsOfDays.every((day) => isInSeason(regular, day))) {
    const span = { ...first.span, end: nodes.at(-1)?.span.end ?? first.span.end };
    context.reporter.report('needless-season', span, {});
    return;
  }
  for (const [index, season] of regular.seasons.entries()) {
    const alone: Window = { ...regular, seasons: [season] };
    const span = nodes[index]?.span ?? first.span;
    if (yearsOfDays.every((day) => listDayRanges(alone, day).length === 0))
      context.reporter.report('empty-season', span, {
        text: formatSeason(season),
        window: regular.name,
      });
  }
}

function checkException(context: Context, node: DateRangeNode, regular: Window): void {
  const [from, to] = [node.from.day, (node.to ?? node.from).day];
  const text = from === to ? formatDate(from) : `${formatDate(from)}..${formatDate(to)}`;
  const { zone } = regular;
  if (from < toDayNumber(zone.known.from) || to > toDayNumber(zone.known.until - 1)) {
    context.reporter.report('exception-unknown', node.span, { text });
    return;
  }
  for (let day = from; day <= to; day += 1) if (listDayRanges(regular, day).length > 0) return;
  context.reporter.report('needless-exception', node.span, { text, window: regular.name });
}
