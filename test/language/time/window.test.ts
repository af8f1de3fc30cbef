// Compares windows with an independent implementation, which reads a wall clock minute by minute: one with the
// offsets of Python, for every zone that of moment-timezone, and for seasons that of `Intl`. Evaluator and library of the module must agree with
// it on membership and on every instant at which it changes.

import { readFileSync } from 'node:fs';
import { collectExprs, listRuleExprs } from '@nhipol/language/model';
import { isInsideWindow, type Window } from '@nhipol/language/types';
import fc from 'fast-check';
import moment from 'moment-timezone';
import { expect, test } from 'vitest';
import type { WindowNode } from '../../../language/syntax/ast.ts';
import { findNextChange } from '../../../language/types/time/window.ts';
import { findZone } from '../../../language/types/time/zones.ts';
import { toWindow, windowArbitrary } from '../../support/arbitraries/window-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
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
  /** Minutes that are outside only because of seasons. */
  outOfSeason: number;
}

const noCounts: Counts = {
  changing: 0,
  inside: 0,
  outside: 0,
  missing: 0,
  doubled: 0,
  excepted: 0,
  outOfSeason: 0,
};

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
    if (node.seasons.length > 0 && !inside && at % (30 * minute) === 0)
      counts.outOfSeason += Number(judgeWindow({ ...node, seasons: [] }, at, wallClock));
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
    const counts = { ...noCounts };
    fc.assert(
      fc.property(scene, ([node, around]) => compare(node, around, wallClock, counts)),
      { numRuns },
    );
    expect(counts.changing).toBeGreaterThan(numRuns / 3);
    expect(counts.inside).toBeGreaterThan(10_000);
    expect(counts.outside).toBeGreaterThan(10_000);
    expect(counts.missing).toBeGreaterThan(3);
    expect(counts.doubled).toBeGreaterThan(3);
  },
);

