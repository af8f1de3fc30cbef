// Mutations of how constraints are merged.

import type { MergeRule } from '../../../language/syntax/ast.ts';
import { becomes, type Operator } from '../operator.ts';

const otherMerges: Readonly<Partial<Record<MergeRule, string>>> = {
  'smallest wins': 'largest',
  'largest wins': 'smallest',
};

const merge: Operator = {
  name: 'merge',
  doc: 'the largest of several values of a constraint wins instead of the smallest',
  changes: (node, { written }) => {
    if (node.kind !== 'Constraint') return [];
    const word = written.next(node.type.span.end, 'smallest', 'largest');
    const other = otherMerges[node.merge];
    return word === undefined || other === undefined
      ? []
      : [becomes(written.replace(word, other), word.word)];
  },
};

export const declarationOperators: readonly Operator[] = [merge];
