// Collects the values in a condition, each below the value that contains it, except for those that
// the source shows itself.

import { asFact } from '../evaluator/expressions.ts';
import { type Comparable, isComparable } from '../model/comparable.ts';
import { hasFixedPath } from '../model/entries.ts';
import type { AggregateExpr, Expr, QuantifierExpr } from '../model/model.ts';
import { isOverElements, listOperands, listPartsPerElement } from '../model/operands.ts';
import { spellPath } from '../model/reads.ts';
import type { Fact } from '../request/fact.ts';
import type { Value } from '../types/types.ts';
import { findCause, isUnknown } from './causes.ts';
import type { ExplanationPart } from './explanation.ts';
import { explainEvents } from './history.ts';
import type { EvaluationView } from './view.ts';
import { describeWallClock } from './windows.ts';

/** The maximum number of elements of a collection that are shown. */
export const maxElementsShown = 3;

/** `seen` contains the expressions that were shown before; their parts are not shown again. */
export function explainValues(
  expr: Expr,
  view: EvaluationView,
  seen: Set<Expr>,
): readonly ExplanationPart[] {
  if (expr.kind === 'Constant') return isNamed(expr, view) ? [explainValue(expr, view, [])] : [];
  if (expr.kind === 'Set') return explainInnerValues(expr, view, seen);
  if (isComparable(expr)) return explainComparable(expr, view, seen);
  const unboundExpr = expr.kind === 'Binding' ? expr.binding.value : expr;
  const isShownBefore = seen.has(unboundExpr) && listOperands(expr).length > 0;
  const events = unboundExpr.kind === 'History' ? explainEvents(unboundExpr, view) : [];
  const parts = isShownBefore ? [] : [...explainInnerValues(expr, view, seen), ...events];
  seen.add(unboundExpr);
  return [explainValue(expr, view, parts)];
}

/** The value as it is written, and why a comparison does not take it. */
function explainComparable(
  expr: Comparable,
  view: EvaluationView,
  seen: Set<Expr>,
): readonly ExplanationPart[] {
  const cause = findCause(expr, view);
  const parts = explainValues(expr.args[0] as Expr, view, seen);
  return cause === undefined ? parts : parts.map((part) => ({ ...part, says: cause.says, cause }));
}

/**
 * The values of all operands, each once; for an unknown expression, the values of its unknown operands.
 */
export function explainInnerValues(
  expr: Expr,
  view: EvaluationView,
  seen: Set<Expr>,
): readonly ExplanationPart[] {
  const found = new Map<string, ExplanationPart>();
  const add = (parts: readonly ExplanationPart[]) => {
    for (const part of parts) {
      const key = `${part.name} ${part.value}`;
      if (!found.has(key)) found.set(key, part);
    }
  };
  for (const operand of listDecidingOperands(expr, view)) add(explainValues(operand, view, seen));
  if (isOverElements(expr)) {
    for (const element of listShownElements(expr, view))
      for (const part of listPartsPerElement(expr))
        add(explainValues(part, element, new Set(seen)));
  }
  return [...found.values()];
}

/** The views of the first elements that make the whole unknown; of an aggregate with a value, of the first elements. */
function listShownElements(
  expr: QuantifierExpr | AggregateExpr,
  view: EvaluationView,
): readonly EvaluationView[] {
  const { value } = view.evaluateExpr(expr.collection);
  const isOpen = isUnknown(expr, view);
  if (!Array.isArray(value) || (expr.kind === 'Quantifier' && !isOpen)) return [];
  return listElementViews(expr, value as readonly (Fact | Value)[], view)
    .filter(
      (element) => !isOpen || listPartsPerElement(expr).some((part) => isUnknown(part, element)),
    )
    .slice(0, maxElementsShown);
}

/** A view for each element of the collection. */
export function listElementViews(
  { variable }: QuantifierExpr | AggregateExpr,
  elements: readonly (Fact | Value)[],
  view: EvaluationView,
): readonly EvaluationView[] {
  return elements.map((element) => view.within(variable, asFact(element)));
}

function listDecidingOperands(expr: Expr, view: EvaluationView): readonly Expr[] {
  // The other parts only have values for single elements.
  const operands = isOverElements(expr) ? [expr.collection] : listOperands(expr);
  const unknown = isUnknown(expr, view)
    ? operands.filter((operand) => isUnknown(operand, view))
    : [];
  return unknown.length > 0 ? unknown : operands;
}

function explainValue(
  expr: Expr,
  view: EvaluationView,
  parts: readonly ExplanationPart[],
): ExplanationPart {
  const cause = findCause(expr, view);
  const says = expr.kind === 'Calendar' ? describeClock(expr, view) : undefined;
  const at = view.spot(expr.span);
  const isPath = expr.kind === 'Read' && hasFixedPath(expr) && !expr.latest;
  return {
    role: 'value',
    form: expr.kind,
    at,
    name: isPath ? spellPath(expr) : at.text,
    value: expr.type.kind === 'Record' ? record(cause === undefined) : view.formatValue(expr),
    ...(says === undefined ? {} : { says }),
    ...(cause === undefined ? {} : { cause }),
    parts,
  };
}

function record(isPresent: boolean): string | null {
  return isPresent ? '{ … }' : null;
}

function describeClock(
  expr: Expr & { kind: 'Calendar' },
  view: EvaluationView,
): string | undefined {
  const instant = view.isSecret(expr.of) ? undefined : view.value(expr.of);
  return instant === undefined ? undefined : describeWallClock(expr.zone, instant as bigint);
}

/** Whether a constant is written as a name; a literal shows its value itself. */
function isNamed(expr: Expr, view: EvaluationView): boolean {
  const { text } = view.spot(expr.span);
  return (
    /^[a-z_][A-Za-z0-9_]*$/.test(text) &&
    text !== view.formatValue(expr) &&
    expr.type.kind !== 'Enum'
  );
}
