// Implements `nhipol test`: runs the `test` blocks of policies, tries to refute their invariants, and reports the
// results and, if requested, the coverage.

import { render } from '@nhipol/language';
import { displayText } from '@nhipol/language/support';
import { buildColors, type Console, defaultWidth } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { writeOrPrint } from '../../io/files.ts';
import { type CoverageOptions, reportCoverage } from '../../reports/coverage.ts';
import { type TestFormatName, testReports } from '../../reports/tests/index.ts';
import { prettyTestReport } from '../../reports/tests/pretty.ts';
import type { ReportStyle, TestTotal } from '../../reports/tests/report.ts';
import { type PolicyRun, summarizeRuns } from '../../test-run/policy-run.ts';
import type { PolicyRuns } from '../../test-run/policy-runs.ts';
import type { TestFilter } from '../../test-run/test-filter.ts';

export interface TestOptions {
  readonly format: TestFormatName;
  /** The file of the report, or `undefined` for standard output. */
  readonly output: string | undefined;
  /** `undefined` for all tests and invariants. */
  readonly filter: TestFilter | undefined;
  /** `undefined` if no coverage is reported. */
  readonly coverage: CoverageOptions | undefined;
}

export async function testCommand(
  paths: readonly string[],
  runs: PolicyRuns,
  { format, output, filter, coverage }: TestOptions,
  console: Console,
): Promise<ExitCode> {
  const started = performance.now();
  const look: ReportStyle =
    output === undefined
      ? { colors: console.outColors, width: console.width }
      : { colors: buildColors(false), width: defaultWidth };
  const { each, end } = testReports[format];
  const policies: PolicyRun[] = [];
  let written = '';
  const report = async (text: string) => {
    if (output === undefined) await console.out(text);
    else written += text;
  };
  for await (const run of runs.over(paths)) {
    policies.push(run);
    console.err(render(run.diagnostics, run.sources, console.errColors));
    await report(each(run, look));
  }
  const summary = summarizeRuns(policies);
  const total: TestTotal = { ...summary, policies, milliseconds: performance.now() - started };
  await report(end(total, look));
  if (output !== undefined) {
    await writeOrPrint(output, written, console, listInputs(policies));
    await console.out(
      prettyTestReport.end(total, { colors: console.outColors, width: console.width }),
    );
  }
  const isAlone = format === 'pretty' || output !== undefined;
  const isCovered =
    coverage === undefined || (await reportCoverage(policies, coverage, isAlone, console));
  const code = toExitCode(total, filter, console);
  return code === exitCode.fine && !isCovered ? exitCode.findings : code;
}

function listInputs(policies: readonly PolicyRun[]): readonly string[] {
  return policies.flatMap(({ files }) => files);
}

/** Returns the exit code. A filter without a match is a finding, because the intended tests did not run. */
function toExitCode(
  { passed, failed, broken, disagreements, leftOut }: TestTotal,
  filter: TestFilter | undefined,
  console: Console,
): ExitCode {
  if (disagreements > 0) return exitCode.bug;
  if (failed > 0 || broken > 0) return exitCode.findings;
  if (filter === undefined || passed > 0) return exitCode.fine;
  console.err(
    `nhipol: none of ${leftOut} tests and invariants matches ${displayText(String(filter))}\n`,
  );
  return exitCode.findings;
}
