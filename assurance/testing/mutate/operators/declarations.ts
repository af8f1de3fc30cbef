// Mutations of how constraints are merged, and of what they offer.

import type { MergeRule } from '@nhipol/language/syntax';
import { becomes, createRemoval, type Operator } from '../operator.ts';

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

const lower: Operator = {
  name: 'lower',
  doc: '`or lower` is removed',
  changes: (node, { written }) => {
    if (node.kind !== 'Constraint' || node.path === undefined || !node.lowers) return [];
    const { end } = node.path.span;
    const word = written.next(end, 'lower');
    return word === undefined ? [] : createRemoval(written.put(end, word.end, ''), '`or lower`');
  },
};

export const declarationOperators: readonly Operator[] = [merge, lower];
