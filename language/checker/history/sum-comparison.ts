// Rearranges a comparison so that a `sum` of events is alone on one side: from
// `sum(…) + action.amount > 5_000` to `sum(…) > 5_000 - action.amount`.

import type { Span } from '../../support/source.ts';
import type { BinaryNode, ExprNode, HistoryNode } from '../../syntax/ast.ts';
import { type Comparison, flippedComparisons } from '../../types/comparisons.ts';

export interface SumComparison {
  readonly sum: HistoryNode;
  readonly operator: Comparison;
  readonly bound: ExprNode;
}

/** A sum of terms with one `sum` of events among them; `sign` is the sign of the `sum`. */
interface Side {
  readonly sum: HistoryNode;
  readonly sign: 1 | -1;
  readonly added: readonly ExprNode[];
  readonly subtracted: readonly ExprNode[];
}

/** `undefined` if there is not exactly one `sum`, added or subtracted, on one of the sides. */
export function matchSumComparison(
  operator: Comparison,
  left: ExprNode,
  right: ExprNode,
): SumComparison | undefined {
  const [onLeft, onRight] = [readSide(left), readSide(right)];
  if (onLeft !== undefined) {
    return onRight === undefined ? isolateSum(operator, onLeft, right) : undefined;
  }
  return onRight && isolateSum(flippedComparisons[operator], onRight, left);
}

function isolateSum(operator: Comparison, side: Side, other: ExprNode): SumComparison | undefined {
  const { sum, sign, added, subtracted } = side;
  const [first, ...plus] = sign === 1 ? [other, ...subtracted] : added;
  const minus = sign === 1 ? added : [...subtracted, other];
  if (first === undefined) return undefined;
  const wholeExprNode = plus.reduce((all, exprNode) => joinTerms('+', all, exprNode), first);
  return {
    sum,
    operator: sign === 1 ? operator : flippedComparisons[operator],
    bound: minus.reduce((all, exprNode) => joinTerms('-', all, exprNode), wholeExprNode),
  };
}

function readSide(node: ExprNode): Side | undefined {
  if (isSum(node)) return { sum: node, sign: 1, added: [], subtracted: [] };
  if (node.kind !== 'Binary' || (node.operator !== '+' && node.operator !== '-')) return undefined;
  const [left, right] = [readSide(node.left), readSide(node.right)];
  if (left !== undefined) return right === undefined ? extendSide(left, node) : undefined;
  if (right === undefined) return undefined;
  if (node.operator === '+') return { ...right, added: [node.left, ...right.added] };
  return {
    sum: right.sum,
    sign: right.sign === 1 ? -1 : 1,
    added: [node.left, ...right.subtracted],
    subtracted: right.added,
  };
}

/** The sum of terms on the left, with the operand on the right. */
function extendSide(side: Side, { operator, right }: BinaryNode): Side {
  return operator === '+'
    ? { ...side, added: [...side.added, right] }
    : { ...side, subtracted: [...side.subtracted, right] };
}

function joinTerms(operator: '+' | '-', left: ExprNode, right: ExprNode): BinaryNode {
  return { kind: 'Binary', operator, left, right, span: coverSpans(left.span, right.span) };
}

function coverSpans(a: Span, b: Span): Span {
  return { ...a, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

function isSum(node: ExprNode): node is HistoryNode {
  return node.kind === 'History' && node.form === 'sum';
}
