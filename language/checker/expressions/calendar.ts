// Checks calendar fields, and windows by their names. A field of an instant that moves with the
// clock has no value of its own: a comparison with a constant becomes a test whether the instant is
// in a window, so that it has the edges of the window. Any other use is not traceable.

import { proposeReplacement } from '../../diagnostics/fix.ts';
import { compares } from '../../evaluator/time.ts';
import type { CalendarExpr, CalendarField, Comparison, Expr } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import { didYouMean } from '../../support/suggest.ts';
import type { ExprNode, WindowNode } from '../../syntax/ast.ts';
import { flippedComparisons } from '../../types/comparisons.ts';
import { createTimeOfDayWindow, createWeekdayWindow, fieldTypes } from '../../types/time/fields.ts';
import type { Window } from '../../types/time/window.ts';
import { findZone, suggestZones, type Zone, zoneRelease } from '../../types/time/zones.ts';
import { bool, type Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { isClockFree } from './time.ts';

export function isField(name: string): name is CalendarField {
  return Object.hasOwn(fieldTypes, name);
}

/** The window that a name refers to. */
export function resolveWindow(context: Context, node: ExprNode): WindowNode | undefined {
  if (node.kind !== 'Reference') return undefined;
  const declared = context.find(node.name, node.span.file);
  return declared?.kind === 'Window' ? declared : undefined;
}

/** Resolves the constant name of a time zone; returns undefined after a report. */
export function resolveZone(context: Context, node: ExprNode): Zone | undefined {
  if (node.kind !== 'String') {
    context.reporter.report('zone-not-constant', node.span, {});
    return undefined;
  }
  const zone = findZone(node.value);
  if (zone === undefined) {
    const near = suggestZones(node.value);
    const [only, ...others] = near;
    context.reporter.report(
      'unknown-zone',
      node.span,
      { name: node.value, release: zoneRelease },
      {
        label: only === undefined ? undefined : didYouMean(near),
        fix:
          only === undefined || others.length > 0
            ? undefined
            : proposeReplacement(node.span, JSON.stringify(only)),
      },
    );
  }
  return zone;
}

// --- fields of an instant that moves with the clock ----------------------------------------------

function findMovingField(expr: Expr): CalendarExpr | undefined {
  if (expr.kind === 'Binding') return findMovingField(expr.binding.value);
  return expr.kind === 'Calendar' && !isClockFree(expr.of) ? expr : undefined;
}

/** The constant value of an expression, through `let`s. */
export function findConstant(expr: Expr): Value | undefined {
  if (expr.kind === 'Binding') return findConstant(expr.binding.value);
  if (expr.kind === 'Constant') return expr.value;
  if (expr.kind !== 'Set') return undefined;
  const elements = expr.elements.map(findConstant);
  return elements.includes(undefined) ? undefined : (elements as readonly Value[]);
}

/**
 * Converts a comparison of such a field with a constant to a window, or `undefined` if the expression is
 * not one.
 */
export function compareField(
  operator: Comparison,
  left: Expr,
  right: Expr,
  span: Span,
): Expr | undefined {
  const onLeft = findMovingField(left);
  const field = onLeft ?? findMovingField(right);
  const value = findConstant(onLeft === undefined ? left : right);
  if (field === undefined || value === undefined) return undefined;
  const oriented = onLeft === undefined ? flippedComparisons[operator] : operator;
  if (field.field === 'weekday') {
    return createWeekdayTest(
      field,
      (weekday) => compares(oriented, weekday, value as number),
      span,
    );
  }
  const time = value as bigint;
  return oriented === 'is not'
    ? negateCondition(createWindowTest(field, createTimeOfDayWindow(field.zone, 'is', time), span))
    : createWindowTest(field, createTimeOfDayWindow(field.zone, oriented, time), span);
}

/**
 * Converts `weekday(context.time, "…") in { Sat, Sun }`, or `undefined` if the expression is not of this
 * form.
 */
export function compareFieldSet(left: Expr, right: Expr, span: Span): Expr | undefined {
  const field = findMovingField(left);
  const listed = findConstant(right);
  if (field?.field !== 'weekday' || !Array.isArray(listed)) return undefined;
  return createWeekdayTest(field, (weekday) => listed.includes(weekday), span);
}

/**
 * The operand of `known` for such a field: whether its instant is within the known years of the
 * zone.
 */
export function selectKnowable(operand: Expr): Expr {
  const field = findMovingField(operand);
  return field === undefined ? operand : createWeekdayTest(field, () => false, operand.span);
}

function createWeekdayTest(
  field: CalendarExpr,
  wanted: (weekday: number) => boolean,
  span: Span,
): Expr {
  const weekdays = [0, 1, 2, 3, 4, 5, 6].filter(wanted);
  return createWindowTest(field, createWeekdayWindow(field.zone, weekdays), span);
}

function createWindowTest({ of }: CalendarExpr, window: Window, span: Span): Expr {
  return { kind: 'InWindow', window, of, type: bool, span };
}

export function negateCondition(operand: Expr): Expr {
  return { kind: 'Not', operand, type: bool, span: operand.span };
}
