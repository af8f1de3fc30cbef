// Decides where time can be read: only where the instants at which an answer changes can be
// computed. Counts how often an expression reads the clock, net of what cancels out.

import { findSigns } from '../../model/builtins.ts';
import type { ApplyExpr, Expr } from '../../model/model.ts';

/** The net number of times that an expression reads the clock. */
export interface ClockUse {
  /** +1 or -1 for one net reading; any value other than 0 and ±1 cannot be traced. */
  readonly now: number;
  readonly ages: number;
}

const none: ClockUse = { now: 0, ages: 0 };

/** How the value of a time or duration moves with the clock, or `undefined` if it cannot be traced. */
export function locateClockUse(expr: Expr): ClockUse | undefined {
  if (expr.kind === 'Constant' || expr.kind === 'Read') return none;
  if (!cachedUses.has(expr)) cachedUses.set(expr, findClockUse(expr));
  return cachedUses.get(expr);
}

/** Cached, because an expression is visited often, and a `let` from many places. */
const cachedUses = new WeakMap<Expr, ClockUse | undefined>();

function findClockUse(expr: Expr): ClockUse | undefined {
  if (expr.kind === 'Now') return { now: 1, ages: 0 };
  if (expr.kind === 'Age') return isClockFree(expr.of) ? { now: 0, ages: 1 } : undefined;
  if (expr.kind === 'Calendar') return isClockFree(expr.of) ? none : undefined;
  if (expr.kind === 'Binding') return locateClockUse(expr.binding.value);
  if (expr.kind === 'Apply') return locateApplyUse(expr, expr.args.map(locateClockUse));
  const operands = listValueOperands(expr).map(locateClockUse);
  return operands.every(isSteady) ? none : undefined;
}

function locateApplyUse(
  expr: ApplyExpr,
  uses: readonly (ClockUse | undefined)[],
): ClockUse | undefined {
  const [first, second] = uses;
  if (first === undefined || uses.includes(undefined)) return undefined;
  const signs = findSigns(expr);
  if (signs === undefined) return uses.every(isSteady) ? none : undefined;
  const [one = 1, other = 1] = signs;
  const sum = {
    now: one * first.now + other * (second?.now ?? 0),
    ages: one * first.ages + other * (second?.ages ?? 0),
  };
  return Math.abs(sum.now) + Math.abs(sum.ages) <= 1 && !mixesAges(first, second) ? sum : undefined;
}

/** Two ages never cancel out, because each is cut off at zero by itself. */
function mixesAges(first: ClockUse, second: ClockUse | undefined): boolean {
  return second !== undefined && Math.abs(first.ages) + Math.abs(second.ages) > 1;
}

/** The operands that form the value. Conditions do not count: their edges are known. */
function listValueOperands(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'If':
      return [expr.then, expr.else];
    case 'Else':
      return [expr.value, expr.fallback];
    case 'Set':
      return expr.elements;
    case 'Lookup':
      return expr.keys;
    case 'Quantifier':
      return [expr.collection];
    case 'Aggregate':
      return [expr.collection, expr.body];
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Binding')
        | ('Apply' | 'Compare' | 'Age' | 'InWindow' | 'Calendar' | 'And' | 'Or')
        | ('Not' | 'Known' | 'Presence' | 'History');
      return [];
  }
}

function isSteady(use: ClockUse | undefined): boolean {
  return use !== undefined && use.now === 0 && use.ages === 0;
}

/** Whether a value does not move with the clock. */
export function isClockFree(expr: Expr): boolean {
  return isSteady(locateClockUse(expr));
}

/** Whether two sides can be compared: the net reading of the clock is at most one. */
export function isTraceable(left: Expr, right: Expr): boolean {
  const [a, b] = [locateClockUse(left), locateClockUse(right)];
  if (a === undefined || b === undefined || mixesAges(a, b)) return false;
  return Math.abs(a.now - b.now) + Math.abs(a.ages - b.ages) <= 1;
}

/** Whether an instant can be tested against a window: it does not move, or moves with the clock. */
export function mayBeInWindow(of: Expr): boolean {
  const use = locateClockUse(of);
  return use !== undefined && use.ages === 0 && (use.now === 0 || use.now === 1);
}
