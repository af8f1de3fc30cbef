// Checks that a lemma is valid: no strings, addresses and sets make all literals of its clause false. It reads the
// definitions of terms and tests, and shares no code with the encoder, the solver and the search for lemmas. Limits of
// the sizes of requests are not known to it, which only makes more values possible.

import type { Lemma, LemmaKind } from '../terms/lemma.ts';
import type { TermDefinitions } from '../terms/terms.ts';
import { hasNoAddress } from './addresses.ts';
import { type Claimed, Classes } from './classes.ts';
import { hasNoString } from './strings.ts';

/** Why a lemma is refused, or `undefined` if it is valid, by the rule of its kind. */
export function findLemmaProblem(
  definitions: TermDefinitions,
  { kind, clause }: Lemma,
): string | undefined {
  const claimed: Claimed[] = [];
  for (const literal of clause) {
    const atom = definitions.atoms.get(Math.abs(literal));
    if (atom === undefined) return 'a literal is not about terms';
    claimed.push({ atom, holds: literal < 0 });
  }
  const classes = new Classes(definitions, claimed);
  if (classes.isContradictory) return undefined;
  const isImpossible = classes.roots.some((root) => rules[kind](classes, root));
  return isImpossible ? undefined : 'all of its literals can be false';
}

/** Whether a class of equal terms can have no value. Classes that contradict each other suffice for every kind. */
const rules: Readonly<Record<LemmaKind, (classes: Classes, root: number) => boolean>> = {
  equality: () => false,
  language: hasNoString,
  addresses: hasNoAddress,
};
