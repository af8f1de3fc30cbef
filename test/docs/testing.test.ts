// docs/testing.md: its policy is fine, and what it says that the tests cover is what they cover.

import { expect, test } from 'vitest';
import { plain } from '../../language/diagnostics/render.ts';
import { testCoverageText } from '../../reporting/index.ts';
import { coverByTests } from '../../testing/index.ts';
import { policyOf, readPage } from '../support/pages.ts';

const page = readPage('testing.md');

test('the table is that of the policy', () => {
  const policy = page.blocks.find(({ title }) => title === 'policy.nhipol');
  const shown = page.blocks.find(({ title }) => title === 'coverage');
  const coverage = coverByTests(policyOf(page, policy ?? expect.fail('no policy')));
  expect(testCoverageText([coverage], { ...plain, good: (text) => text })).toBe(shown?.text);
});
