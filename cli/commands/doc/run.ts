// Implements `nhipol doc`: generates a description of a policy for its reviewers.

import { docPage, renderHtml, renderMarkdown } from '@nhipol/reporting';
import { testPolicy } from '../../engines/tested-policy.ts';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { writeOrPrint } from '../../io/files.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';

export interface DocOptions {
  readonly format: 'markdown' | 'html';
  readonly output: string | undefined;
}

export async function runDocCommand(
  path: string,
  { format, output }: DocOptions,
  console: Console,
): Promise<ExitCode> {
  const checked = await checkPolicyFiles(path);
  const policy = selectPolicyOrReport(checked, console);
  if (policy === undefined) return exitCode.findings;
  const page = docPage(testPolicy(policy));
  const text = format === 'html' ? renderHtml(page) : renderMarkdown(page);
  await writeOrPrint(output, text, console, checked.files);
  return exitCode.fine;
}
