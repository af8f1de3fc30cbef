// docs/testing.md: its policy has no errors, and it shows the real coverage of the tests.

import { plain } from '@nhipol/language';
import { testCoverageText } from '@nhipol/reporting';
import { coverByTests } from '@nhipol/testing/coverage';
import { expect, test } from 'vitest';
import { checkBlock, readPage } from '../../support/pages/pages.ts';

const page = readPage('testing.md');

test('shows the real coverage of the policy', () => {
  const policy = page.blocks.find(({ title }) => title === 'policy.nhipol');
  const shown = page.blocks.find(({ title }) => title === 'coverage');
  const coverage = coverByTests(checkBlock(page, policy ?? expect.fail('no policy')));
  expect(testCoverageText([coverage], { ...plain, good: (text) => text })).toBe(shown?.text);
});
