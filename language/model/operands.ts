// The operands of each kind of checked expression, for all code that walks expressions.

import { throwUnreachable } from '../support/invariant.ts';
import { listEntryKeys } from './entries.ts';
import type {
  AggregateExpr,
  EventKey,
  EventPattern,
  Expr,
  HistoryTerm,
  QuantifierExpr,
  ReadExpr,
  SelectorExpr,
} from './model.ts';

/**
 * All sub-expressions of the roots, each once, even if several uses of a `let` share it. `within` restricts
 * the operands that are followed.
 */
export function collectExprs(
  roots: readonly Expr[],
  within: (expr: Expr) => readonly Expr[] = listOperands,
): ReadonlySet<Expr> {
  const seen = new Set<Expr>();
  const open = [...roots];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (seen.has(expr)) continue;
    seen.add(expr);
    open.push(...within(expr));
  }
  return seen;
}

const reading: ReadonlySet<Expr['kind']> = new Set([
  ...(['Read', 'Selector', 'Now', 'Age', 'Variable', 'History'] as const),
]);

/** Whether the value is the same for every request and all contents of external tables. */
export function isConstant(expr: Expr): boolean {
  return [...collectExprs([expr])].every(
    (part) => !reading.has(part.kind) && !(part.kind === 'Lookup' && part.table.external),
  );
}

interface TermParts {
  /** Expressions over the events of its first pattern. */
  readonly ofEvent: readonly Expr[];
  /** Expressions over the facts of the request. */
  readonly ofRequest: readonly Expr[];
}

/** The expressions of a history term besides the expressions of its patterns. */
export function findTermParts(term: HistoryTerm): TermParts {
  switch (term.form) {
    case 'once':
    case 'count':
    case 'since':
      return { ofEvent: [], ofRequest: [] };
    case 'sum':
      return { ofEvent: [term.member], ofRequest: [term.bound] };
    case 'last':
      return { ofEvent: [term.field], ofRequest: [] };
  }
}

/** The event patterns of a history term: two for `since`, otherwise one. */
export function listTermPatterns({
  pattern,
  start,
}: {
  readonly pattern: EventPattern;
  readonly start?: EventPattern;
}): readonly EventPattern[] {
  return start === undefined ? [pattern] : [pattern, start];
}

/** Expressions that bind a variable to each element of a collection. */
export function isOverElements(expr: Expr): expr is QuantifierExpr | AggregateExpr {
  return expr.kind === 'Quantifier' || expr.kind === 'Aggregate';
}

/** The operands that have a value for each element. */
export function listPartsPerElement(expr: QuantifierExpr | AggregateExpr): readonly Expr[] {
  return listOperands(expr).filter((operand) => operand !== expr.collection);
}

/** The value that names refer to. */
export function unwrapBinding(expr: Expr): Expr {
  return expr.kind === 'Binding' ? unwrapBinding(expr.binding.value) : expr;
}

/** The conditions that must all be true, also those that names refer to, or the condition alone if it is another. */
export function flattenConjunction(condition: Expr): readonly Expr[] {
  const inner = unwrapBinding(condition);
  return inner.kind === 'And' ? inner.operands.flatMap(flattenConjunction) : [inner];
}

export function listOperands(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'Read':
      return listEntryKeys(expr);
    case 'Constant':
    case 'Selector':
    case 'Now':
    case 'Variable':
      return [];
    case 'Binding':
      return [expr.binding.value];
    case 'Lookup':
      return expr.keys;
    case 'Apply':
      return expr.args;
    case 'Compare':
      return [expr.left, expr.right];
    case 'Age':
    case 'InWindow':
    case 'Calendar':
      return [expr.of];
    case 'And':
    case 'Or':
      return expr.operands;
    case 'Not':
    case 'Known':
    case 'Presence':
      return [expr.operand];
    case 'Quantifier':
      return [expr.collection, expr.body];
    case 'Aggregate':
      return [
        expr.collection,
        ...(expr.condition === undefined ? [] : [expr.condition]),
        expr.body,
      ];
    case 'If':
      return [expr.condition, expr.then, expr.else];
    case 'Else':
      return [expr.value, expr.fallback];
    case 'Set':
      return expr.elements;
    // A pattern refers to its events; its key and the bound of a sum refer to the request.
    case 'History':
      return [
        ...listTermPatterns(expr.term).flatMap(({ key }) => listKeyReads(key)),
        ...findTermParts(expr.term).ofRequest,
      ];
    default:
      return throwUnreachable(expr);
  }
}

/** The quantifiers of `any x in a, b satisfies …`, one for each collection; `undefined` for other expressions. */
export function splitCollections(expr: Expr): readonly QuantifierExpr[] | undefined {
  if (expr.kind !== 'And' && expr.kind !== 'Or') return undefined;
  const { start, end } = expr.span;
  const parts = expr.operands.filter(
    (operand) =>
      operand.kind === 'Quantifier' && operand.span.start === start && operand.span.end === end,
  );
  return parts.length === expr.operands.length ? (parts as readonly QuantifierExpr[]) : undefined;
}

/** The members of the request that a key consists of. */
export function listKeyReads(key: EventKey | undefined): readonly (ReadExpr | SelectorExpr)[] {
  return key?.parts.map(({ ofRequest }) => ofRequest) ?? [];
}
