// Compares verdicts with the verdicts of an SMT solver on the same formulas.

import { displayText, pluralize } from '@nhipol/language/support';
import {
  type DecidedSet,
  type Literal,
  type Prover,
  type ProverAssumptions,
  smtLib,
  type Verdict,
} from '@nhipol/proving';
import type { Console } from '../io/console.ts';
import { runSmtSolver, type SmtResult } from '../io/smt-solver.ts';

export interface NamedVerdict {
  readonly name: string;
  readonly prover: Prover;
  /** False for every request if it is proved. */
  readonly goal: Literal;
  readonly verdict: Pick<Verdict, 'kind'> & { readonly assumptions?: ProverAssumptions };
}

export function listNamedVerdicts(decidedSets: readonly DecidedSet[]): readonly NamedVerdict[] {
  return decidedSets.flatMap(({ prover, verdicts }) =>
    verdicts.map(({ claim: { name, goal }, verdict }) => ({ name, prover, goal, verdict })),
  );
}

interface Query {
  readonly name: string;
  readonly expected: SmtResult;
  readonly script: string;
}

/** Prints the number of verdicts that a solver confirms; throws if it contradicts one. */
export async function checkWithSolver(
  program: string,
  verdicts: readonly NamedVerdict[],
  { err }: Console,
): Promise<void> {
  const queries = verdicts.flatMap(buildQueries);
  const results = await runSmtSolver(
    program,
    queries.map(({ script }) => script),
  );
  for (const [index, { name, expected }] of queries.entries()) {
    const result = results[index];
    if (result !== expected && result !== 'unknown')
      throw new Error(`broken invariant: ${program} finds the violation of "${name}" ${result}`);
  }
  const open = queries.filter((_, index) => results[index] === 'unknown');
  const names = open.map(({ name }) => `; it does not decide ${displayText(name)}`).join('');
  const agreed = queries.length - open.length;
  err(`${displayText(program)} agrees with ${pluralize(agreed, 'verdict')}${names}\n`);
}

/** None if it was neither proved nor refuted. */
function buildQueries({ name, prover, goal, verdict }: NamedVerdict): readonly Query[] {
  if (verdict.kind === 'undecided') return [];
  const { assumptions = anyRequest } = verdict;
  const script = smtLib(prover.formula, prover.listRoots(goal, assumptions), name);
  return [{ name, expected: verdict.kind === 'proved' ? 'unsat' : 'sat', script }];
}

const anyRequest: ProverAssumptions = { inSessions: true, years: [] };
