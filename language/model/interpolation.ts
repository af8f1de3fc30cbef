// Strings with placeholders as checked expressions: the types of their parts, and their value. They are
// operands of comparisons, which the module compares part by part, and values of obligations.

import type { Span } from '../support/source.ts';
import type { Resolution } from '../types/builtins/builtin.ts';
import { string, type Type, type Value } from '../types/types.ts';
import { showValue } from '../types/values.ts';
import type { ApplyExpr, Expr } from './model.ts';

/** Names of internal builtins; they are not valid names in a policy. */
const joined = 'interpolate';
const shown = 'text of';

export interface Interpolation extends ApplyExpr {
  readonly builtin: Resolution & { readonly name: typeof joined };
}

/** An enum member, an Int or a Bool as a string. */
export interface ShownValue extends ApplyExpr {
  readonly builtin: Resolution & { readonly name: typeof shown };
}

export function isInterpolation(expr: Expr): expr is Interpolation {
  return expr.kind === 'Apply' && expr.builtin.name === joined;
}

export function isShownValue(expr: Expr): expr is ShownValue {
  return expr.kind === 'Apply' && expr.builtin.name === shown;
}

/** Whether a placeholder may have this type. */
export function isShowable(type: Type): boolean {
  return ['String', 'SpiffeId', 'Int', 'Bool', 'Enum'].includes(type.kind);
}

/** Concatenates the parts, which are strings or SPIFFE IDs. */
export function createInterpolation(parts: readonly Expr[], span: Span): Expr {
  return makeInterpolation(listInterpolationParts(parts), span);
}

/** Concatenates parts of which no adjacent ones are constants. */
export function makeInterpolation(args: readonly Expr[], span: Span): Interpolation {
  const builtin: Interpolation['builtin'] = {
    name: joined,
    result: string,
    evaluate: (values) => values.join(''),
    assembly: 'joinText',
    mayFail: false,
  };
  return { kind: 'Apply', builtin, args, type: string, span };
}

/** Converts an expression of a showable type to a string. */
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

/** The parts, with adjacent constants merged. */
export function listInterpolationParts(parts: readonly Expr[]): readonly Expr[] {
  const merged: Expr[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    if (part.kind === 'Constant' && before?.kind === 'Constant') {
      merged[merged.length - 1] = { ...before, value: `${before.value}${part.value}` };
    } else merged.push(part);
  }
  return merged;
}
