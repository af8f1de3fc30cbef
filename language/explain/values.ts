// The values that a condition was made of, each beneath what it is a value of: what the source does
// not say itself.

import type { Binding, Expr } from '../model.ts';
import { operandsOf } from '../operands.ts';
import { causeOf } from './causes.ts';
import type { Part } from './explanation.ts';
import type { View } from './view.ts';
import { readsAt } from './windows.ts';

/** `seen`: bindings that have been told; they are not told again. */
export function valuesOf(expr: Expr, view: View, seen: Set<Binding>): readonly Part[] {
  if (expr.kind === 'Constant') return isNamed(expr, view) ? [shownValue(expr, view, [])] : [];
  // What is within is told for elements, not for itself.
  if (expr.kind === 'Quantifier') {
    return [shownValue(expr, view, valuesOf(expr.collection, view, seen))];
  }
  if (expr.kind === 'Set') return within(expr, view, seen);
  if (expr.kind === 'Binding') {
    if (seen.has(expr.binding)) return [shownValue(expr, view, [])];
    seen.add(expr.binding);
  }
  return [shownValue(expr, view, within(expr, view, seen))];
}

/** Those of all operands, each once. */
export function within(expr: Expr, view: View, seen: Set<Binding>): readonly Part[] {
  const found = new Map<string, Part>();
  for (const operand of operandsOf(expr)) {
    for (const part of valuesOf(operand, view, seen)) {
      const key = `${part.at.text} ${part.value}`;
      if (!found.has(key)) found.set(key, part);
    }
  }
  return [...found.values()];
}

function shownValue(expr: Expr, view: View, parts: readonly Part[]): Part {
  const cause = causeOf(expr, view);
  const says = expr.kind === 'Calendar' ? clockIn(expr, view) : undefined;
  return {
    role: 'value',
    form: expr.kind,
    at: view.spot(expr.span),
    value: expr.type.kind === 'Record' ? record(cause === undefined) : view.shown(expr),
    ...(says === undefined ? {} : { says }),
    ...(cause === undefined ? {} : { cause }),
    parts,
  };
}

function record(isThere: boolean): string | null {
  return isThere ? '{ … }' : null;
}

function clockIn(expr: Expr & { kind: 'Calendar' }, view: View): string | undefined {
  const instant = view.value(expr.of);
  return instant === undefined ? undefined : readsAt(expr.zone, instant as bigint);
}

/** A constant by its name; any other says itself what it is. */
function isNamed(expr: Expr, view: View): boolean {
  const { text } = view.spot(expr.span);
  return (
    /^[a-z_][A-Za-z0-9_]*$/.test(text) && text !== view.shown(expr) && expr.type.kind !== 'Enum'
  );
}
