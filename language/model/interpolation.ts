// Strings with placeholders as checked expressions: what their parts may be, and their text. They are
// operands of comparisons, where the module compares part by part, and values of obligations.

import type { Span } from '../support/source.ts';
import type { Resolution } from '../types/builtins/builtin.ts';
import { string, type Type, type Value } from '../types/types.ts';
import { showValue } from '../types/values.ts';
import type { ApplyExpr, Expr } from './model.ts';

/** Neither is a builtin that an author could name. */
const joined = 'interpolate';
const shown = 'text of';

export interface Interpolation extends ApplyExpr {
  readonly builtin: Resolution & { readonly name: typeof joined };
}

/** The value of an enum member, an Int or a Bool as text. */
export interface ShownValue extends ApplyExpr {
  readonly builtin: Resolution & { readonly name: typeof shown };
}

export function isInterpolation(expr: Expr): expr is Interpolation {
  return expr.kind === 'Apply' && expr.builtin.name === joined;
}

export function isShownValue(expr: Expr): expr is ShownValue {
  return expr.kind === 'Apply' && expr.builtin.name === shown;
}

/** Whether a placeholder may have the type. */
export function isShowable(type: Type): boolean {
  return ['String', 'SpiffeId', 'Int', 'Bool', 'Enum'].includes(type.kind);
}

/** The parts in turn, which are strings or SPIFFE IDs. */
export function interpolation(parts: readonly Expr[], span: Span): Expr {
  const builtin: Resolution = {
    name: joined,
    result: string,
    evaluate: (values) => values.join(''),
    assembly: 'joinText',
    mayFail: false,
  };
  return { kind: 'Apply', builtin, args: interpolationParts(parts), type: string, span };
}

/** A value of a type that is showable as a string. */
export function asText(expr: Expr): Expr {
  const { kind } = expr.type;
  if (expr.kind === 'Constant') {
    return { ...expr, type: string, value: showValue(expr.type, expr.value) };
  }
  if (kind === 'String' || kind === 'SpiffeId') return expr;
  const builtin: Resolution = {
    name: shown,
    result: string,
    evaluate: ([value]) => showValue(expr.type, value as Value),
    assembly: 'joinInteger',
    mayFail: false,
  };
  return { kind: 'Apply', builtin, args: [expr], type: string, span: expr.span };
}

/** With neighboring constants in one. */
export function interpolationParts(parts: readonly Expr[]): readonly Expr[] {
  const merged: Expr[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    if (part.kind === 'Constant' && before?.kind === 'Constant') {
      merged[merged.length - 1] = { ...before, value: `${before.value}${part.value}` };
    } else merged.push(part);
  }
  return merged;
}
