// The warning `fails-open` against what is so: a short run of `npm run fails-open`.

import { expect, test } from 'vitest';
import { judged, measure } from '../../support/fails-open/measure.ts';

/** Of a hundred warnings so many may be about what loosens nothing: it is shown for each kind of term. */
const falseInHundred = 10;

test('reports every way in which a small policy is loosened by what is missing or stale', () => {
  const { counts, mistakes } = measure(1, 400);
  expect(mistakes.filter(({ kind }) => kind === 'missed')).toEqual([]);
  expect(counts.correct).toBeGreaterThan(100);
  expect(counts.silent).toBeGreaterThan(100);
  const reported = counts.correct + counts.masked + counts.false;
  expect((counts.false * 100) / reported).toBeLessThan(falseInHundred);
}, 120_000);

test('names the rule and the member of each warning', () => {
  const found = judged(`policy p
context { n?: Int, d: Bool = false }
for any when context.n is present {
  permit a otherwise
  deny x when context.n > 5
  deny y when context.d
}`);
  expect(found?.warnings).toEqual([{ rule: 'y', path: 'context.d' }]);
});
