// Compares windows and calendar fields of the library with language/time: membership, edges and fields,
// near changes, near the ends of the known years, and far from both.

import { collectExprs, listRuleExprs } from '@nhipol/language/model';
import {
  createWeekdayWindow,
  firstInstant,
  isInsideWindow,
  lastInstant,
  type Window,
  type Zone,
} from '@nhipol/language/types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeZone } from '../../compiler/emit/data/zone-data.ts';
import { createTimeOfDayWindow, readCalendarField } from '../../language/types/time/fields.ts';
import { periodUnits, resolvePeriod } from '../../language/types/time/period.ts';
import { findNextChange } from '../../language/types/time/window.ts';
import { findZone } from '../../language/types/time/zones.ts';
import { toWindow, windowArbitrary } from '../support/arbitraries/window-arbitrary.ts';
import { checkPolicy } from '../support/checking.ts';
import { Library } from '../support/modules/assembly-harness.ts';
import { putWindow } from '../support/references/window-library.ts';

const library = await Library.load();
const { exports } = library;

/** The end of zones that are not fixed offsets. */
const endOfKnown = Date.UTC(2100, 0, 1);

const never = 2n ** 63n - 1n;
/** The edge that a module returns for the next change: none if it cannot be written. */
const toEdge = (change: bigint | undefined) =>
  change === undefined || change > lastInstant ? never : change;
const encodeTruth = (truth: boolean | undefined) => (truth === undefined ? 1 : truth ? 2 : 0);

function zone(name: string): Zone {
  const found = findZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

const zones = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
  'Pacific/Apia',
  'America/Havana',
  'Asia/Beirut',
  'Africa/Monrovia',
  'Pacific/Kiritimati',
  'Africa/Casablanca',
  'America/Adak',
  'Antarctica/Troll',
  'Africa/Cairo',
  'UTC',
  'Etc/GMT+12',
  'Etc/GMT-14',
);
const anyInstant = fc.oneof(
  fc.bigInt({ min: 0n, max: BigInt(endOfKnown) - 1n }),
  fc.bigInt({ min: -(10n ** 14n), max: 3n * 10n ** 14n }),
  fc.constantFrom(-1n, 0n, 1n, BigInt(endOfKnown) - 1n, BigInt(endOfKnown)),
  fc.constantFrom(firstInstant - 1n, firstInstant, lastInstant, lastInstant + 1n),
);

/** Compares at an instant, and at the following changes. */
function expectSame(window: Window, address: number, instant: bigint, changes: number): void {
  let at = instant;
  for (let left = changes; left >= 0; left -= 1) {
    const next = findNextChange(window, at);
    exports.setNow(at, 1);
    const atNow = [exports.nowInWindow(address, 0n), exports.edgeOfLast()];
    const atInstant = exports.inWindow(address, at);
    const inside = encodeTruth(isInsideWindow(window, at));
    expect([...atNow, atInstant], `${at}`).toEqual([inside, toEdge(next), inside]);
    if (next === undefined || next > lastInstant) return;
    if (left % 2 === 0) {
      exports.setNow(next - 1n, 1);
      exports.nowInWindow(address, 0n);
      expect(exports.edgeOfLast()).toBe(next);
    }
    at = next;
  }
}

test('membership and edges of any window match the language', () => {
  fc.assert(
    fc.property(windowArbitrary(zones), anyInstant, anyInstant, (node, first, second) => {
      const window = toWindow(node);
      const address = putWindow(library, window);
      for (const instant of [first, second]) expectSame(window, address, instant, 6);
    }),
    { numRuns: 50 },
  );
});

const dayLength = 86_400_000;

/**
 * All instants of possible changes around the window's exceptions, clock changes and known years, and the
 * instants next to them.
 */
