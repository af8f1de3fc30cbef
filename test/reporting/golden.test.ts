// All reports on a small policy and on an example, compared with reviewed files.

import { plain } from '@nhipol/language';
import {
  computeControlCoverage,
  coverageJson,
  coveragePage,
  coverageText,
  docPage,
  renderHtml,
  renderMarkdown,
} from '@nhipol/reporting';
import { expect, test } from 'vitest';
import { testFile } from '../support/pages/reporting.ts';

const palette = { ...plain, good: (text: string) => text };

test.for([
  ['small', 'test/reporting/small.nhipol'],
  ['support-agent', 'examples/support-agent/policy.nhipol'],
] as const)('the reports of %s equal the golden files', async ([name, path]) => {
  const tested = await testFile(path);
  const coverage = computeControlCoverage([tested]);
  const page = docPage(tested);
  const detailed = { only: 'owasp-nhi', sources: true };
  const summary = { only: undefined, sources: false };
  const reports = {
    'short.txt': coverageText(coverage, undefined, palette),
    'owasp-nhi.txt': coverageText(coverage, 'owasp-nhi', palette),
    'coverage.json': coverageJson(coverage, undefined),
    'short.md': renderMarkdown(coveragePage(coverage, summary)),
    'owasp-nhi.md': renderMarkdown(coveragePage(coverage, { ...detailed, sources: false })),
    'owasp-nhi.html': renderHtml(coveragePage(coverage, detailed)),
    'doc.md': renderMarkdown(page),
    'doc.html': renderHtml(page),
  };
  for (const [file, text] of Object.entries(reports)) {
    await expect(text).toMatchFileSnapshot(`golden/${name}/${file}`);
  }
});
