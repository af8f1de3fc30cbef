// Converts the condition of a rule or group. Expressions in braces without commas are the body of a Rego
// rule, not a set: they are reported and read as a conjunction. The checker handles other braces by type.

import { joinSpans } from '../../support/source.ts';
import type { ExprNode } from '../ast.ts';
import type { ExpressionCstNode } from '../cst.generated.ts';
import { createForeignRow, reportForeign } from '../foreign/report.ts';
import { findPart, getNodeSpan, type ParsedSource, requirePart, requireWhole } from './cst.ts';
import { toExpr } from './expressions.ts';

export function toCondition(source: ParsedSource, node: ExpressionCstNode): ExprNode {
  const braced = findBracedBody(node);
  if (braced === undefined) return toExpr(source, node);
  const span = getNodeSpan(source, node);
  const conditions = requireWhole(braced).map((part) => toExpr(source, part));
  const [first, ...others] = conditions;
  if (first === undefined) return toExpr(source, node);
  const edits = [
    { span: { ...span, end: span.start + 1 }, text: '(' },
    ...others.map((exprNode) => ({
      span: { ...exprNode.span, end: exprNode.span.start },
      text: 'and ',
    })),
    { span: { ...span, start: span.end - 1 }, text: ')' },
  ];
  const opening = { ...span, end: span.start + 1 };
  reportForeign(source, createForeignRow('sign', '{ … }'), opening, {
    word: '{',
    fix: { title: 'write `(…)`', edits },
  });
  return others.reduce<ExprNode>(
    (left, right) => ({
      kind: 'Binary',
      span: joinSpans(left.span, right.span),
      operator: 'and',
      left,
      right,
    }),
    first,
  );
}

/** Returns the expressions in braces, if these are the whole condition and have no commas. */
function findBracedBody({ children }: ExpressionCstNode): readonly ExpressionCstNode[] | undefined {
  const [term, ...others] = requireWhole(children.term);
  if (term === undefined || others.length > 0 || children.operator !== undefined) return undefined;
  const { prefix, suffix, operand } = term.children;
  if (prefix !== undefined || suffix !== undefined) return undefined;
  const { expression = [], Comma = [] } =
    findPart(requirePart(operand).children.setLiteral)?.children ?? {};
  return expression.length > 1 && Comma.length === 0 ? expression : undefined;
}