function listBoundaryInstants(window: Window): readonly bigint[] {
  const { zone, parts, except } = window;
  const times = parts.flatMap(({ ranges }) => ranges.flatMap(({ from, to }) => [from, to]));
  const days = except.flatMap(({ from, to }) =>
    [from - 40, from - 2, from - 1, from, from + 1, to - 1, to, to + 1, to + 2].flatMap((day) =>
      [0, ...times].map((time) => day * dayLength + (time % dayLength)),
    ),
  );
  const near = days.flatMap((wall) => {
    const inForce = zone.offsets.filter(({ from }, index) => {
      const until = zone.offsets[index + 1]?.from ?? Number.POSITIVE_INFINITY;
      return from < wall + 2 * dayLength && until > wall - 2 * dayLength;
    });
    return inForce.map(({ ahead }) => wall - ahead);
  });
  const put = zone.offsets.map(({ from }) => from).filter((_, index) => index % 20 === 0);
  return [...new Set([...near, ...put, zone.known.from, zone.known.until])]
    .flatMap((at) => [at - 1, at, at + 1])
    .map(BigInt);
}

test('membership and the next change at every boundary of any window match the language', () => {
  let seen = 0;
  fc.assert(
    fc.property(windowArbitrary(zones), (node) => {
      const window = toWindow(node);
      const address = putWindow(library, window);
      for (const at of listBoundaryInstants(window)) {
        seen += 1;
        exports.setNow(at, 1);
        const found = [exports.nowInWindow(address, 0n), exports.edgeOfLast()];
        const meant = [encodeTruth(isInsideWindow(window, at)), toEdge(findNextChange(window, at))];
        if (found[0] !== meant[0] || found[1] !== meant[1])
          expect([found, new Date(Number(at)).toISOString()]).toEqual([meant, '']);
      }
    }),
    { numRuns: 40 },
  );
  expect(seen).toBeGreaterThan(4000);
});

test.for([
  ['2026-12-24..2026-12-26', '2026-12-20T12:00:00Z', '2026-12-23T23:00:00Z'],
  ['2026-12-24..2026-12-26', '2026-12-24T12:00:00Z', '2026-12-26T23:00:00Z'],
  ['2026-03-29', '2026-01-01T00:00:00Z', '2026-03-28T23:00:00Z'],
  ['2026-12-24, 2026-12-25', '2026-12-01T00:00:00Z', '2026-12-23T23:00:00Z'],
  ['2026-12-24, 2026-12-25', '2026-12-24T00:00:00Z', '2026-12-25T23:00:00Z'],
] as const)(
  'a window that is always open closes when %s starts, seen from %s',
  ([except, now, change]) => {
    const policy = `policy p\ncontext { time: Timestamp }\nwindow always = 00:00..24:00 in "Europe/Berlin" except ${except}\nfor any { permit ok when context.time in always }`;
    const [window] = [...collectExprs(checkPolicy(policy).rules.flatMap(listRuleExprs))].flatMap(
      (expr) => (expr.kind === 'InWindow' ? [expr.window] : []),
    );
    if (window === undefined) throw new Error('no window');
    const address = putWindow(library, window);
    exports.setNow(BigInt(Date.parse(now)), 1);
    exports.nowInWindow(address, 0n);
    expect(exports.edgeOfLast()).toBe(BigInt(Date.parse(change)));
  },
);

test('finds the next change of windows that rarely change', () => {
  const christmas = 20_812; // 2026-12-25
  const berlin = zone('Europe/Berlin');
  const always: Window = {
    name: 'always',
    zone: berlin,
    parts: [
      { days: [], ranges: [{ from: 43_200_000, to: 115_200_000 }] },
      { days: [], ranges: [{ from: 28_800_000, to: 43_200_000 }] },
    ],
    seasons: [],
    except: [],
  };
  const windows: readonly Window[] = [
    always,
    {
      ...always,
      except: [
        { from: christmas, to: christmas + 1 },
        { from: 40_000, to: 40_000 },
      ],
    },
    createWeekdayWindow(berlin, []),
    createWeekdayWindow(berlin, [0, 1, 2, 3, 4, 5, 6]),
    createTimeOfDayWindow(berlin, '>=', 0n),
    createTimeOfDayWindow(berlin, 'is', 9_000_000n),
    { ...always, parts: [{ days: [{ weekdays: [3], nth: 5 }], ranges: [{ from: 0, to: 1 }] }] },
    {
      ...always,
      parts: [
        {
          days: [1, 2, 3, 4, 'last'].map((nth) => ({
            weekdays: [0, 1, 2, 3, 4, 5, 6],
            nth: nth as 1 | 'last',
          })),
          ranges: [{ from: 0, to: 86_400_000 }],
        },
      ],
    },
  ];
  for (const window of windows) {
    const address = putWindow(library, window);
    for (const text of ['1970-01-01', '2010-10-31', '2026-12-24', '2099-12-31']) {
      expectSame(window, address, BigInt(Date.parse(text)), 3);
    }
  }
});

