// Texts and collections in lists: each text of a request is one of those in the list of its place, and collections have
// enough elements.

import type { ApplyExpr } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { nameElementPlace, nameKeyPlace } from '../domains/flow.ts';
import { applyFinite } from '../expressions/functions.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { Key, SymbolicFact } from '../facts/fact.ts';
import { findRange } from '../facts/member-types.ts';
import type { Collected, Representation } from '../facts/representation.ts';
import { findSize, requireAll } from '../facts/sizes.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { createConstantTerm, type Linear } from '../formula/linear.ts';
import { createChoiceValue, isNumber } from '../symbolic/algebra.ts';
import { requireExactlyOne } from '../symbolic/cardinality.ts';
import type { Choice, Finite, ListElement, NumberItem, Symbolic } from '../symbolic/symbolic.ts';
import type { TextKind } from '../terms/terms.ts';

/** For proofs and searches with lists of values. */
export function createListed(encoding: SymbolicEncoding): Representation {
  return new ListedValues(encoding);
}

class ListedValues implements Representation {
  readonly #encoding: SymbolicEncoding;

  constructor(encoding: SymbolicEncoding) {
    this.#encoding = encoding;
  }

  text(value: string): Choice {
    return createChoiceValue(new Map([[value, yes]]));
  }

  texts(_: TextKind, values: readonly Symbolic[], held: Literal, size?: Linear): Symbolic<never> {
    const { formula } = this.#encoding;
    const elements = new Map<Finite, Literal>();
    for (const value of values)
      for (const [each, literal] of value.kind === 'choice' ? value.values : [])
        elements.set(each, formula.or(elements.get(each) ?? no, literal));
    return { kind: 'set', held, elements, unusable: no, size };
  }

  anyText(name: string, place: string, type: Type, known: Literal): Choice {
    return requireExactlyOne(this.#encoding, name, this.#listValues(place, type), known);
  }

  commonText(place: string, types: readonly Type[], known: Literal): Choice {
    const texts = new Set(types.flatMap((type) => (type.kind === 'Enum' ? type.members : [])));
    if (types.some(({ kind }) => kind === 'String'))
      for (const value of this.#listValues(place, { kind: 'String' })) texts.add(value);
    texts.add(createUnlisted(texts));
    return requireExactlyOne(this.#encoding, place, [...texts], known);
  }

  scalars(place: string, element: Type, { held, unusable, isList }: Collected): Symbolic<never> {
    const { formula, require } = this.#encoding;
    const size = (literals: readonly Literal[]) =>
      isList ? findSize(this.#encoding, place, held, [...literals, unusable]) : undefined;
    if (isNumber(element)) {
      const items = this.#items(place, element, held);
      const own = size(items.map(({ present }) => present));
      if (own !== undefined) requireAll(this.#encoding, items, own, unusable);
      return { kind: 'numbers', held, items, unusable, size: own };
    }
    const elements = new Map<Finite, Literal>();
    for (const value of this.#listValues(place, element)) {
      const literal = formula.variable(`${place} has ${value}`);
      require(formula.implies(literal, held));
      elements.set(value, literal);
    }
    return { kind: 'set', held, elements, unusable, size: size([...elements.values()]) };
  }

  list(
    place: string,
    held: Literal,
    make: (present: Literal) => ListElement<SymbolicFact>,
  ): Symbolic<SymbolicFact> {
    const elements = this.#each(place, held, nameElementPlace(place), make);
    const size = findSize(
      this.#encoding,
      place,
      held,
      elements.map(({ present }) => present),
    );
    requireAll(this.#encoding, elements, size);
    return { kind: 'list', held, elements, size };
  }

  /** An entry for each key, if conditions are about all entries. */
  entries(
    place: string,
    held: Literal,
    make: (key: Key, value: Symbolic<never>) => ListElement<SymbolicFact>,
  ): Symbolic<SymbolicFact> {
    const isIterated = this.#encoding.domains.analysis.isIterated(place);
    const keys = isIterated ? this.#listValues(nameKeyPlace(place), { kind: 'String' }) : [];
    const elements = keys.map((key) => make(key, this.text(key)));
    return { kind: 'list', held, elements, size: createConstantTerm(0n) };
  }

  apply(
    expr: ApplyExpr,
    args: readonly Symbolic<SymbolicFact>[],
    anyResult: () => Symbolic<SymbolicFact>,
  ): Symbolic<SymbolicFact> {
    return applyFinite(this.#encoding, expr, args, anyResult);
  }

  #listValues(place: string, type: Type): readonly string[] {
    return this.#encoding.domains.listValues(place, type);
  }

  #items(place: string, element: Type, held: Literal): readonly NumberItem[] {
    const { min, max } = findRange(element);
    let index = 0;
    return this.#each(place, held, place, (present) => {
      const name = `${place}[${index}]`;
      index += 1;
      return { present, term: this.#encoding.createNumber(name, min, max) };
    });
  }

  /** As many elements as are represented; each is there only if the one before it is. */
  #each<Element>(
    place: string,
    held: Literal,
    name: string,
    make: (present: Literal) => Element,
  ): readonly Element[] {
    const { formula, domains } = this.#encoding;
    const elements: Element[] = [];
    let before = held;
    for (let index = 0; index < domains.countElements(place); index += 1) {
      const present = formula.and(before, formula.variable(`${name} ${index} is there`));
      elements.push(make(present));
      before = present;
    }
    return elements;
  }
}

function createUnlisted(texts: ReadonlySet<string>): string {
  let name = 'other';
  while (texts.has(name)) name = `${name}-x`;
  return name;
}
