// Windows against a judge of their own: minute by minute it looks at a wall clock, moved by the
// offsets that Python gives, and asks the words of the window of it. Membership, and every instant at
// which it changes.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DaysNode, WindowNode } from '../../../language/ast.ts';
import { isInside, nextChange, type Window } from '../../../language/time/window.ts';
import { windowArbitrary, windowOf } from '../../support/window-arbitrary.ts';

const { whole }: { readonly whole: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL('zones.json', import.meta.url), 'utf8'),
);

const minute = 60_000;
const day = 1440;

type Offsets = readonly (readonly [from: number, ahead: number])[];

/** By zone: milliseconds ahead of UTC, and from when on. */
const offsetsOf: ReadonlyMap<string, Offsets> = new Map(
  Object.entries(whole).map(([zone, text]) => {
    const pairs = text.split(' ').map((pair) => pair.split(':').map((n) => Number(n) * 1000));
    return [zone, pairs.map(([from = 0, ahead = 0]) => [from, ahead] as const)];
  }),
);

/** By JavaScript's own calendar. */
function isListed({ nth, from, to = from }: DaysNode, date: Date): boolean {
  const weekday = (date.getUTCDay() + 6) % 7;
  const listed = from <= to ? weekday >= from && weekday <= to : weekday >= from || weekday <= to;
  if (!listed || nth === undefined) return listed;
  const inAWeek = new Date(date.getTime() + 7 * day * minute);
  if (nth === 'last') return inAWeek.getUTCMonth() !== date.getUTCMonth();
  return date.getUTCDate() > (nth - 1) * 7 && date.getUTCDate() <= nth * 7;
}

function judge(node: WindowNode, instant: number): boolean {
  const offsets = offsetsOf.get(node.zone.value);
  const [, ahead = 0] = offsets?.findLast(([from]) => from <= instant) ?? [];
  const wall = new Date(instant + ahead);
  const midnight = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  const time = wall.getTime() - midnight;
  const begins = (date: Date, within: (from: number, to: number) => boolean): boolean => {
    const number = date.getTime() / (day * minute);
    if (node.except.some(({ from, to }) => from.day <= number && number <= (to ?? from).day))
      return false;
    return node.parts.some(
      ({ days, ranges }) =>
        (days.length === 0 || days.some((each) => isListed(each, date))) &&
        ranges.some(({ from, to }) => within(Number(from.milliseconds), Number(to.milliseconds))),
    );
  };
  const today = begins(new Date(midnight), (from, to) => time >= from && (time < to || to < from));
  const yesterday = new Date(midnight - day * minute);
  return today || begins(yesterday, (from, to) => to < from && time < to);
}

const zones = Object.keys(whole).filter((zone) => zone !== 'Africa/Monrovia');
/** When something happens in a zone, and any minute. */
const instantIn = (zone: string): fc.Arbitrary<number> =>
  fc.oneof(
    fc.constantFrom(
      Date.UTC(2026, 11, 31),
      ...(offsetsOf.get(zone) ?? []).slice(1).map(([from]) => from),
    ),
    fc
      .integer({ min: Date.UTC(1980, 0, 1) / minute, max: Date.UTC(2090, 0, 1) / minute })
      .map((count) => count * minute),
  );
const scene = fc
  .constantFrom(...zones)
  .chain((zone) => fc.tuple(windowArbitrary(fc.constant(zone)), instantIn(zone)));

test('membership and its changes are those of a wall clock looked at every minute', () => {
  fc.assert(
    fc.property(scene, ([node, around]) => {
      const window = windowOf(node);
      const [start, end] = [around - 2 * day * minute, around + 2 * day * minute];
      const changes: number[] = [];
      const mistaken: number[] = [];
      let before = judge(node, start - minute);
      for (let at = start; at < end; at += minute) {
        const inside = judge(node, at);
        if (inside !== before) changes.push(at);
        if (isInside(window, BigInt(at)) !== inside) mistaken.push(at);
        before = inside;
      }
      expect(mistaken).toEqual([]);
      expect(changesBetween(window, start, end)).toEqual(changes);
    }),
    { numRuns: 60 },
  );
});

function changesBetween(window: Window, start: number, end: number): readonly number[] {
  const found: number[] = [];
  let at = nextChange(window, BigInt(start - 1));
  for (; at !== undefined && at < end; at = nextChange(window, at)) found.push(Number(at));
  return found;
}
