// The comparison operators and their relations.

export type Comparison = 'is' | 'is not' | '<' | '<=' | '>' | '>=';

/** The equivalent operator with exchanged operands. */
export const flippedComparisons: Readonly<Record<Comparison, Comparison>> = {
  is: 'is',
  'is not': 'is not',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** The negation of each operator. */
export const negatedComparisons: Readonly<Record<Comparison, Comparison>> = {
  is: 'is not',
  'is not': 'is',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
