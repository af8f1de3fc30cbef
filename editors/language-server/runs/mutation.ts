// The small changes to a policy that no test and no invariant of it detects.

import type { PolicyModel } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { answerText, asTest, MutationTrial, operators } from '@nhipol/testing/mutation';
import type { PolicyAnalysis } from '../analysis.ts';

export interface Mutated {
  readonly survivors: readonly SurvivingMutant[];
  /** The number of changes that are valid policies. */
  readonly mutants: number;
}

interface SurvivingMutant {
  readonly span: Span;
  readonly message: string;
  readonly test: string | undefined;
}

/** The number of requests to try on each mutant that no test detects: fewer than in CI, for an answer while waiting. */
const defaultSamples = 300;

/** Longer tests are left out. */
const maxTestLength = 20_000;

/** Yields the share that is done after each mutant. A string: why the policy cannot be examined. */
export function* runMutation(
  { entry, sources }: PolicyAnalysis,
  policy: PolicyModel,
  samples = defaultSamples,
): Generator<number, Mutated | string> {
  const trial = new MutationTrial(entry, sources, policy, { samples, seed: 1 });
  const failing = trial.failing();
  if (failing !== undefined) {
    return `${failing.kind} ${JSON.stringify(failing.name)} fails without a change; fix it first`;
  }
  const all = trial.mutants(operators);
  const survivors: SurvivingMutant[] = [];
  let mutants = 0;
  for (const [index, mutant] of all.entries()) {
    yield index / all.length;
    const outcome = trial.try(mutant);
    if (outcome.kind !== 'invalid') mutants += 1;
    if (outcome.kind !== 'survived') continue;
    const { witness } = outcome;
    const test = asTest(policy, `mutant ${survivors.length + 1}`, witness);
    survivors.push({
      span: mutant.span,
      message: `no test detects this change: ${mutant.does}; the changed policy answers ${answerText(witness)}`,
      test: test !== undefined && test.length <= maxTestLength ? test : undefined,
    });
  }
  return { survivors, mutants };
}
