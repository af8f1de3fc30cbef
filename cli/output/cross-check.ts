// Compares the verdicts about claims with those of an SMT solver on the same formulas.

import { displayText } from '../../language/support/display.ts';
import { counted } from '../../language/support/words.ts';
import type { ClaimVerdict, DecidedSet } from '../../proving/claims/prove.ts';
import type { Prover } from '../../proving/prover.ts';
import { smtLib } from '../../proving/smt-lib.ts';
import type { Console } from '../io/console.ts';
import { runSmtSolver, type SmtResult } from '../io/smt-solver.ts';

interface Query {
  readonly name: string;
  readonly expected: SmtResult;
  readonly script: string;
}

/** Prints the number of verdicts that a solver confirms; throws if it contradicts one. */
export async function crossCheck(
  program: string,
  decided: readonly DecidedSet[],
  { err }: Console,
): Promise<void> {
  const queries = decided.flatMap(({ prover, verdicts }) =>
    verdicts.flatMap((each) => queryOf(prover, each)),
  );
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
  err(`${displayText(program)} agrees with ${counted(agreed, 'verdict')}${names}\n`);
}

/** None if the claim was neither proved nor refuted. */
function queryOf(prover: Prover, { claim, verdict }: ClaimVerdict): readonly Query[] {
  if (verdict.kind === 'undecided') return [];
  const isProved = verdict.kind === 'proved';
  const assumptions = isProved ? verdict.assumptions : { inSessions: true, years: [] };
  const script = smtLib(prover.formula, prover.rootsOf(claim.goal, assumptions), claim.name);
  return [{ name: claim.name, expected: isProved ? 'unsat' : 'sat', script }];
}
