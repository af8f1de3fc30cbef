// The statements of a model about terms: the literals about terms that it depends on, and the terms that these are about.

import type { Literal } from '../formula/formula.ts';
import { listTerms, type Term, type TermAtom, type Terms } from '../terms/terms.ts';

export interface LemmaStatement {
  readonly literal: Literal;
  readonly atom: TermAtom;
  readonly isTrue: boolean;
}

export class Said {
  readonly statements: readonly LemmaStatement[];
  /** With the operands of functions. */
  readonly terms: ReadonlySet<Term>;

  constructor(terms: Terms, chosen: Iterable<Literal>) {
    this.statements = [...chosen].flatMap((literal) => {
      const atom = terms.atoms.get(Math.abs(literal));
      return atom === undefined ? [] : [{ literal, atom, isTrue: literal > 0 }];
    });
    const found = new Set<Term>();
    const add = (term: Term): void => {
      if (found.has(term)) return;
      found.add(term);
      const node = terms.node(term);
      if (node.kind === 'function') for (const operand of node.args) add(operand);
    };
    for (const { atom } of this.statements) for (const term of listTerms(atom)) add(term);
    this.terms = found;
  }
}
