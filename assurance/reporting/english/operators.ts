// Operators in words: comparisons, relations and arithmetic.

import type { AggregateForm, Comparison, Type } from '@nhipol/language/types';

/** Arithmetic operators by the names of their builtins. */
export const aggregates: Readonly<Record<AggregateForm, string>> = {
  sum: 'the sum of',
  min: 'the smallest',
  max: 'the largest',
};

export const arithmetic: Readonly<Record<string, string>> = {
  '+': 'plus',
  '-': 'minus',
  '*': 'times',
  '/': 'divided by',
};

export function words(operator: Comparison, type: Type): string {
  if (operator === 'is' || operator === 'is not') return operator;
  if (type.kind === 'Timestamp') {
    return { '<': 'is before', '<=': 'is at or before', '>': 'is after', '>=': 'is at or after' }[
      operator
    ];
  }
  const isEnum = type.kind === 'Enum';
  return {
    '<': isEnum ? 'is below' : 'is less than',
    '<=': 'is at most',
    '>': isEnum ? 'is above' : 'is more than',
    '>=': 'is at least',
  }[operator];
}

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

const isIn: Relation = {
  holds: 'is in',
  fails: 'is not in',
  listing: { holds: ['is', 'is'], fails: ['is not', 'is not one of'], last: 'or' },
};
const isWithin = {
  holds: 'is a subset of',
  fails: 'is not a subset of',
  listing: {
    holds: ['contains only', 'contains only'],
    fails: ['contains more than', 'contains more than'],
    last: 'and',
  },
} as const;
const isNotIn: Relation = {
  holds: isIn.fails,
  fails: isIn.holds,
  listing: { holds: ['is not', 'is not one of'], fails: ['is', 'is'], last: 'or' },
};

export const relations: Readonly<Record<string, Relation>> = {
  in: isIn,
  'not in': isNotIn,
  within: isWithin,
  'not within': {
    holds: isWithin.fails,
    fails: isWithin.holds,
    listing: { holds: isWithin.listing.fails, fails: isWithin.listing.holds, last: 'and' },
  },
  intersects: { holds: 'has elements in common with', fails: 'has no elements in common with' },
  starts_with: { holds: 'starts with', fails: 'does not start with' },
  ends_with: { holds: 'ends with', fails: 'does not end with' },
  contains: { holds: 'contains', fails: 'does not contain' },
  under: { holds: 'is under', fails: 'is not under' },
};

export const languages = {
  glob: 'pattern',
  regex: 'regular expression',
  spiffe: 'SPIFFE pattern',
} as const;
