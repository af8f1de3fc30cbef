// Implements `nhipol mutate`: applies one small change at a time to the policies. Each result is a mutant, which
// their tests should detect. Reports the surviving mutants, each with a request that distinguishes it.

import { normalize } from 'node:path';
import { displayText, suggest } from '@nhipol/language/support';
import { compareDecisions } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import {
  computeMutationScore,
  countOutcomes,
  MutationTrial,
  type Operator,
  operators,
  type PolicyComparer,
} from '@nhipol/testing/mutation';
import type { Console } from '../../io/console.ts';
import { type ExitCode, exitCode, UsageError } from '../../io/exit-codes.ts';
import { toSlashes } from '../../io/files.ts';
import { checkPolicyFiles } from '../../io/policies/check-policy.ts';
import { selectPolicyOrReport } from '../../output/policy-or-report.ts';
import { type MutationFormat, reports } from '../../reports/mutation/index.ts';
import type { MutationReport, TriedMutant, TriedPolicy } from '../../reports/mutation/report.ts';
import type { FileLine } from '../arguments.ts';

export interface MutateOptions {
  /** Names of mutation operators; empty: all. */
  readonly operators: readonly string[];
  readonly at: FileLine | undefined;
  readonly samples: number;
  readonly seed: number;
  /** The minimum score in percent, or `undefined` if no mutant may survive. */
  readonly min: number | undefined;
  readonly all: boolean;
  /** Whether to compare mutants that are not distinguished by proofs. */
  readonly prove: boolean;
  readonly format: MutationFormat;
}

export async function mutateCommand(
  paths: readonly string[],
  options: MutateOptions,
  console: Console,
): Promise<ExitCode> {
  const chosen = selectOperators(options.operators);
  const report = reports[options.format]({ console, all: options.all });
  const policies: TriedPolicy[] = [];
  for (const path of new Set(paths)) {
    const triedPolicy = await tryPolicy(path, chosen, options, report, console);
    if (triedPolicy !== undefined) policies.push(triedPolicy);
  }
  await report.end(policies);
  const allRead = policies.length === new Set(paths).size;
  return allRead && policies.every((policy) => isFine(policy, options.min))
    ? exitCode.fine
    : exitCode.findings;
}

function isFine({ mutants }: TriedPolicy, min: number | undefined): boolean {
  const tally = countOutcomes(mutants);
  return min === undefined ? tally.survived === 0 : computeMutationScore(tally) >= min;
}

function selectOperators(names: readonly string[]): readonly Operator[] {
  const known = operators.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const [near] = suggest(name, known);
    const help =
      near === undefined ? `expected one of ${known.join(', ')}` : `did you mean \`${near}\`?`;
    throw new UsageError(`unknown mutation operator \`${displayText(name)}\`: ${help}`);
  }
  return names.length === 0 ? operators : operators.filter(({ name }) => names.includes(name));
}

/** Returns undefined after reporting that the policy has errors or fails its own tests or invariants. */
async function tryPolicy(
  path: string,
  chosen: readonly Operator[],
  { at, samples, seed, prove }: MutateOptions,
  report: MutationReport,
  console: Console,
): Promise<TriedPolicy | undefined> {
  const checked = await checkPolicyFiles(path);
  const policy = selectPolicyOrReport(checked, console);
  if (policy === undefined) return undefined;
  const { entry, sources } = checked;
  const trial = new MutationTrial(entry, sources, policy, {
    samples,
    seed,
    compare: prove ? compareByProof(seed) : undefined,
  });
  const failing = trial.failing();
  if (failing !== undefined) {
    const what = `${failing.kind} ${displayText(failing.name)}`;
    console.err(`${path}: ${what} fails without mutation; fix it first\n`);
    return undefined;
  }
  await report.begin(path);
  const mutants = trial
    .mutants(chosen)
    .filter(({ span, position }) => at === undefined || isSameLine(at, span.file, position.line));
  const triedMutants: TriedMutant[] = [];
  for (const [index, mutant] of mutants.entries()) {
    if (console.answers) console.progress(`${index} of ${mutants.length} mutants`);
    const outcome = trial.try(mutant);
    if (console.answers) console.progress('');
    const before = sources.get(mutant.span.file) ?? '';
    const each = { mutant, outcome, before, after: trial.getMutantSource(mutant) };
    triedMutants.push(each);
    await report.tried(policy, each);
  }
  return { path, policy, mutants: triedMutants };
}

/** The conflicts that the search for a proof may have. */
const effort = 20_000;

function compareByProof(seed: number): PolicyComparer {
  return (before, after) => {
    const differences = compareDecisions(before, after, {
      effort,
      random: createRandomNumbers(seed),
    });
    for (const { verdict } of differences)
      if (verdict.kind === 'refuted') return { kind: 'different', request: verdict.request };
    const areProved = differences.every(
      ({ verdict }) => verdict.kind === 'proved' && verdict.assumptions.inSessions,
    );
    return areProved ? { kind: 'equal' } : undefined;
  };
}

function isSameLine({ file, line }: FileLine, mutantFile: string, mutantLine: number): boolean {
  return line === mutantLine && toSlashes(normalize(file)) === mutantFile;
}
