// Texts as terms, and collections without a list of their elements.

import type { ApplyExpr } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { nameElementPlace, nameKeyPlace, nameOfPlace } from '../domains/flow.ts';
import { areEqual } from '../expressions/collections.ts';
import { encodeEntryCount, encodeListSize, encodeTextListSize } from '../expressions/open-sizes.ts';
import { OwnPool } from '../facts/elements.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { Key, SymbolicFact } from '../facts/fact.ts';
import type { Collected, Representation } from '../facts/representation.ts';
import { maxElements } from '../facts/sizes.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import { createTextValue, isHeld } from '../symbolic/algebra.ts';
import type {
  ListElement,
  OpenList,
  OpenNumbers,
  Symbolic,
  TextSet,
  TextValue,
} from '../symbolic/symbolic.ts';
import { listFixedTexts } from '../symbolic/text-sets.ts';
import { isTextKind, type Term, type TextKind } from '../terms/terms.ts';
import { applyToTerms } from './term-builtins.ts';

/** For proofs by lemmas. */
export function asTerms(encoding: SymbolicEncoding): Representation {
  return new TermValues(encoding);
}

class TermValues implements Representation {
  readonly #encoding: SymbolicEncoding;

  constructor(encoding: SymbolicEncoding) {
    this.#encoding = encoding;
  }

  text(value: string): TextValue {
    return createTextValue([{ guard: yes, term: this.#encoding.terms.constant(value) }]);
  }

  texts(element: TextKind, values: readonly Symbolic[], held: Literal, size?: Linear): TextSet {
    const cases = values.flatMap((value) => (value.kind === 'text' ? value.cases : []));
    return listFixedTexts(this.#encoding, element, cases, held, size);
  }

  anyText(name: string, _: string, type: Type, known: Literal): TextValue {
    return this.#any(name, isTextKind(type.kind) ? type.kind : 'String', known);
  }

  commonText(place: string, _: readonly Type[], known: Literal): TextValue {
    return this.#any(place, 'String', known);
  }

  scalars(
    place: string,
    { kind }: Type,
    { held, unusable, isList }: Collected,
  ): TextSet | OpenNumbers {
    const { formula, elements } = this.#encoding;
    if (!isTextKind(kind)) {
      const key = `numbers ${place} ${this.#numbers}`;
      this.#numbers += 1;
      const size = isList
        ? this.#encoding.createNumber(`size of ${place}`, 0n, maxElements)
        : undefined;
      return { kind: 'open numbers', held, unusable, size, key };
    }
    const id = elements.newSet(nameOfPlace(place));
    const set: TextSet = {
      kind: 'texts',
      held,
      unusable,
      size: undefined,
      element: kind,
      key: `set ${id}`,
      bases: [id],
      fixed: [],
      has: (term) => formula.and(held, elements.hasElement(id, term)),
    };
    return isList ? { ...set, size: encodeTextListSize(this.#encoding, place, set) } : set;
  }

  list(
    place: string,
    held: Literal,
    make: (present: Literal) => ListElement<SymbolicFact>,
  ): OpenList<SymbolicFact> {
    const { formula } = this.#encoding;
    const name = `${nameElementPlace(place)} is there`;
    return this.#open(place, held, () => make(formula.and(held, formula.variable(name))));
  }

  entries(
    place: string,
    held: Literal,
    make: (key: Key, value: Symbolic<never>) => ListElement<SymbolicFact>,
  ): OpenList<SymbolicFact> {
    const { terms, elements } = this.#encoding;
    const keys = new Map<SymbolicFact, Term>();
    const pool = new OwnPool<SymbolicFact>(() => {
      const key = terms.open(nameOfPlace(nameKeyPlace(place)), 'String');
      const made = make(key, createTextValue([{ guard: yes, term: key }]));
      keys.set(made.fact, key);
      return made;
    });
    const pools = [{ guard: yes, pool }];
    const size = encodeEntryCount(this.#encoding, place, pools, ({ fact }) => keys.get(fact));
    const adopt = (key: Term, element: ListElement<SymbolicFact>) => {
      keys.set(element.fact, key);
      pool.adopt(element, elements.depthOfRead);
    };
    return { kind: 'open list', held, size, pools, adopt };
  }

  unite(same: Literal, a: SymbolicFact, b: SymbolicFact): void {
    const { formula, require } = this.#encoding;
    if (same === no) return;
    require(formula.implies(same, formula.equivalent(a.present, b.present)));
    if (a.value.kind === 'record') return;
    const [heldA, heldB] = [isHeld(formula, a.value), isHeld(formula, b.value)];
    require(formula.implies(same, formula.equivalent(heldA, heldB)));
    const areSame = areEqual(this.#encoding, a.value, b.value);
    require(formula.implies(formula.and(same, heldA), areSame));
  }

  apply(
    expr: ApplyExpr,
    args: readonly Symbolic<SymbolicFact>[],
    anyResult: () => Symbolic<SymbolicFact>,
  ): Symbolic<SymbolicFact> {
    return applyToTerms(this.#encoding, expr, args, anyResult);
  }

  /** The number of sets of numbers so far. */
  #numbers = 0;

  #any(name: string, type: TextKind, known: Literal): TextValue {
    return createTextValue([
      { guard: known, term: this.#encoding.terms.open(nameOfPlace(name), type) },
    ]);
  }

  #open(
    place: string,
    held: Literal,
    make: () => ListElement<SymbolicFact>,
  ): OpenList<SymbolicFact> {
    const pools = [{ guard: yes, pool: new OwnPool(make) }];
    const size = encodeListSize(this.#encoding, place, pools);
    return { kind: 'open list', held, size, pools };
  }
}
