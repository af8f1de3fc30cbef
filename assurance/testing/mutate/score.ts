// Counts the outcomes of mutants, and computes the share of killed mutants among those that can be detected.

import type { MutantOutcome } from './trial.ts';

export type Tally = Readonly<Record<MutantOutcome['kind'], number>>;

export function countOutcomes(tried: readonly { readonly outcome: MutantOutcome }[]): Tally {
  const count = (kind: MutantOutcome['kind']) =>
    tried.filter(({ outcome }) => outcome.kind === kind).length;
  return {
    killed: count('killed'),
    survived: count('survived'),
    undecided: count('undecided'),
    equivalent: count('equivalent'),
    invalid: count('invalid'),
  };
}

/** In percent; equivalent and undecided mutants are not counted. */
export function computeMutationScore({ killed, survived }: Tally): number {
  return killed + survived === 0 ? 100 : (100 * killed) / (killed + survived);
}
