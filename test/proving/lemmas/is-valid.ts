// Whether the checker accepts a clause as a lemma of any kind.

import type { Literal } from '@nhipol/proving';
import { findLemmaProblem } from '../../../assurance/proving/lemma-checker/check-lemma.ts';
import { type LemmaKind, lemmaKinds } from '../../../assurance/proving/terms/lemma.ts';
import type { TermDefinitions } from '../../../assurance/proving/terms/terms.ts';

export function isValid(definitions: TermDefinitions, clause: readonly Literal[]): boolean {
  return Object.keys(lemmaKinds).some(
    (kind) => findLemmaProblem(definitions, { kind: kind as LemmaKind, clause }) === undefined,
  );
}
