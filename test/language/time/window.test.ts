// Compares windows with an independent implementation, which reads a wall clock minute by minute: one with the
// offsets of Python, and for every zone that of moment-timezone. Evaluator and library of the module must agree with
// it on membership and on every instant at which it changes.

import { readFileSync } from 'node:fs';
import { isInsideWindow, type Window } from '@nhipol/language/types';
import fc from 'fast-check';
import moment from 'moment-timezone';
import { expect, test } from 'vitest';
import type { WindowNode } from '../../../language/syntax/ast.ts';
import { nextChange } from '../../../language/types/time/window.ts';
import { findZone } from '../../../language/types/time/zones.ts';
import { toWindow, windowArbitrary } from '../../support/arbitraries/window-arbitrary.ts';
import { Library } from '../../support/modules/assembly-harness.ts';
import { putWindow } from '../../support/references/window-library.ts';
import { judgeWindow, type WallClock } from '../../support/references/window-reference.ts';
import '../../support/seed.ts';

const { whole }: { readonly whole: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL('zones.json', import.meta.url), 'utf8'),
);
const library = await Library.load();

const minute = 60_000;
const day = 1440;

type Offsets = readonly (readonly [from: number, ahead: number])[];

/** For each zone the milliseconds ahead of UTC, each with the instant from which it applies. */
const offsetsOf: ReadonlyMap<string, Offsets> = new Map(
  Object.entries(whole).map(([zone, text]) => {
    const pairs = text.split(' ').map((pair) => pair.split(':').map((n) => Number(n) * 1000));
    return [zone, pairs.map(([from = 0, ahead = 0]) => [from, ahead] as const)];
  }),
);

const byPython: WallClock = (zone, instant) => {
  const [, ahead = 0] = offsetsOf.get(zone)?.findLast(([from]) => from <= instant) ?? [];
  return instant + ahead;
};

/** The time that it shows, as if that were UTC. */
const byMoment: WallClock = (zone, instant) =>
  Date.parse(`${moment.tz(instant, zone).format('YYYY-MM-DDTHH:mm:ss.SSS')}Z`);

/** Clock changes of a zone, and any minute. */
const createInstantArbitrary = (changes: readonly number[]): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(Date.UTC(2026, 11, 31), ...changes) },
    fc
      .integer({ min: Date.UTC(1980, 0, 1) / minute, max: Date.UTC(2090, 0, 1) / minute })
      .map((count) => count * minute),
  );
const pythonZones = Object.keys(whole).filter((zone) => zone !== 'Africa/Monrovia');
const python = fc
  .constantFrom(...pythonZones)
  .chain((zone) =>
    fc.tuple(
      windowArbitrary(fc.constant(zone)),
      createInstantArbitrary((offsetsOf.get(zone) ?? []).slice(1).map(([from]) => from)),
    ),
  );
/** Clock changes at whole minutes, as all are since 1980. */
const every = fc.constantFrom(...moment.tz.names()).chain((zone) => {
  const changes = (findZone(zone)?.offsets ?? [])
    .map(({ from }) => from)
    .filter((from) => from % minute === 0 && from > Date.UTC(1980, 0, 1));
  return fc.tuple(windowArbitrary(fc.constant(zone)), createInstantArbitrary(changes));
});

interface Counts {
  /** Windows that opened or closed in the observed days. */
  changing: number;
  inside: number;
  outside: number;
  /** Clock readings that were skipped, and that occurred twice. */
  missing: number;
  doubled: number;
  /** Minutes that are outside only because of an exception. */
  excepted: number;
}

function compare(node: WindowNode, around: number, wallClock: WallClock, counts: Counts): void {
  const window = toWindow(node);
  const address = putWindow(library, window);
  const start = Math.floor(around / minute) * minute - 2 * day * minute;
  const end = start + 4 * day * minute;
  const changes: number[] = [];
  const mistaken: number[] = [];
  let before = judgeWindow(node, start - minute, wallClock);
  let read = wallClock(node.zone.value, start - minute);
  for (let at = start; at < end; at += minute) {
    const inside = judgeWindow(node, at, wallClock);
    if (inside !== before) changes.push(at);
    const byLibrary = library.exports.inWindow(address, BigInt(at)) === 2;
    if (isInsideWindow(window, BigInt(at)) !== inside || byLibrary !== inside) mistaken.push(at);
    before = inside;
    const reading = wallClock(node.zone.value, at);
    if (reading > read + minute) counts.missing += 1;
    if (reading < read) counts.doubled += 1;
    read = reading;
    counts[inside ? 'inside' : 'outside'] += 1;
    if (node.except.length > 0 && !inside && at % (30 * minute) === 0)
      counts.excepted += Number(judgeWindow({ ...node, except: [] }, at, wallClock));
  }
  expect(mistaken).toEqual([]);
  expect(listChanges(window, start, end)).toEqual(changes);
  counts.changing += Number(changes.length > 0);
}

test.for([
  ["Python's offsets", python, byPython, 60],
  ["moment-timezone's clock in any zone", every, byMoment, 40],
] as const)(
  'membership of a window and its changes agree with %s',
  ([_, scene, wallClock, numRuns]) => {
    const counts = { changing: 0, inside: 0, outside: 0, missing: 0, doubled: 0, excepted: 0 };
    fc.assert(
      fc.property(scene, ([node, around]) => compare(node, around, wallClock, counts)),
      { numRuns },
    );
    expect(counts.changing).toBeGreaterThan(numRuns / 2);
    expect(counts.inside).toBeGreaterThan(10_000);
    expect(counts.outside).toBeGreaterThan(10_000);
    expect(counts.missing).toBeGreaterThan(3);
    expect(counts.doubled).toBeGreaterThan(3);
  },
);

test('exceptions of a window agree on the days around them', () => {
  const counts = { changing: 0, inside: 0, outside: 0, missing: 0, doubled: 0, excepted: 0 };
  const scene = fc
    .tuple(windowArbitrary(fc.constantFrom(...pythonZones)), fc.nat(day))
    // The independent implementation does not limit the years for which a zone is known.
    .filter(
      ([
        {
          except: [first],
        },
      ]) => first !== undefined && first.from.day > 3650,
    )
    .map(
      ([node, minutes]) =>
        [node, ((node.except[0]?.from.day ?? 0) * day + minutes) * minute] as const,
    );
  fc.assert(
    fc.property(scene, ([node, around]) => compare(node, around, byPython, counts)),
    { numRuns: 20 },
  );
  expect(counts.excepted).toBeGreaterThan(200);
});

function listChanges(window: Window, start: number, end: number): readonly number[] {
  const found: number[] = [];
  let at = nextChange(window, BigInt(start - 1));
  for (; at !== undefined && at < end; at = nextChange(window, at)) found.push(Number(at));
  return found;
}
