// The elements of collections that the formula lists.

import type { Type } from '@nhipol/language/types';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import {
  createChoiceValue,
  createNumberValue,
  createTextValue,
  createUnknown,
  toTruth,
} from '../symbolic/algebra.ts';
import type {
  Finite,
  ListValue,
  NumberSet,
  OpenList,
  OpenNumbers,
  SetValue,
  Symbolic,
  TextSet,
} from '../symbolic/symbolic.ts';
import type { Bound } from './environment.ts';

export type Collection =
  | SetValue
  | NumberSet
  | ListValue<SymbolicFact>
  | TextSet
  | OpenNumbers
  | OpenList<SymbolicFact>;

const collections: ReadonlySet<Symbolic['kind']> = new Set<Collection['kind']>([
  ...(['set', 'numbers', 'list', 'texts', 'open numbers', 'open list'] as const),
]);

export function isCollectionValue(value: Symbolic<SymbolicFact>): value is Collection {
  return collections.has(value.kind);
}

/** An element that a collection may have. */
export interface Instance {
  readonly present: Literal;
  readonly bound: Bound;
}

/** The elements that are listed; one of no use stands for all of them. */
export function listInstances(value: Collection, element: Type): readonly Instance[] {
  if (value.kind === 'list')
    return value.elements.map(({ present, fact }) => ({
      present,
      bound: { fact, value: fact.value },
    }));
  if (value.kind === 'open list') return [];
  const unusable = {
    present: value.unusable,
    bound: { fact: undefined, value: createUnknown(element) },
  };
  const known = listKnownValues(value, element).map(({ present, value: own }) => ({
    present,
    bound: { fact: undefined, value: own },
  }));
  return [...known, unusable].filter(({ present }) => present !== no);
}

function listKnownValues(
  value: SetValue | NumberSet | TextSet | OpenNumbers,
  element: Type,
): readonly KnownValue[] {
  switch (value.kind) {
    case 'set':
      return [...value.elements].map(([each, present]) => ({
        present,
        value: createFiniteConstant(element, each),
      }));
    case 'numbers':
      return value.items.map(({ present, term }) => ({
        present,
        value: createNumberValue([{ guard: yes, term }]),
      }));
    case 'texts':
      if (value.bases.length > 0) return [];
      return value.fixed.map((term) => ({
        present: value.has(term),
        value: createTextValue([{ guard: yes, term }]),
      }));
    default:
      value.kind satisfies 'open numbers';
      return [];
  }
}

function createFiniteConstant(type: Type, value: Finite): Symbolic<SymbolicFact> {
  return type.kind === 'Bool'
    ? toTruth(value === true ? yes : no)
    : createChoiceValue(new Map([[value, yes]]));
}

interface KnownValue {
  readonly present: Literal;
  readonly value: Symbolic<SymbolicFact>;
}
