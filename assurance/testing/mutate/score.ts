// Counts the outcomes of mutants, and computes the share of killed mutants among those that can be detected.

import type { Outcome } from './trial.ts';

export type Tally = Readonly<Record<Outcome['kind'], number>>;

export function tallyOf(tried: readonly { readonly outcome: Outcome }[]): Tally {
  const count = (kind: Outcome['kind']) =>
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
export function scoreOf({ killed, survived }: Tally): number {
  return killed + survived === 0 ? 100 : (100 * killed) / (killed + survived);
}
