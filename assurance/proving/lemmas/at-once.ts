// Lemmas about a term and two constants, or a constant and a test. They are cheap, and most proofs need some of them.

import type { Literal } from '../formula/formula.ts';
import type { Lemma } from '../terms/lemma.ts';
import type { Term, TermAtom, Terms, Test } from '../terms/terms.ts';

interface Equality {
  readonly literal: Literal;
  readonly constant: string;
}

export class LemmasAtOnce {
  readonly #terms: Terms;
  /** For each term, the equalities with constants, and the tests of it. */
  readonly #equalities = new Map<Term, Equality[]>();
  readonly #tests = new Map<Term, { readonly literal: Literal; readonly test: Test }[]>();
  /** The number of literals for which lemmas were made. */
  #done = 0;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** The lemmas about literals that are new. */
  next(): readonly Lemma[] {
    const atoms = [...this.#terms.atoms].slice(this.#done);
    this.#done += atoms.length;
    return atoms.flatMap(([literal, atom]) => this.#about(literal, atom));
  }

  #about(literal: Literal, atom: TermAtom): readonly Lemma[] {
    if (atom.kind === 'equal') {
      const [a, b] = [this.#terms.findValue(atom.a), this.#terms.findValue(atom.b)];
      if (a !== undefined) return this.#addEquality(atom.b, { literal, constant: a });
      return b === undefined ? [] : this.#addEquality(atom.a, { literal, constant: b });
    }
    const [only, ...others] = atom.kind === 'test' ? atom.args : [];
    return atom.kind === 'test' && only !== undefined && others.length === 0
      ? this.#addTest(only, literal, atom.test)
      : [];
  }

  #addEquality(term: Term, equality: Equality): readonly Lemma[] {
    const before = this.#equalities.get(term) ?? [];
    const tests = this.#tests.get(term) ?? [];
    const lemmas = [
      ...before.map((other) => createEqualityLemma([-equality.literal, -other.literal])),
      ...tests.map(({ literal, test }) => answer(equality, literal, test)),
    ];
    this.#equalities.set(term, [...before, equality]);
    return lemmas;
  }

  #addTest(term: Term, literal: Literal, test: Test): readonly Lemma[] {
    this.#tests.set(term, [...(this.#tests.get(term) ?? []), { literal, test }]);
    return (this.#equalities.get(term) ?? []).map((equality) => answer(equality, literal, test));
  }
}

function answer({ literal: is, constant }: Equality, literal: Literal, test: Test): Lemma {
  return createEqualityLemma([-is, test.evaluate([constant]) ? literal : -literal]);
}

function createEqualityLemma(clause: readonly Literal[]): Lemma {
  return { kind: 'equality', clause };
}