test('exceptions of a window agree on the days around them', () => {
  const counts = { ...noCounts };
  const scene = fc
    .tuple(windowArbitrary(fc.constantFrom(...pythonZones)), fc.nat(day))
    // The independent implementation does not limit the years for which a zone is known.
    .filter(
      ([
        {
          except: [first],
        },
      ]) => first !== undefined && first.from.day > 3650 && first.from.day < 47_470,
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

const quarterHour = 15 * minute;
const formats = new Map<string, Intl.DateTimeFormat>();
const aheadByQuarter = new Map<string, number>();

/** Clocks change at quarters of an hour, and `Intl` is slow. */
const byIntl: WallClock = (zone, instant) => {
  const quarter = Math.floor(instant / quarterHour) * quarterHour;
  const key = `${zone} ${quarter}`;
  const ahead = aheadByQuarter.get(key) ?? formatWithIntl(zone, quarter) - quarter;
  aheadByQuarter.set(key, ahead);
  return instant + ahead;
};

function formatWithIntl(zone: string, instant: number): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
  const [year, month, date] = [read('year'), read('month'), read('day')];
  return Date.UTC(year, month - 1, date, read('hour'), read('minute'), read('second'));
}

/** UTC is known in years in which the reform of calendars makes `Intl` and the language differ. */
const byUtc: WallClock = (_zone, instant) => instant;

const leapYears = [1972, 1996, 2000, 2004, 2024, 2028, 2096];

test.for([
  [
    '`Intl` in zones of places',
    ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Pacific/Kiritimati'],
    [...leapYears, 1971, 1999, 2001, 2011, 2025, 2026, 2027, 2035],
    byIntl,
  ],
  ['UTC in any year', ['UTC'], [...leapYears, 4, 1600, 1899, 1900, 2100, 2400, 9996, 9998], byUtc],
] as const)(
  'seasons of a window agree with %s on the days around them',
  ([_, zones, years, clock]) => {
    const counts = { ...noCounts };
    const scene = fc
      .tuple(
        windowArbitrary(fc.constantFrom(...zones)).filter(({ seasons }) => seasons.length > 0),
        fc.constantFrom(...years),
        fc.integer({ min: -day, max: 2 * day }),
        fc.boolean(),
      )
      .map(([node, year, minutes, atEnd]) => {
        const [season] = node.seasons;
        const yearDay = (atEnd ? season?.to : undefined)?.yearDay ?? season?.from.yearDay ?? 0;
        const date = new Date(0);
        date.setUTCFullYear(year, Math.floor(yearDay / 100) - 1, yearDay % 100);
        return [node, date.getTime() + minutes * minute] as const;
      });
    fc.assert(
      fc.property(scene, ([node, around]) => compare(node, around, clock, counts)),
      { numRuns: 40 },
    );
    expect(counts.changing).toBeGreaterThan(20);
    expect(counts.outOfSeason).toBeGreaterThan(200);
  },
);

/** The first and last instant of a season: in January, in February of any year, and once in eight years. */
test.for([
  ['18 Dec..4 Jan', '2026-07-01', '2026-12-17T23:00:00Z', '2027-01-04T23:00:00Z'],
  ['18 Dec..4 Jan', '2027-01-05', '2027-12-17T23:00:00Z', '2028-01-04T23:00:00Z'],
  ['1 Feb..29 Feb', '2026-01-01', '2026-01-31T23:00:00Z', '2026-02-28T23:00:00Z'],
  ['1 Feb..29 Feb', '2028-01-01', '2028-01-31T23:00:00Z', '2028-02-29T23:00:00Z'],
  ['1 Feb..28 Feb', '2028-01-01', '2028-01-31T23:00:00Z', '2028-02-28T23:00:00Z'],
  ['29 Feb..2 Mar', '2026-01-01', '2026-02-28T23:00:00Z', '2026-03-02T23:00:00Z'],
  ['29 Feb..2 Mar', '2028-01-01', '2028-02-28T23:00:00Z', '2028-03-02T23:00:00Z'],
  ['29 Feb', '2026-01-01', '2028-02-28T23:00:00Z', '2028-02-29T23:00:00Z'],
  ['1 Mar', '2028-01-01', '2028-02-29T23:00:00Z', '2028-03-01T23:00:00Z'],
  ['31 Dec..1 Jan', '2026-07-01', '2026-12-30T23:00:00Z', '2027-01-01T23:00:00Z'],
] as const)('the season %s, seen from %s, is from %s to before %s', ([text, now, start, end]) => {
  const window = readWindow(`during ${text} in "Europe/Berlin"`);
  const opens = findNextChange(window, BigInt(Date.parse(now)));
  expect(new Date(Number(opens)).toISOString()).toBe(new Date(start).toISOString());
  const closes = findNextChange(window, opens ?? 0n);
  expect(new Date(Number(closes)).toISOString()).toBe(new Date(end).toISOString());
});

/** A year that is divisible by 100 is not a leap year: 29 February misses it, and then each Friday in turn. */
test.for([
  ['during 29 Feb', '1896-03-01', '1904-02-29'],
  ['Mon 00:00..24:00 during 29 Feb', '1892-03-01', '1904-02-29'],
  ['5th Sun 00:00..24:00 during 1 Feb..29 Feb', '1880-03-01', '1920-02-29'],
  ['5th Mon 00:00..24:00 during 1 Feb..29 Feb', '2072-03-01', '2112-02-29'],
] as const)('a window `%s` opens after %s on %s first', ([text, now, day]) => {
  const window = readWindow(`${text} in "UTC"`);
  const opens = findNextChange(window, BigInt(Date.parse(now)));
  expect(new Date(Number(opens)).toISOString()).toBe(`${day}T00:00:00.000Z`);
  const address = putWindow(library, window);
  library.exports.setNow(BigInt(Date.parse(now)), 1);
  library.exports.nowInWindow(address, 0n);
  expect(library.exports.edgeOfLast()).toBe(opens);
});

function readWindow(text: string): Window {
  const policy = `policy p\ncontext { time: Timestamp }\nwindow w = ${text}\nfor any { permit ok when context.time in w }`;
  const exprs = [...collectExprs(checkPolicy(policy).rules.flatMap(listRuleExprs))];
  const [window] = exprs.flatMap((expr) => (expr.kind === 'InWindow' ? [expr.window] : []));
  if (window === undefined) throw new Error(`no window in ${text}`);
  return window;
}

function listChanges(window: Window, start: number, end: number): readonly number[] {
  const found: number[] = [];
  let at = findNextChange(window, BigInt(start - 1));
  for (; at !== undefined && at < end; at = findNextChange(window, at)) found.push(Number(at));
  return found;
}
