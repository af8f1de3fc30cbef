// Implements `nhipol report`: reports which controls the rules of policies cover, and which of them are tested.

import {
  type Coverage,
  computeControlCoverage,
  coverageJson,
  coveragePage,
  coverageText,
  renderHtml,
  renderMarkdown,
  type TestedPolicy,
} from '@nhipol/reporting';
import { testPolicy } from '../../engines/tested-policy.ts';
import { buildColors, type Colors, type Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { writeOrPrint } from '../../io/files.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';

export interface ReportOptions {
  /** The framework to report in full, or `undefined` for a summary of all. */
  readonly framework: string | undefined;
  readonly format: 'text' | 'json' | 'markdown' | 'html';
  readonly output: string | undefined;
}

/** Reports control coverage. Writes nothing if a policy has errors, because its controls would seem uncovered. */
export async function reportCommand(
  paths: readonly string[],
  options: ReportOptions,
  console: Console,
): Promise<ExitCode> {
  const tested: TestedPolicy[] = [];
  const inputs: string[] = [];
  let broken = false;
  for (const path of new Set(paths)) {
    const checked = await checkPolicyFiles(path);
    inputs.push(...checked.files);
    const policy = selectPolicyOrReport(checked, console);
    if (policy === undefined) broken = true;
    else tested.push(testPolicy(policy));
  }
  if (broken) return exitCode.findings;
  const colors = options.output === undefined ? console.outColors : buildColors(false);
  await writeOrPrint(
    options.output,
    renderCoverage(computeControlCoverage(tested), options, colors),
    console,
    inputs,
  );
  return exitCode.fine;
}

function renderCoverage(
  coverage: Coverage,
  { framework: only, format }: ReportOptions,
  colors: Colors,
): string {
  switch (format) {
    case 'text':
      return coverageText(coverage, only, colors);
    case 'json':
      return coverageJson(coverage, only);
    case 'markdown':
      return renderMarkdown(coveragePage(coverage, { only, sources: false }));
    case 'html':
      return renderHtml(coveragePage(coverage, { only, sources: true }));
  }
}
