// Whether some element of a collection has a property: of elements that are listed, one of them; of others, a witness,
// and each element that occurs.

import type { Type } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { createTextValue } from '../symbolic/algebra.ts';
import type { ListElement, OpenList, TextSet } from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';
import type { Bound } from './environment.ts';
import { type Collection, listInstances } from './instances.ts';

/** Whether something is certain, and whether it is possible; what is certain is possible. */
export interface Pair {
  readonly certain: Literal;
  readonly possible: Literal;
}

export type Properties = (bound: Bound) => Pair;

/** For each of two properties, whether some element has it. */
export function encodeSomeProperties(
  encoding: SymbolicEncoding,
  collection: Collection,
  element: Type,
  properties: Properties,
): Pair {
  const { formula } = encoding;
  const pairs = listInstances(collection, element).map(({ present, bound }) =>
    mapPair(properties(bound), (each) => formula.and(present, each)),
  );
  if (isOpen(collection)) pairs.push(encodeOpen(encoding, collection, properties));
  return {
    certain: formula.any(pairs.map(({ certain }) => certain)),
    possible: formula.any(pairs.map(({ possible }) => possible)),
  };
}

function mapPair({ certain, possible }: Pair, change: (literal: Literal) => Literal): Pair {
  return { certain: change(certain), possible: change(possible) };
}

/** Whether some element has a property. */
export function encodeSomeElement(
  encoding: SymbolicEncoding,
  collection: Collection,
  element: Type,
  property: (bound: Bound) => Literal,
): Literal {
  return encodeSomeProperties(encoding, collection, element, (bound) => {
    const found = property(bound);
    return { certain: found, possible: found };
  }).certain;
}

/** Collections whose elements are not listed. */
export type Open = Exclude<Collection, { readonly kind: 'set' | 'numbers' | 'list' }>;

export type Listed = Exclude<Collection, { readonly kind: 'open list' | 'open numbers' }>;

export function isOpen(collection: Collection): collection is Open {
  if (collection.kind === 'texts') return collection.bases.length > 0;
  return collection.kind === 'open list' || collection.kind === 'open numbers';
}

/** New literals: true exactly if an element has the property, as far as elements occur. */
function encodeOpen(encoding: SymbolicEncoding, collection: Open, properties: Properties): Pair {
  const { formula, require } = encoding;
  const found = {
    certain: formula.variable('some element certainly'),
    possible: formula.variable('some element possibly'),
  };
  require(formula.implies(found.certain, found.possible));
  if (collection.kind === 'texts') relateTexts(encoding, collection, properties, found);
  if (collection.kind === 'open list') relateList(encoding, collection, properties, found);
  return found;
}

function relateTexts(
  encoding: SymbolicEncoding,
  set: TextSet,
  properties: Properties,
  pair: Pair,
): void {
  const { formula, elements } = encoding;
  const of = (term: Term) => {
    const termPair = properties({
      fact: undefined,
      value: createTextValue([{ guard: yes, term }]),
    });
    return mapPair(termPair, (each) => formula.and(set.has(term), each));
  };
  if (elements.mayAdd) {
    const witness = elements.newElement(set);
    elements.stateWitness(() => imply(encoding, pair, of(witness)));
  }
  elements.visitTerms(set, (term) => imply(encoding, of(term), pair));
}

function relateList(
  encoding: SymbolicEncoding,
  { pools }: OpenList<SymbolicFact>,
  properties: Properties,
  pair: Pair,
): void {
  const { formula, elements } = encoding;
  const of = (guard: Literal, { present, fact }: ListElement<SymbolicFact>) =>
    mapPair(properties({ fact, value: fact.value }), (each) => formula.and(guard, present, each));
  const witnesses = elements.addElement(pools.map(({ pool }) => pool));
  if (witnesses !== undefined)
    elements.stateWitness(() => {
      const witnessPairs = witnesses.map((witness, index) =>
        of(pools[index]?.guard ?? no, witness),
      );
      imply(encoding, pair, {
        certain: formula.any(witnessPairs.map(({ certain }) => certain)),
        possible: formula.any(witnessPairs.map(({ possible }) => possible)),
      });
    });
  for (const { guard, pool } of pools)
    elements.visitPool(pool, (element) => imply(encoding, of(guard, element), pair));
}

/** If the one is certain, the other is certain; if the one is possible, the other is possible. */
function imply({ formula, require }: SymbolicEncoding, one: Pair, other: Pair): void {
  require(formula.implies(one.certain, other.certain));
  require(formula.implies(one.possible, other.possible));
}
