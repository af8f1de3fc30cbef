// A sum as a session stores it: the events of a pattern in a bounded number of parts, each of them a stretch of time
// with the least and the most that its events add. If there are too many parts, the two neighbors that cover
// the shortest time become one. Only a part that the window cuts is uncertain, so a sum is known up to one part.

import type { HistoryTerm } from '../../model/model.ts';
import { int64Range } from '../../types/ranges.ts';
import {
  findWindowStart,
  type HistoryWindow,
  isOutsideWindow,
} from '../../types/time/history-window.ts';

/** The number of parts that are stored for each key of a sum with a duration. */
const partsOfAge = 32;

/** Without `within`, all parts count, or none of them does: one is enough. */
export function countWindowParts(window: HistoryWindow | undefined): number {
  return window?.kind === 'age' ? partsOfAge : 1;
}

/** The number of events that are stored for each key of a sum across sessions, and for all of its keys together. */
const sharedEventsOfKey = 256;
const sharedEvents = 131_072;

/** The events of several modules are united one by one, so a sum across sessions has events instead of parts. */
export function limitSharedEvents(keys: number): number {
  return Math.min(sharedEventsOfKey, Math.floor(sharedEvents / keys));
}

/**
 * Whether a term across sessions stores one amount of the current period for each key, so that any number of events is exact:
 * a sum, or a count, of a calendar period or of all events.
 */
export function isCounted(term: HistoryTerm): boolean {
  const { form, pattern } = term;
  if (form !== 'sum' && form !== 'count') return false;
  return pattern.isShared && term.window?.kind !== 'age';
}

/** The events from `oldest` to `newest`. Nothing that is added is negative. */
export interface HistoryPart {
  readonly oldest: bigint;
  readonly newest: bigint;
  readonly least: bigint;
  /** `unbounded`: there is no upper limit. */
  readonly most: bigint;
}

/** The least and the most that events add. */
export interface Amount {
  readonly least: bigint;
  readonly most: bigint;
}

/** Stands for everything from the largest 64-bit number on. */
export const unbounded: bigint = int64Range.max;

export const anyAmount: Amount = { least: 0n, most: unbounded };

export function sumAmounts(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (all, { least, most }) => ({
      least: addSaturated(all.least, least),
      most: addSaturated(all.most, most),
    }),
    { least: 0n, most: 0n },
  );
}

function addSaturated(a: bigint, b: bigint): bigint {
  return a + b < unbounded ? a + b : unbounded;
}

/** Adds an event that is recorded at an instant. `parts` are in the order of time. */
export function withEvent(
  parts: readonly HistoryPart[],
  time: bigint,
  amount: Amount,
  window: HistoryWindow | undefined,
  recorded: bigint,
): readonly HistoryPart[] {
  if (isOutsideWindow(time, window, recorded)) return parts;
  const around = parts.findIndex(({ oldest, newest }) => oldest <= time && time <= newest);
  const historyPart = parts[around];
  if (historyPart !== undefined)
    return parts.with(around, { ...historyPart, ...sumAmounts([historyPart, amount]) });
  const index = parts.findLastIndex(({ newest }) => newest < time) + 1;
  const all = parts.toSpliced(index, 0, { oldest: time, newest: time, ...amount });
  return all.length <= countWindowParts(window) ? all : withOneLess(all, window, recorded);
}

function withOneLess(
  parts: readonly HistoryPart[],
  window: HistoryWindow | undefined,
  recorded: bigint,
): readonly HistoryPart[] {
  const [first, ...others] = parts;
  if (first === undefined || isOutsideWindow(first.newest, window, recorded)) return others;
  const spans = others.map(({ newest }, index) => newest - (parts[index] ?? first).oldest);
  const shortest = spans.reduce((least, span) => (span < least ? span : least));
  const at = spans.indexOf(shortest);
  const [earlier, later] = [parts[at] ?? first, parts[at + 1] ?? first];
  const joined = { ...sumAmounts([earlier, later]), oldest: earlier.oldest, newest: later.newest };
  return parts.toSpliced(at, 2, joined);
}

/** The least and the most that the events within the window add. */
export function sumParts(
  parts: readonly HistoryPart[],
  window: HistoryWindow | undefined,
  now: bigint,
): Amount {
  const inside = parts.filter(({ newest }) => !isOutsideWindow(newest, window, now));
  const start = window && findWindowStart(window, now);
  const isWhole = ({ oldest }: HistoryPart) =>
    window === undefined || (start !== undefined && oldest >= start);
  return sumAmounts(inside.map((part) => (isWhole(part) ? part : { least: 0n, most: part.most })));
}
