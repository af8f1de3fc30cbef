// Converts written windows: resolves the zone, moves times after midnight to the next day, and
// checks exceptions. Reports exceptions that have no effect.

import type { DateRangeNode, DaysNode, TimeRangeNode, WindowNode } from '../../syntax/ast.ts';
import { dateText, dayLength, toDayNumber } from '../../types/time/calendar.ts';
import { type Days, listDayRanges, type TimeRange, type Window } from '../../types/time/window.ts';
import type { Context } from '../context.ts';
import { zoneNamed } from '../expressions/calendar.ts';

export function checkWindow(context: Context, node: WindowNode): Window | undefined {
  const zone = zoneNamed(context, node.zone);
  if (zone === undefined) return undefined;
  const name = node.name.text;
  const parts = node.parts.map(({ days, ranges }) => ({
    days: days.map(toDays),
    ranges: ranges.map(toRange),
  }));
  const regular: Window = { name, zone, parts, except: [] };
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

function checkException(context: Context, node: DateRangeNode, regular: Window): void {
  const [from, to] = [node.from.day, (node.to ?? node.from).day];
  const text = from === to ? dateText(from) : `${dateText(from)}..${dateText(to)}`;
  const { zone } = regular;
  if (from < toDayNumber(zone.known.from) || to > toDayNumber(zone.known.until - 1)) {
    context.reporter.report('exception-unknown', node.span, { text });
    return;
  }
  for (let day = from; day <= to; day += 1) if (listDayRanges(regular, day).length > 0) return;
  context.reporter.report('needless-exception', node.span, { text, window: regular.name });
}
