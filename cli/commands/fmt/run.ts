// Implements `nhipol fmt`: formats policies in place. A policy with syntax errors is reported and not changed; the
// others are still formatted.

import { render } from '@nhipol/language';
import { format } from '@nhipol/language/format';
import { displayText } from '@nhipol/language/support';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode } from '../../io/exit-codes.ts';
import { readSource, writeAtomically } from '../../io/files.ts';

export interface FmtOptions {
  readonly check: boolean;
  readonly diff: boolean;
}

export async function fmtCommand(
  paths: readonly string[],
  options: FmtOptions,
  console: Console,
): Promise<ExitCode> {
  let isFound = false;
  for (const path of paths) {
    const before = await readSource(path, console.input);
    const name = nameInput(path);
    const { text: after, diagnostics } = format(name, before);
    if (after === undefined) {
      console.err(render(diagnostics, new Map([[name, before]]), console.errColors));
      isFound = true;
      continue;
    }
    if (options.check && after !== before) isFound = true;
    await writeResult(path, before, after, options, console);
  }
  return isFound ? exitCode.findings : exitCode.fine;
}

function nameInput(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Writes the formatted policy to its file or to standard output, or reports the change. */
async function writeResult(
  path: string,
  before: string,
  after: string,
  { check, diff }: FmtOptions,
  console: Console,
): Promise<void> {
  if (path === '-' && !check && !diff) return console.out(after);
  if (after === before) return;
  if (diff) {
    const { printDiff } = await import('../../output/print-diff.ts');
    const show = console.interactive ? displayText : (line: string) => line;
    return console.out(printDiff(nameInput(path), before, after, console.outColors, show));
  }
  if (check) return console.out(`${nameInput(path)}\n`);
  await writeAtomically(path, new TextEncoder().encode(after));
  console.err(`formatted ${path}\n`);
}
