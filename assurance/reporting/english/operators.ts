// Operators in words: comparisons and aggregates, and the languages of patterns.

import type { AggregateForm, Comparison, Type } from '@nhipol/language/types';

export const aggregates: Readonly<Record<AggregateForm, string>> = {
  sum: 'the sum of',
  min: 'the smallest',
  max: 'the largest',
};

export function describeComparison(operator: Comparison, type: Type): string {
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

export const languages = {
  glob: 'pattern',
  regex: 'regular expression',
  spiffe: 'SPIFFE pattern',
} as const;
