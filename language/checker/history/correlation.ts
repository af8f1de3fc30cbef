// Finds the comparisons of a pattern's condition that relate an event to the current request:
// `event.result.account is action.account`. A session stores the values of the event's member like those after `per`, so
// that the later request need not be known when the event is recorded.

import { isEntry } from '../../model/entries.ts';
import type { ComparedMembers, Expr, ReadExpr, SelectorExpr, Variable } from '../../model/model.ts';
import { flattenConjunction, unwrapBinding } from '../../model/operands.ts';
import { isEquatable } from '../../types/types.ts';

export interface ExtractedCorrelations {
  /** The conjuncts that the event alone must decide. */
  readonly ofEvent: readonly Expr[];
  readonly correlations: readonly ComparedMembers[];
}

/** Splits a condition, of which all conjuncts must be true. */
export function extractCorrelations(condition: Expr, event: Variable): ExtractedCorrelations {
  const conjuncts = flattenConjunction(condition);
  const correlations = conjuncts.map((conjunct) => toCorrelation(conjunct, event));
  if (correlations.every((correlation) => correlation === undefined)) {
    return { ofEvent: [condition], correlations: [] };
  }
  return {
    ofEvent: conjuncts.filter((_, index) => correlations[index] === undefined),
    correlations: correlations.filter((correlation) => correlation !== undefined),
  };
}

function toCorrelation(expr: Expr, event: Variable): ComparedMembers | undefined {
  if (expr.kind !== 'Compare' || expr.operator !== 'is') return undefined;
  const [left, right] = [unwrapBinding(expr.left), unwrapBinding(expr.right)];
  const isLeft = isMemberOfEvent(left, event);
  const [ofEvent, ofRequest] = isLeft ? [left, right] : [right, left];
  if (!isMemberOfEvent(ofEvent, event) || !isMemberOfRequest(ofRequest)) return undefined;
  return isEquatable(ofEvent.type) ? { origin: 'where', ofEvent, ofRequest } : undefined;
}

function isMemberOfEvent(expr: Expr, event: Variable): expr is ReadExpr {
  return isMember(expr) && expr.kind === 'Read' && expr.from === event && !canBeStale(expr);
}

function isMemberOfRequest(expr: Expr): expr is ReadExpr | SelectorExpr {
  if (!isMember(expr)) return false;
  return expr.kind === 'Selector' || (typeof expr.from === 'string' && !canBeStale(expr));
}

/** Whether it is a member of a record, and not the entry of a map. */
export function isMember(expr: Expr): expr is ReadExpr | SelectorExpr {
  return expr.kind === 'Selector' || (expr.kind === 'Read' && !expr.members.some(isEntry));
}

export function canBeStale(expr: ReadExpr | SelectorExpr): boolean {
  return (
    expr.kind === 'Read' && !expr.latest && expr.members.some(({ fresh }) => fresh !== undefined)
  );
}
