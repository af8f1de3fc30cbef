// The values that a condition was made of, each beneath what it is a value of: what the source does
// not say itself.

import type { Expr } from '../model/model.ts';
import { operandsOf } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import { causeOf, isUnknown } from './causes.ts';
import type { Part } from './explanation.ts';
import { eventParts } from './history.ts';
import type { View } from './view.ts';
import { readsAt } from './windows.ts';

/** `seen`: what has been told of already; it is not taken apart again. */
export function valuesOf(expr: Expr, view: View, seen: Set<Expr>): readonly Part[] {
  if (expr.kind === 'Constant') return isNamed(expr, view) ? [shownValue(expr, view, [])] : [];
  if (expr.kind === 'Set') return within(expr, view, seen);
  const known = expr.kind === 'Binding' ? expr.binding.value : expr;
  const isToldOf = seen.has(known) && operandsOf(expr).length > 0;
  const events = known.kind === 'History' ? eventParts(known, view) : [];
  const parts = isToldOf ? [] : [...within(expr, view, seen), ...events];
  seen.add(known);
  return [shownValue(expr, view, parts)];
}

/** Those of all operands, each once; of what is unknown those of its unknown operands. */
export function within(expr: Expr, view: View, seen: Set<Expr>): readonly Part[] {
  const found = new Map<string, Part>();
  for (const operand of decidingOperands(expr, view)) {
    for (const part of valuesOf(operand, view, seen)) {
      const key = `${part.name} ${part.value}`;
      if (!found.has(key)) found.set(key, part);
    }
  }
  return [...found.values()];
}

function decidingOperands(expr: Expr, view: View): readonly Expr[] {
  // What is in a quantifier's body has values for elements alone.
  const operands = expr.kind === 'Quantifier' ? [expr.collection] : operandsOf(expr);
  const unknown = isUnknown(expr, view) ? operands.filter((each) => isUnknown(each, view)) : [];
  return unknown.length > 0 ? unknown : operands;
}

function shownValue(expr: Expr, view: View, parts: readonly Part[]): Part {
  const cause = causeOf(expr, view);
  const says = expr.kind === 'Calendar' ? clockIn(expr, view) : undefined;
  const at = view.spot(expr.span);
  const isPath = expr.kind === 'Read' && typeof expr.from === 'string' && !expr.latest;
  return {
    role: 'value',
    form: expr.kind,
    at,
    name: isPath ? pathOf(expr) : at.text,
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