test.for([1, 2, 3, 4, 5, 'last'] as const)(
  'a window on day %s of its weekday matches the language on every known day',
  (nth) => {
    const days = [{ weekdays: [0, 1, 2, 3, 4, 5, 6], nth }];
    const parts = [{ days, ranges: [{ from: 0, to: 43_200_000 }] }];
    const window: Window = { name: 'mornings', zone: zone('UTC'), parts, seasons: [], except: [] };
    const address = putWindow(library, window);
    const differing: bigint[] = [];
    for (let at = 21_600_000n; at < endOfKnown; at += 86_400_000n) {
      if (exports.inWindow(address, at) !== encodeTruth(isInsideWindow(window, at)))
        differing.push(at);
    }
    expect(differing).toEqual([]);
  },
);

test('an instant before or after the clock has the edges of its distance', () => {
  const window = createTimeOfDayWindow(zone('Europe/Berlin'), '<', 32_400_000n);
  const address = putWindow(library, window);
  const now = BigInt(Date.UTC(2026, 2, 3, 10));
  const far = [2n ** 63n - 1n, -(2n ** 63n), 10n ** 16n, -(10n ** 16n), 10n ** 15n, -(10n ** 15n)];
  for (const ahead of [0n, 3_600_000n, -3_600_000n, 1n, -1n, -now, -now - 5n, ...far]) {
    exports.setNow(now, 1);
    const change = findNextChange(window, now + ahead);
    const edge =
      change === undefined || change - ahead > 253_402_300_799_999n ? never : change - ahead;
    expect([exports.nowInWindow(address, ahead), exports.edgeOfLast()]).toEqual([
      encodeTruth(isInsideWindow(window, now + ahead)),
      edge,
    ]);
  }
});

test('without an instant the result is unknown', () => {
  const address = putWindow(library, createTimeOfDayWindow(zone('UTC'), '<', 1n));
  exports.setNow(0n, 0);
  expect([exports.nowInWindow(address, 0n), exports.edgeOfLast()]).toEqual([1, never]);
});

test('calendar fields match the language', () => {
  fc.assert(
    fc.property(zones, anyInstant, (name, instant) => {
      library.begin('');
      const address = library.put(encodeZone(zone(name))).pointer;
      for (const [field, found] of [
        ['weekday', exports.findWeekday(address, instant)],
        ['time_of_day', exports.findTimeOfDay(address, instant)],
      ] as const) {
        const meant = readCalendarField(field, zone(name), instant);
        expect(exports.ok.value).toBe(meant === undefined ? 0 : 1);
        if (meant !== undefined) expect(found).toBe(BigInt(meant));
      }
    }),
    { numRuns: 500 },
  );
});

test('calendar periods match the language, also around changes of offsets', () => {
  const near = (found: Zone) =>
    found.offsets.map(({ from }) => BigInt(from)).filter((_, index) => index % 7 === 0);
  const instants = zones.chain((name) => {
    const found = zone(name);
    const changes = fc
      .tuple(
        fc.constantFrom(0n, ...near(found)),
        fc.bigInt({ min: -90_000_000n, max: 90_000_000n }),
      )
      .map(([at, by]) => at + by);
    return fc.tuple(fc.constant(found), fc.oneof(changes, anyInstant));
  });
  fc.assert(
    fc.property(
      instants,
      fc.constantFrom(...periodUnits.entries()),
      ([found, at], [index, unit]) => {
        library.begin('');
        const address = library.put(encodeZone(found)).pointer;
        const isKnown = exports.findPeriod(address, index, at) !== 0;
        const { periodStart, periodEnd } = exports;
        const period = isKnown ? { start: periodStart.value, end: periodEnd.value } : undefined;
        expect(period).toEqual(resolvePeriod(unit, found, at));
      },
    ),
    { numRuns: 4_000 },
  );
});
