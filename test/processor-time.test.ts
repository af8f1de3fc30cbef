// The limit of processor time for each test file, and the figures that a run prints.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  findTooLong,
  formatTimes,
  longFiles,
  usualLimit,
} from './support/processor-time/limits.ts';

const measureTime = (path: string, processorSeconds: number) => ({
  path,
  processorSeconds,
  seconds: processorSeconds * 2,
});

test('a file that takes more than the limit is reported', () => {
  const files = [measureTime('a.test.ts', usualLimit), measureTime('b.test.ts', usualLimit + 0.1)];
  expect(findTooLong(files, {})).toEqual([
    'b.test.ts took 30.1 s of processor time, at most 30 s are allowed: see test/README.md',
  ]);
});

test('a listed file has its own limit', () => {
  const exceptions = { 'a.test.ts': { seconds: 40, reason: 'starts servers' } };
  expect(findTooLong([measureTime('a.test.ts', 40)], exceptions)).toEqual([]);
  expect(findTooLong([measureTime('a.test.ts', 41)], exceptions)).toHaveLength(1);
});

test('the listed files exist, and each has a reason', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [path, { seconds, reason }] of Object.entries(longFiles)) {
    expect(existsSync(`${root}${path}`), path).toBe(true);
    expect(seconds, path).toBeGreaterThan(usualLimit);
    expect(reason, path).not.toBe('');
  }
});

test('the ten slowest files are printed, the slowest first', () => {
  const files = Array.from({ length: 12 }, (_, at) => measureTime(`${at}.test.ts`, at));
  const [sums, ...slowest] = formatTimes(files, 3).split('\n');
  expect(sums).toBe('processor time: 66 s for 12 files, 3 s for vitest; the slowest:');
  expect(slowest).toHaveLength(10);
  expect(slowest[0]).toBe('   11.0 s (22.0 s with waiting) 11.test.ts');
});
