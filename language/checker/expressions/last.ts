// The event to which `last` refers, and the member of it that an expression reads.

import { formatField } from '../../evaluator/history/text.ts';
import type { Expr, HistoryExpr, LastTerm, ReadExpr } from '../../model/model.ts';

export type LastExpr = HistoryExpr & { readonly term: LastTerm };

/** The newest event to which an expression refers, through `let`s and `given`s. */
export function asLast(expr: Expr): LastExpr | undefined {
  if (expr.kind === 'Binding') return asLast(expr.binding.value);
  return expr.kind === 'History' && expr.term.form === 'last' ? (expr as LastExpr) : undefined;
}

/** Adds a member to what `last` reads. */
export function withField(last: LastExpr, field: ReadExpr): LastExpr {
  const { term, span } = last;
  const { text, pattern } = term;
  const base = text.slice(0, text.length - formatField(term.field).length);
  const read = { ...term, text: `${base}${formatField(field)}`, pattern, field };
  return { kind: 'History', term: read, type: field.type, span: { ...span, end: field.span.end } };
}
