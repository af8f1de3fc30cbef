// Whether the checker accepts a clause as a lemma of any kind.

import type { Literal } from '../../../proving/formula/formula.ts';
import { lemmaProblem } from '../../../proving/lemma-checker/check-lemma.ts';
import { type LemmaKind, lemmaKinds } from '../../../proving/terms/lemma.ts';
import type { Definitions } from '../../../proving/terms/terms.ts';

export function isValid(definitions: Definitions, clause: readonly Literal[]): boolean {
  return Object.keys(lemmaKinds).some(
    (kind) => lemmaProblem(definitions, { kind: kind as LemmaKind, clause }) === undefined,
  );
}
