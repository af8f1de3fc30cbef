// Reports of coverage by tests: those of a partly covered policy, compared with reviewed files, and properties of every
// tracefile and page.

import { plain } from '@nhipol/language';
import {
  collectPoints,
  measurePoints,
  renderHtml,
  renderMarkdown,
  testCoverageLcov,
  testCoveragePage,
  testCoverageText,
  toPercent,
} from '@nhipol/reporting';
import { coverByTests, type TestCoverage } from '@nhipol/testing/coverage';
import { expect, test } from 'vitest';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { checkPolicy } from '../support/checking.ts';
import { attribute, expectAlone, parseElements } from '../support/pages/html.ts';

const palette = { ...plain, good: (text: string) => text };

function computeCoverage(path: string): TestCoverage {
  const { policy } = loadPolicy(path);
  return coverByTests(policy ?? expect.fail(`${path} has errors`));
}

const partly = computeCoverage('test/reporting/partly-tested.nhipol');
const whole = computeCoverage('examples/break-glass/policy.nhipol');

test('the reports equal the golden files', async () => {
  const shown = {
    'one.txt': testCoverageText([partly], palette),
    'two.txt': testCoverageText([partly, whole], palette),
    'coverage.lcov': testCoverageLcov([partly]),
    'page.md': renderMarkdown(testCoveragePage([partly])),
    'page.html': renderHtml(testCoveragePage([partly])),
  };
  for (const [file, text] of Object.entries(shown))
    await expect(text).toMatchFileSnapshot(`golden/test-coverage/${file}`);
});

test('a tracefile has the counts of the table, and its totals equal the sums of its lines', () => {
  for (const coverage of [partly, whole]) {
    const sums = { found: 0, hit: 0 };
    for (const record of testCoverageLcov([coverage]).split('end_of_record\n').slice(0, -1)) {
      const of = (key: string) =>
        [...record.matchAll(new RegExp(`^${key}:(.*)$`, 'gm'))].map(([, value = '']) => value);
      const isHit = (value: string) => Number(value.split(',').at(-1)?.replace('-', '0')) > 0;
      const calls = of('FNDA').filter((value) => Number(value.split(',')[0]) > 0);
      expect(of('SF')).toHaveLength(1);
      expect([of('FNF'), of('FNH')].flat()).toEqual([`${of('FN').length}`, `${calls.length}`]);
      expect(new Set(of('FN').map((value) => value.split(',')[1])).size).toBe(of('FN').length);
      for (const [lines, found, hit] of [
        ['BRDA', 'BRF', 'BRH'],
        ['DA', 'LF', 'LH'],
      ] as const) {
        const all = of(lines);
        expect([of(found), of(hit)].flat()).toEqual([
          `${all.length}`,
          `${all.filter(isHit).length}`,
        ]);
      }
      // A line with a branch that was taken was hit.
      const hit = new Set(
        of('DA')
          .filter(isHit)
          .map((value) => value.split(',')[0]),
      );
      for (const branch of of('BRDA').filter(isHit)) expect(hit).toContain(branch.split(',')[0]);
      sums.found += Number(of('BRF')[0]);
      sums.hit += Number(of('BRH')[0]);
    }
    const { outcomes } = measurePoints(collectPoints(coverage));
    expect(sums).toEqual({ found: outcomes.all, hit: outcomes.covered });
  }
});

test('the page is well-formed and self-contained, and labels its marks', () => {
  const { elements, errors } = parseElements(renderHtml(testCoveragePage([partly, whole])));
  expect(errors).toEqual([]);
  expectAlone(elements);
  const signs = elements.filter((element) => attribute(element, 'role') === 'img');
  expect(new Set(signs.map((sign) => attribute(sign, 'aria-label')))).toEqual(
    new Set(['covered', 'partly covered', 'not covered']),
  );
});

test('rounds percentages down, and shows 100 % of nothing', () => {
  expect(toPercent({ covered: 999, all: 1000 })).toBe(99);
  expect(toPercent({ covered: 3, all: 3 })).toBe(100);
  expect(toPercent({ covered: 0, all: 0 })).toBe(100);
});

test('reports a policy without outcomes', () => {
  const nothing = coverByTests(checkPolicy('policy p\nsubject agent {}\n'));
  expect(nothing.files).toEqual([]);
  expect(testCoverageText([nothing], palette)).toMatch(/^Test coverage\n.*\n {2}p {6}– +– +–\n$/);
  expect(testCoverageLcov([nothing])).toBe('');
  expect(renderMarkdown(testCoveragePage([nothing]))).toContain(
    'All possible outcomes were observed',
  );
});

test('shows lines with Windows line ends, and a condition over several lines', () => {
  const text =
    'policy p\r\nsubject agent { a: Bool = true }\r\nfor agent {\r\n  deny d when subject.a\r\n    is false\r\n}\r\n';
  const markdown = renderMarkdown(testCoveragePage([coverByTests(checkPolicy(text))]));
  expect(markdown).toContain('4 ✗   deny d when subject.a\n');
  expect(markdown).toContain('5 ✗     is false\n');
  expect(markdown).toContain('`subject.a is false` was never evaluated');
});
