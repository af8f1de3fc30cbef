// How comparisons relate to each other.

import type { Comparison } from '../model/model.ts';

/** The same with its sides exchanged. */
export const flipped: Readonly<Record<Comparison, Comparison>> = {
  is: 'is',
  'is not': 'is not',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** True where the other is false. */
export const contrary: Readonly<Record<Comparison, Comparison>> = {
  is: 'is not',
  'is not': 'is',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
