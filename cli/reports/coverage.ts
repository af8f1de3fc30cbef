// Reports what the tests of policies cover, and compares it with the required minimum.

import { displayText } from '@nhipol/language/support';
import {
  collectPoints,
  measurePoints,
  renderHtml,
  testCoverageLcov,
  testCoveragePage,
  testCoverageText,
  toPercent,
} from '@nhipol/reporting';
import type { TestCoverage } from '@nhipol/testing/coverage';
import type { CoverageForm } from '../config/keys.ts';
import { buildColors, type Colors, type Console } from '../io/console.ts';
import { writeOrPrint } from '../io/files.ts';
import type { PolicyRun } from '../test-run/policy-run.ts';

export interface CoverageOptions {
  readonly form: CoverageForm;
  /** The file to write to, or `undefined` if it is printed. */
  readonly output: string | undefined;
  /** The minimum coverage of outcomes, in percent. */
  readonly min: number | undefined;
}

/** Reports the coverage and returns whether it reaches the minimum. `isAlone`: standard output has no report for programs. */
export async function reportCoverage(
  runs: readonly PolicyRun[],
  { form, output, min }: CoverageOptions,
  isAlone: boolean,
  console: Console,
): Promise<boolean> {
  const covered = runs.flatMap(({ path, coverage }) => (coverage ? [{ path, coverage }] : []));
  const coverages = covered.map(({ coverage }) => coverage);
  if (output === undefined && !isAlone)
    console.err(renderCoverage(coverages, form, console.errColors));
  else {
    const colors = output === undefined ? console.outColors : buildColors(false);
    const text = renderCoverage(coverages, form, colors);
    const inputs = runs.flatMap(({ files }) => files);
    await writeOrPrint(output, output === undefined ? `\n${text}` : text, console, inputs);
  }
  const insufficient = covered.flatMap(({ path, coverage }) => {
    const percent = toPercent(measurePoints(collectPoints(coverage)).outcomes);
    return min === undefined || percent >= min ? [] : [{ path, percent }];
  });
  for (const { path, percent } of insufficient) {
    const tests = `the tests of ${displayText(path)} cover ${percent} % of its outcomes`;
    console.err(`nhipol: ${tests}, less than the minimum of ${min} %\n`);
  }
  return insufficient.length === 0;
}

function renderCoverage(
  coverages: readonly TestCoverage[],
  form: CoverageForm,
  colors: Colors,
): string {
  switch (form) {
    case 'text':
      return testCoverageText(coverages, colors);
    case 'lcov':
      return testCoverageLcov(coverages);
    case 'html':
      return renderHtml(testCoveragePage(coverages));
  }
}
