// docs/testing.md: its policy has no errors, and it shows the real coverage of the tests.

import { expect, test } from 'vitest';
import { testCoverageText } from '../../assurance/reporting/index.ts';
import { coverByTests } from '../../assurance/testing/coverage/index.ts';
import { plain } from '../../language/diagnostics/render.ts';
import { policyOf, readPage } from '../support/pages.ts';

const page = readPage('testing.md');

test('shows the real coverage of the policy', () => {
  const policy = page.blocks.find(({ title }) => title === 'policy.nhipol');
  const shown = page.blocks.find(({ title }) => title === 'coverage');
  const coverage = coverByTests(policyOf(page, policy ?? expect.fail('no policy')));
  expect(testCoverageText([coverage], { ...plain, good: (text) => text })).toBe(shown?.text);
});
