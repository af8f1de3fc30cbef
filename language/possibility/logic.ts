// Builds conditions that are true or false, and never unknown, without operands that decide nothing.

import type { Binding, Expr } from '../model/model.ts';
import type { Span } from '../support/source.ts';
import { bool } from '../types/types.ts';

export function makeTruth(value: boolean, span: Span): Expr {
  return { kind: 'Constant', value, type: bool, span };
}

function isConstant(expr: Expr, value: boolean): boolean {
  return expr.kind === 'Constant' && expr.value === value;
}

/** True if all operands are. */
export function joinAll(operands: readonly Expr[], span: Span): Expr {
  return createLogicJunction('And', operands, span);
}

/** True if one of the operands is. */
export function joinSome(operands: readonly Expr[], span: Span): Expr {
  return createLogicJunction('Or', operands, span);
}

function createLogicJunction(kind: 'And' | 'Or', operands: readonly Expr[], span: Span): Expr {
  const absorbing = kind === 'Or';
  if (operands.some((operand) => isConstant(operand, absorbing))) return makeTruth(absorbing, span);
  const rest = [...new Set(operands)].filter((operand) => !isConstant(operand, !absorbing));
  const [first, ...others] = rest;
  if (first === undefined) return makeTruth(!absorbing, span);
  return others.length === 0 ? first : { kind, operands: rest, type: bool, span };
}

export function negateTruth(operand: Expr): Expr {
  const { span } = operand;
  if (operand.kind === 'Constant') return makeTruth(operand.value !== true, span);
  return operand.kind === 'Not' ? operand.operand : { kind: 'Not', operand, type: bool, span };
}

export function testKnown(operand: Expr): Expr {
  const { span } = operand;
  return operand.kind === 'Constant'
    ? makeTruth(true, span)
    : { kind: 'Known', operand, type: bool, span };
}

/** `value` if it is known, otherwise the constant. */
export function createElse(value: Expr, fallback: boolean): Expr {
  const { span } = value;
  if (value.kind === 'Constant') return value;
  return { kind: 'Else', value, fallback: makeTruth(fallback, span), type: bool, span };
}

/** An expression that is evaluated once, however often it is used. */
export function shareExpr(value: Expr): Expr {
  if (value.kind === 'Constant' || value.kind === 'Binding') return value;
  const { type, span } = value;
  const binding: Binding = { name: '', value, span };
  return { kind: 'Binding', binding, type, span };
}
