// A lemma: a clause over literals about terms that is true for all strings, addresses and sets. Whether it is, only the
// checker of lemmas decides.

import type { Literal } from '../formula/formula.ts';

export interface Lemma {
  /** Why all of its literals cannot be false: for reports. */
  readonly kind: LemmaKind;
  readonly clause: readonly Literal[];
}

/** Each with what it is about. */
export const lemmaKinds = {
  equality: 'equal terms have equal results, tests and sets, and constants differ',
  language: 'no string is as the tests of it and of its functions demand',
  addresses: 'no address is in and not in these networks',
} as const;

export type LemmaKind = keyof typeof lemmaKinds;

export function isLemmaKind(name: string): name is LemmaKind {
  return Object.hasOwn(lemmaKinds, name);
}

/** The lemma that not all of the literals are true. */
export function createExclusion(kind: LemmaKind, literals: readonly Literal[]): Lemma {
  return { kind, clause: [...new Set(literals)].map((literal) => -literal) };
}
