// Calendar days, weeks and months: known dates, every zone against moment-timezone, and periods that follow each
// other without gaps.

import type { Zone } from '@nhipol/language/types';
import fc from 'fast-check';
import moment from 'moment-timezone';
import { expect, test } from 'vitest';
import { type Period, periodUnits, resolvePeriod } from '../../../language/types/time/period.ts';
import { findZone } from '../../../language/types/time/zones.ts';
import '../../support/seed.ts';

function zone(name: string): Zone {
  const found = findZone(name);
  if (found === undefined) throw new Error(`no zone ${name}`);
  return found;
}

function texts({ start, end }: Period): readonly string[] {
  return [start, end].map((at) => new Date(Number(at)).toISOString());
}

test.for([
  [
    'day',
    'Europe/London',
    '2026-03-29T12:00:00Z',
    '2026-03-29T00:00:00.000Z',
    '2026-03-29T23:00:00.000Z',
  ],
  [
    'week',
    'Europe/London',
    '2026-03-29T12:00:00Z',
    '2026-03-23T00:00:00.000Z',
    '2026-03-29T23:00:00.000Z',
  ],
  [
    'month',
    'Europe/London',
    '2026-03-31T22:59:59Z',
    '2026-03-01T00:00:00.000Z',
    '2026-03-31T23:00:00.000Z',
  ],
  ['month', 'UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['month', 'UTC', '2026-12-31T12:00:00Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  // Clocks were set forward at midnight: the day began at 01:00.
  [
    'day',
    'America/Sao_Paulo',
    '2018-11-04T12:00:00Z',
    '2018-11-04T03:00:00.000Z',
    '2018-11-05T02:00:00.000Z',
  ],
  // Clocks were set back one minute after midnight: the day had begun already.
  [
    'day',
    'America/St_Johns',
    '2010-11-07T03:00:00Z',
    '2010-11-07T02:30:00.000Z',
    '2010-11-08T03:30:00.000Z',
  ],
  // There was no 30 December.
  [
    'day',
    'Pacific/Apia',
    '2011-12-30T09:59:59Z',
    '2011-12-29T10:00:00.000Z',
    '2011-12-30T10:00:00.000Z',
  ],
  [
    'day',
    'Pacific/Apia',
    '2011-12-30T10:00:00Z',
    '2011-12-30T10:00:00.000Z',
    '2011-12-31T10:00:00.000Z',
  ],
  [
    'month',
    'Europe/London',
    '2099-12-31T12:00:00Z',
    '2099-12-01T00:00:00.000Z',
    '2100-01-01T00:00:00.000Z',
  ],
] as const)('the %s in %s that contains %s', ([unit, name, at, ...expected]) => {
  const period = resolvePeriod(unit, zone(name), BigInt(Date.parse(at)));
  expect(period && texts(period)).toEqual(expected);
});

test('nothing is known of places before 1970 and from 2100 on', () => {
  const london = zone('Europe/London');
  expect(resolvePeriod('day', london, -1n)).toBeUndefined();
  expect(resolvePeriod('day', london, BigInt(Date.UTC(2100, 0, 1)))).toBeUndefined();
  expect(resolvePeriod('day', zone('UTC'), -1n)).toEqual({ start: -86_400_000n, end: 0n });
});

const names = moment.tz.names();
/** The first month begins before the offsets of places are known. */
const instants = fc.bigInt({
  min: BigInt(Date.UTC(1970, 1, 8)),
  max: BigInt(Date.UTC(2100, 0, 1)) - 1n,
});
const momentUnits = { day: 'day', week: 'isoWeek', month: 'month' } as const;

test('a period contains its instant, and starts when clocks first show its first day', () => {
  let alike = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.constantFrom(...periodUnits),
      instants,
      (name, unit, at) => {
        const period = resolvePeriod(unit, zone(name), at) as Period;
        expect(period.start <= at && at < period.end).toBe(true);
        expect(resolvePeriod(unit, zone(name), period.start)).toEqual(period);
        expect(resolvePeriod(unit, zone(name), period.end - 1n)).toEqual(period);
        const start = moment.tz(Number(at), name).startOf(momentUnits[unit]).valueOf();
        if (start === Number(period.start)) alike += 1;
      },
    ),
    { numRuns: 4_000 },
  );
  // The library starts a few days later, at the second of two midnights.
  expect(alike).toBeGreaterThan(3_980);
});
