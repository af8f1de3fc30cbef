// Compares the warning `fails-open` with the answers of policies: a short run of `npm run fails-open`.

import { expect, test } from 'vitest';
import { checkWarnings, measure } from '../../support/fails-open/measure.ts';
import { requestMembers } from '../../support/fails-open/members.ts';

/** The maximum percentage of warnings about a member that loosens nothing. */
const maxFalsePercent = 10;
/** The analysis does not follow how many events and elements there are, and how large they are. */
const maxFalsePercentOfHistory = 20;

test('reports every way in which missing or stale data loosens a small policy', () => {
  const { counts, mistakes } = measure(1, 400, requestMembers);
  expect(mistakes.filter(({ kind }) => kind === 'missed')).toEqual([]);
  expect(counts.correct).toBeGreaterThan(100);
  expect(counts.silent).toBeGreaterThan(100);
  const reported = counts.correct + counts.masked + counts.false;
  expect((counts.false * 100) / reported).toBeLessThan(maxFalsePercent);
}, 120_000);

test('reports what events, aggregates and enums with an `else` loosen', () => {
  const { counts, mistakes } = measure(1, 300);
  expect(mistakes.filter(({ kind }) => kind === 'missed')).toEqual([]);
  expect(counts.correct).toBeGreaterThan(60);
  expect(counts.silent).toBeGreaterThan(60);
  const reported = counts.correct + counts.masked + counts.false;
  expect((counts.false * 100) / reported).toBeLessThan(maxFalsePercentOfHistory);
}, 120_000);

test('names the rule and the member of each warning', () => {
  const found = checkWarnings(`policy p
context { n?: Int, d: Bool = false }
for any when context.n is present {
  permit a otherwise
  deny x when context.n > 5
  deny y when context.d
}`);
  expect(found?.warnings).toEqual([{ rule: 'y', path: 'context.d' }]);
});
