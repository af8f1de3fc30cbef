// Finds, for each part of a condition, whether the condition rises or falls with it, that is,
// whether the part being true helps the condition to be true. A part in a predicate or a `let` is
// reported where that is used.

import type { Expr } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';

/** A condition within a condition. */
export interface SubCondition {
  readonly expr: Expr;
  /** Whether the condition rises with it. */
  readonly rises: boolean;
  /** The position of the part, or of the name that refers to it. */
  readonly span: Span;
}

/** All conditions within a condition, once for each direction. */
export function listSubConditions(condition: Expr): readonly SubCondition[] {
  const subConditions: SubCondition[] = [];
  const seen = { true: new Set<Expr>(), false: new Set<Expr>() };
  const pending: { expr: Expr; rises: boolean; at: Span | undefined }[] = [
    { expr: condition, rises: true, at: undefined },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { expr, rises, at } = next;
    if (seen[`${rises}`].has(expr)) continue;
    seen[`${rises}`].add(expr);
    subConditions.push({ expr, rises, span: at ?? expr.span });
    const push = (inner: Expr, same = true, from = at) =>
      pending.push({ expr: inner, rises: rises === same, at: from });
    switch (expr.kind) {
      case 'Binding':
        push(expr.binding.value, true, at ?? expr.span);
        break;
      case 'And':
      case 'Or':
        for (const operand of [...expr.operands].reverse()) push(operand);
        break;
      case 'Not':
        push(expr.operand, false);
        break;
      case 'Quantifier':
        push(expr.body);
        break;
      case 'If':
        push(expr.else);
        push(expr.then);
        push(expr.condition, false);
        push(expr.condition);
        break;
      case 'Else':
        push(expr.fallback);
        push(expr.value);
        break;
      default:
        expr.kind satisfies
          | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply')
          | ('Compare' | 'Age' | 'InWindow' | 'Calendar' | 'Known' | 'Presence')
          | ('Aggregate' | 'Set' | 'History');
    }
  }
  return subConditions;
}
