// Implements `nhipol check`: reports the diagnostics of all policies, and applies fixes with `--fix`.

import { type Diagnostic, hasErrors, sortDiagnostics, summarize } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type Measure, pluralize, skipMeasure } from '@nhipol/language/support';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { readSource, writeAtomically } from '../../io/files.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import type { Timings } from '../../io/timings.ts';
import { type FormatName, loadFormat } from '../../output/diagnostics/index.ts';
import { fixAll } from './fix-all.ts';
import { listBounds } from './history-bounds.ts';

export interface CheckCommandOptions {
  readonly format: FormatName;
  readonly fix: boolean;
  readonly denyWarnings: boolean;
  readonly advise: boolean;
  readonly denyAdvice: boolean;
  /** Whether to report rules that are proved to have no effect, and what is proved about warnings. */
  readonly prove: boolean;
  /** The SMT solver that must agree with each proof. */
  readonly solver?: string | undefined;
  /** `undefined` if stages are not timed. */
  readonly timings: Timings | undefined;
}

interface Found {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
  /** Those without errors. */
  readonly policies: readonly PolicyModel[];
}

export async function checkCommand(
  paths: readonly string[],
  options: CheckCommandOptions,
  console: Console,
): Promise<ExitCode> {
  const measure = options.timings?.measure ?? skipMeasure;
  const given = await readStandardInput(paths, options, console);
  const named = paths.map((path) => (path === '-' ? inputName : path));
  const find = (changed: ReadonlyMap<string, string>) =>
    checkAll(named, new Map([...given, ...changed]), options.advise, measure);
  const found = options.fix ? await fixFiles(find, console) : await find(new Map());
  // Without --prove, the prover is not loaded.
  const proofs = options.prove
    ? await (await import('./proofs.ts')).provePolicies(found.policies, found.diagnostics)
    : undefined;
  const { diagnostics, lines: proved } = proofs ?? { ...found, lines: [] };
  const format = await loadFormat(options.format);
  await measure('report', () =>
    console.out(format({ ...found, diagnostics, palette: console.outColors })),
  );
  await console.out(proved.map((line) => `${line}\n`).join(''));
  if (options.solver !== undefined) await proofs?.crossCheck(options.solver, console);
  if (options.format === 'pretty') {
    console.err(
      listBounds(found.policies)
        .map((line) => `${line}\n`)
        .join(''),
    );
    printSummary(paths, diagnostics, options, console);
  }
  if (options.timings !== undefined) console.err(options.timings.take());
  const advice = diagnostics.filter(({ severity }) => severity === 'advice').length;
  const warnings = diagnostics.length - advice + proved.length;
  const denied = (options.denyWarnings && warnings > 0) || (options.denyAdvice && advice > 0);
  return denied || hasErrors(diagnostics) ? exitCode.findings : exitCode.fine;
}

/** The name of standard input in diagnostics. Files that such a policy uses are relative to the working directory. */
const inputName = 'standard input';

async function readStandardInput(
  paths: readonly string[],
  { fix }: CheckCommandOptions,
  console: Console,
): Promise<ReadonlyMap<string, string>> {
  if (!paths.includes('-')) return new Map();
  if (fix) throw new UsageError('--fix cannot be used with standard input');
  return new Map([[inputName, await readSource('-', console.input)]]);
}

async function checkAll(
  paths: readonly string[],
  changed: ReadonlyMap<string, string>,
  advise: boolean,
  measure: Measure,
): Promise<Found> {
  const sources = new Map<string, string>();
  const found = new Map<string, Diagnostic>();
  const policies: PolicyModel[] = [];
  for (const path of paths) {
    const checked = await checkPolicyFiles(path, changed, measure);
    for (const [file, text] of checked.sources) sources.set(file, text);
    if (checked.policy !== undefined) policies.push(checked.policy);
    const all = advise
      ? sortDiagnostics([...checked.diagnostics, ...checked.advice])
      : checked.diagnostics;
    for (const diagnostic of all) {
      // A file that several policies use is reported once.
      const { file, start } = diagnostic.span;
      found.set(`${diagnostic.code} ${start} ${file}`, diagnostic);
    }
  }
  return { diagnostics: [...found.values()], sources, policies };
}

/** Applies fixes until none is left, and then writes the changed files. */
async function fixFiles(
  find: (changed: ReadonlyMap<string, string>) => Promise<Found>,
  console: Console,
): Promise<Found> {
  const { found, changed, applied } = await fixAll(find);
  for (const [path, text] of changed) await writeAtomically(path, new TextEncoder().encode(text));
  const [problems, files] = [pluralize(applied, 'problem'), pluralize(changed.size, 'file')];
  console.err(applied === 0 ? 'nothing to fix\n' : `fixed ${problems} in ${files}\n`);
  return found;
}

function printSummary(
  paths: readonly string[],
  diagnostics: readonly Diagnostic[],
  { fix }: CheckCommandOptions,
  console: Console,
): void {
  if (diagnostics.length === 0) {
    const what = pluralize(paths.length, 'policy', 'policies');
    console.err(`${what}: ${summarize(diagnostics)}\n`);
  }
  const fixable = diagnostics.filter((diagnostic) => diagnostic.fix !== undefined).length;
  if (fixable > 0 && !fix) console.err(`${fixable} can be fixed with --fix\n`);
}
