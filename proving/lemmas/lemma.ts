// A lemma: a clause over literals about terms that is true for all strings, addresses and sets. Whether it is, only the
// checker of lemmas decides.

import type { Literal } from '../formula/formula.ts';

export interface Lemma {
  /** Why all of its literals cannot be false: for reports. */
  readonly kind: LemmaKind;
  readonly clause: readonly Literal[];
}

export type LemmaKind = 'equality' | 'language' | 'addresses';

/** The lemma that not all of the literals are true. */
export function notAll(kind: LemmaKind, literals: readonly Literal[]): Lemma {
  return { kind, clause: [...new Set(literals)].map((literal) => -literal) };
}
