// Computes the range of a number that holds for every request, from declared ranges, constants,
// rows of tables and operators. A time that moves with the clock counts by its offset from the
// clock, as in the evaluator.

import { findRole } from '../../model/builtins.ts';
import type { ApplyExpr, Comparison, Expr, LookupExpr, Table } from '../../model/model.ts';
import {
  clampTo64Bits,
  computeHull,
  int64Range,
  isSubrange,
  makeSingleRange,
  type Range,
} from '../../types/ranges.ts';
import { firstInstant, lastInstant } from '../../types/time/instant.ts';
import type { Type, Value } from '../../types/types.ts';
import { isClockFree } from './time.ts';

const intervals = new WeakMap<Expr, Range>();

/** Returns the widest range for what is not a number. */
export function inferInterval(expr: Expr): Range {
  if (expr.kind === 'Constant' || expr.kind === 'Read') return findInterval(expr);
  const before = intervals.get(expr);
  if (before !== undefined) return before;
  const interval = findInterval(expr);
  intervals.set(expr, interval);
  return interval;
}

function findInterval(expr: Expr): Range {
  switch (expr.kind) {
    case 'Constant':
      return typeof expr.value === 'bigint' ? makeSingleRange(expr.value) : int64Range;
    case 'Read':
    case 'Variable':
      return findDeclaredRange(expr.type);
    case 'Now':
    case 'Age':
      return makeSingleRange(0n);
    case 'Binding':
      return inferInterval(expr.binding.value);
    case 'Calendar':
      return expr.field === 'time_of_day' ? timesOfDay : int64Range;
    case 'Lookup':
      return computeRowsRange(expr);
    case 'Apply':
      return clampTo64Bits(findResultRange(expr)?.range ?? int64Range);
    case 'Aggregate':
      return expr.form === 'sum' ? boundSum(inferInterval(expr.body)) : inferInterval(expr.body);
    case 'If':
      return computeHull(inferInterval(expr.then), inferInterval(expr.else));
    case 'Else':
      return computeHull(inferInterval(expr.value), inferInterval(expr.fallback));
    default:
      expr.kind satisfies
        | ('Selector' | 'Compare' | 'InWindow' | 'And' | 'Or' | 'Not' | 'Known')
        | ('Presence' | 'Quantifier' | 'Set' | 'History');
      return int64Range;
  }
}

/** Any number of summands, which may be none. */
function boundSum({ min, max }: Range): Range {
  return { min: min < 0n ? int64Range.min : 0n, max: max > 0n ? int64Range.max : 0n };
}

const day = 86_400_000n;
const timesOfDay: Range = { min: 0n, max: day - 1n };
/** With an offset, RFC 3339 reaches one day beyond the years 0 to 9999. */
const instants: Range = { min: firstInstant - day, max: lastInstant + day };

function findDeclaredRange(type: Type): Range {
  if (type.kind === 'Timestamp') return instants;
  return (type.kind === 'Int' || type.kind === 'Decimal' ? type.range : undefined) ?? int64Range;
}

const rows = new WeakMap<Table, Range | undefined>();

function computeRowsRange({ table, type }: LookupExpr): Range {
  if (!rows.has(table)) rows.set(table, computeValuesRange(table.rows.map((row) => row.value)));
  return rows.get(table) ?? findDeclaredRange(type);
}

function computeValuesRange(values: readonly Value[]): Range | undefined {
  const [first, ...others] = values
    .filter((value) => typeof value === 'bigint')
    .map((value) => makeSingleRange(value));
  return first && computeHull(first, ...others);
}

function findResultRange(expr: ApplyExpr) {
  const [counted] = expr.args;
  if (findRole(expr) === 'count' && counted?.kind === 'Lookup') {
    const sizes = counted.table.rows.map((row) => BigInt((row.value as readonly Value[]).length));
    const range = computeValuesRange(sizes);
    if (range !== undefined) return { range, mayFail: false };
  }
  return expr.builtin.reach?.(expr.args.map(inferInterval));
}

/** Whether a call can fail although its operands have values. */
export function mayFail(expr: ApplyExpr): boolean {
  return expr.builtin.mayFail && (findResultRange(expr)?.mayFail ?? true);
}

/** Whether the difference of any two of their values fits in 64 bits. */
export function canSubtract(minuend: Expr, subtrahend: Expr): boolean {
  const [a, b] = [inferInterval(minuend), inferInterval(subtrahend)];
  return isSubrange({ min: a.min - b.max, max: a.max - b.min }, int64Range);
}

/**
 * The result of a comparison of numbers if it is the same in every request, or `undefined` if it
 * depends.
 */
export function decideComparison(
  operator: Comparison,
  left: Expr,
  right: Expr,
): boolean | undefined {
  const numbers = ['Int', 'Decimal', 'Duration', 'Timestamp'];
  if (!numbers.includes(left.type.kind) || !isClockFree(left) || !isClockFree(right))
    return undefined;
  const [a, b] = [inferInterval(left), inferInterval(right)];
  const disjoint = a.max < b.min || a.min > b.max;
  const same = a.min === a.max && b.min === b.max && a.min === b.min;
  const orders = {
    '<': [a.max < b.min, a.min >= b.max],
    '<=': [a.max <= b.min, a.min > b.max],
    '>': [a.min > b.max, a.max <= b.min],
    '>=': [a.min >= b.max, a.max < b.min],
    is: [same, disjoint],
    'is not': [disjoint, same],
  } as const satisfies Record<Comparison, readonly [boolean, boolean]>;
  const [always, never] = orders[operator];
  return always ? true : never ? false : undefined;
}
