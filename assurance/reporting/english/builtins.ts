// The words for each builtin: for a relation as a clause, and for a value as a noun phrase.

import type { BuiltinName } from '@nhipol/language/types';
import { type Phrase, say } from '../pages/phrase.ts';

interface Relation {
  readonly holds: string;
  readonly fails: string;
  /** The words if the elements of the right side are listed: for one, and for several. */
  readonly listing?: {
    readonly holds: readonly [one: string, several: string];
    readonly fails: readonly [one: string, several: string];
    readonly last: 'and' | 'or';
  };
}

/** How a builtin is written. */
export type Wording =
  | { readonly relation: Relation }
  /** Between its operands. */
  | { readonly operator: string }
  | { readonly phrase: (left: Phrase, right: Phrase) => Phrase }
  /** In words of its pattern. */
  | 'pattern'
  /** As source code. */
  | 'source';

const isIn: Relation = {
  holds: 'is in',
  fails: 'is not in',
  listing: { holds: ['is', 'is'], fails: ['is not', 'is not one of'], last: 'or' },
};
const isNotIn: Relation = {
  holds: isIn.fails,
  fails: isIn.holds,
  listing: { holds: ['is not', 'is not one of'], fails: ['is', 'is'], last: 'or' },
};
const isWithin: Relation = {
  holds: 'is a subset of',
  fails: 'is not a subset of',
  listing: {
    holds: ['contains only', 'contains only'],
    fails: ['contains more than', 'contains more than'],
    last: 'and',
  },
};
const isNotWithin: Relation = {
  holds: isWithin.fails,
  fails: isWithin.holds,
  listing: {
    holds: ['contains more than', 'contains more than'],
    fails: ['contains only', 'contains only'],
    last: 'and',
  },
};

const asIs = { phrase: (value: Phrase) => value };

const wordings: Readonly<Record<BuiltinName, Wording>> = {
  '+': { operator: 'plus' },
  '-': { operator: 'minus' },
  '*': { operator: 'times' },
  '/': { operator: 'divided by' },
  negate: 'source',
  decimal: asIs,
  in: { relation: isIn },
  'not in': { relation: isNotIn },
  within: { relation: isWithin },
  'not within': { relation: isNotWithin },
  intersects: {
    relation: { holds: 'has elements in common with', fails: 'has no elements in common with' },
  },
  union: { phrase: (left, right) => say`the union of ${left} and ${right}` },
  intersect: { phrase: (left, right) => say`the intersection of ${left} and ${right}` },
  minus: { phrase: (left, right) => say`${left} without ${right}` },
  size: { phrase: (value) => say`the number of elements of ${value}` },
  length: { phrase: (value) => say`the length of ${value}` },
  starts_with: { relation: { holds: 'starts with', fails: 'does not start with' } },
  ends_with: { relation: { holds: 'ends with', fails: 'does not end with' } },
  contains: { relation: { holds: 'contains', fails: 'does not contain' } },
  under: { relation: { holds: 'is under', fails: 'is not under' } },
  matches: 'pattern',
  lower: 'source',
  normal_path: 'source',
  spiffe: asIs,
  trust_domain: { phrase: (value) => say`the trust domain of ${value}` },
  path: { phrase: (value) => say`the path of ${value}` },
  ip: asIs,
  cidr: 'source',
  version: 'source',
  prefix_length: 'source',
  int: { phrase: (value) => say`${value} as a whole number` },
  quantity: { phrase: (value) => say`the quantity ${value}` },
  interpolate: 'source',
  'text of': 'source',
  'non-empty': 'source',
  'segment of': 'source',
  'root segment of': 'source',
};

/** Returns how a builtin is written. */
export function describeBuiltin(name: BuiltinName): Wording {
  return wordings[name];
}
