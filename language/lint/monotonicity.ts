// Walks a condition and tells of each part whether the whole rises or falls with it: whether its
// being true helps the whole to be. What stands in a predicate or a `let` is told where that is used.

import type { Expr } from '../model/model.ts';
import type { Span } from '../support/source.ts';

export interface Part {
  readonly expr: Expr;
  /** Whether the whole rises with it. */
  readonly rises: boolean;
  /** Where it stands, or what brings it in. */
  readonly span: Span;
}

/** Every condition that a condition is made of, once for each direction. */
export function conditionsIn(condition: Expr): readonly Part[] {
  const found: Part[] = [];
  const seen = { true: new Set<Expr>(), false: new Set<Expr>() };
  const open: { expr: Expr; rises: boolean; at: Span | undefined }[] = [
    { expr: condition, rises: true, at: undefined },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expr, rises, at } = next;
    if (seen[`${rises}`].has(expr)) continue;
    seen[`${rises}`].add(expr);
    found.push({ expr, rises, span: at ?? expr.span });
    const push = (inner: Expr, same = true, from = at) =>
      open.push({ expr: inner, rises: rises === same, at: from });
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
    }
  }
  return found;
}
