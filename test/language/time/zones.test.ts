// Compares every zone's offsets with those that Python's zoneinfo computes from the same release
// (scripts/zones-by-python.py), and tests the names of zones.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { computeWallClock, isFixed, zoneRelease } from '@nhipol/language/types';
import moment from 'moment-timezone';
import { expect, test } from 'vitest';
import { findZone, suggestZones } from '../../../language/types/time/zones.ts';

const byPython: {
  readonly release: string;
  readonly zones: Readonly<Record<string, string>>;
  readonly whole: Readonly<Record<string, string>>;
} = JSON.parse(readFileSync(new URL('zones.json', import.meta.url), 'utf8'));

function formatOffsets(name: string): string {
  const offsets = findZone(name)?.offsets ?? [];
  return offsets.map(({ from, ahead }) => `${Math.max(0, from / 1000)}:${ahead / 1000}`).join(' ');
}

test('both use the same release', () => {
  expect(zoneRelease).toBe(byPython.release);
});

test('both have the same names', () => {
  // A placeholder for machines without a zone, which the library omits.
  const named = Object.keys(byPython.zones).filter((name) => name !== 'Factory');
  expect(moment.tz.names().sort()).toEqual(named.sort());
});

test.for(Object.keys(byPython.whole))('%s has the same offsets', (name) => {
  expect(formatOffsets(name)).toBe(byPython.whole[name]);
});

test('every zone has the same offsets', () => {
  const digests = moment.tz.names().map((name) => {
    const text = formatOffsets(name);
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
    return [name, `${text.split(' ').length} ${digest}`] as const;
  });
  expect(digests.filter(([name, digest]) => byPython.zones[name] !== digest)).toEqual([]);
});

test('offsets before 1970 and after 2099 are unknown', () => {
  const zone = findZone('Europe/Berlin');
  if (zone === undefined) throw new Error('no Berlin');
  const at = (text: string) => computeWallClock(zone, Date.parse(text));
  expect(at('1969-12-31T23:59:59.999Z')).toBeUndefined();
  expect(at('1970-01-01T00:00:00Z')).toBe(Date.parse('1970-01-01T01:00:00Z'));
  expect(at('2099-12-31T23:59:59.999Z')).toBe(Date.parse('2100-01-01T00:59:59.999Z'));
  expect(at('2100-01-01T00:00:00Z')).toBeUndefined();
});

test.for(['UTC', 'Etc/UTC', 'Zulu', 'GMT', 'Etc/GMT+5', 'GMT-0'])(
  '%s is known for every valid instant',
  (name) => {
    const zone = findZone(name) ?? expect.fail(name);
    expect(isFixed(zone)).toBe(true);
    const ahead = name === 'Etc/GMT+5' ? -18_000_000 : 0;
    const [first, last] = [-62_167_219_200_000, 253_402_300_799_999];
    for (const at of [first, -1, 0, Date.UTC(2100, 0, 1), last])
      expect(computeWallClock(zone, at)).toBe(at + ahead);
    expect(computeWallClock(zone, first - 1)).toBeUndefined();
    expect(computeWallClock(zone, last + 1)).toBeUndefined();
  },
);

test.for(['Asia/Tokyo', 'Africa/Lagos', 'Asia/Kathmandu', 'EST'])(
  '%s is not a fixed offset, although its clocks rarely change',
  (name) => {
    expect(isFixed(findZone(name) ?? expect.fail(name))).toBe(false);
  },
);

test.for([
  ['europe/berlin', ['Europe/Berlin']],
  ['Europe/Berlinn', ['Europe/Berlin', 'Europe/Tallinn', 'Europe/Dublin']],
  ['Kathmandu', ['Asia/Kathmandu']],
  ['New York', ['America/New_York']],
  ['Mars/Olympus', []],
] as const)('suggests for %s the names %s', ([name, proposed]) => {
  expect(findZone(name)).toBeUndefined();
  expect(suggestZones(name)).toEqual(proposed);
});

test('a linked name is a zone', () => {
  expect(formatOffsets('US/Eastern')).toBe(formatOffsets('America/New_York'));
  expect(findZone('US/Eastern')?.name).toBe('US/Eastern');
});
