// The comparison operators, and how they relate to each other.

export type Comparison = 'is' | 'is not' | '<' | '<=' | '>' | '>=';

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
