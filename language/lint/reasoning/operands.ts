// Finds what is known about an operand before any assumption: from its declaration, from constants
// and from ranges.

import { inferInterval } from '../../checker/expressions/intervals.ts';
import { isClockFree } from '../../checker/expressions/time.ts';
import { findRole } from '../../model/builtins.ts';
import { listEntryKeys } from '../../model/entries.ts';
import type { ApplyExpr, Expr, LookupExpr, ReadExpr } from '../../model/model.ts';
import { int64Range, type Range } from '../../types/ranges.ts';
import { isCollection, isEquatable, isSameType, type Type, type Value } from '../../types/types.ts';
import { anyDomain, createSingleton, type Domain } from './domain.ts';

/** The domain of an operand without assumptions. */
export function inferDomain(expr: Expr): Domain {
  const typed = getTypeDomain(expr.type);
  switch (expr.kind) {
    case 'Constant':
      return createSingleton(expr.value);
    case 'Selector':
    case 'Now':
      return { ...typed, unknown: false };
    case 'Age':
      return { ...typed, range: { ...int64Range, min: 0n } };
    case 'Read':
      return { ...typed, range: inferRange(expr), unknown: mayBeUnknown(expr) };
    case 'Variable': {
      const usable = expr.variable.isElement === true && isAlwaysUsable(expr.type);
      return { ...typed, range: inferRange(expr), unknown: !usable };
    }
    case 'Lookup':
      return getLookupDomain(expr, typed);
    default:
      expr.kind satisfies
        | ('Binding' | 'Apply' | 'Compare' | 'InWindow' | 'Calendar' | 'And' | 'Or')
        | ('Not' | 'Known' | 'Presence' | 'Quantifier' | 'Aggregate' | 'If' | 'Else')
        | ('Set' | 'History');
      return { ...typed, range: inferRange(expr) };
  }
}

function getTypeDomain(type: Type): Domain {
  if (type.kind === 'Bool') return { ...anyDomain, only: [false, true] };
  if (type.kind === 'Enum') return { ...anyDomain, only: [...type.members.keys()] };
  return anyDomain;
}

/** A value that moves with the clock has no range of its own. */
function inferRange(expr: Expr): Range {
  return isClockFree(expr) ? inferInterval(expr) : int64Range;
}

/** Whether a well-formed request can leave the member without a usable value. */
function mayBeUnknown(read: ReadExpr): boolean {
  const { from, members, latest } = read;
  const last = members.at(-1);
  if (listEntryKeys(read).some((key) => inferDomain(key).unknown)) return true;
  if (last === undefined || (typeof from !== 'string' && from.isElement !== true)) return true;
  const stale = !latest && members.some((member) => member.fresh !== undefined);
  const absent = members.some((member) => member.optional) && last.default === undefined;
  return stale || absent || !isAlwaysUsable(last.type);
}

/** Whether every value of the right JSON type is usable. */
function isAlwaysUsable(type: Type): boolean {
  if (isCollection(type)) return !isEquatable(type.element) || isAlwaysUsable(type.element);
  if (type.kind === 'Enum') return type.otherwise !== undefined;
  return (
    type.kind === 'Bool' || type.kind === 'String' || (type.kind === 'Timestamp' && !type.inSeconds)
  );
}

/**
 * The rows of a table are data that others can change: a look-up is only certain to fail for a
 * constant key without a row.
 */
function getLookupDomain({ table, keys }: LookupExpr, typed: Domain): Domain {
  if (table.external || keys.some((key) => key.kind !== 'Constant')) return typed;
  const values = keys.map((key) => (key.kind === 'Constant' ? key.value : undefined));
  const isFound = table.rows.some((row) => row.keys.every((key, index) => key === values[index]));
  return { ...typed, known: isFound, unknown: !isFound };
}

/** Whether comparing two known sides can be unknown, because one of them moves with the clock. */
export function mayLoseTime(left: Expr, right: Expr): boolean {
  const [a, b] = [isClockFree(left), isClockFree(right)];
  if (a && b) return false;
  return !((isNow(left) && b) || (isNow(right) && a));
}

function isNow(expr: Expr): boolean {
  return expr.kind === 'Binding' ? isNow(expr.binding.value) : expr.kind === 'Now';
}

/** The constants in which `in` looks for a value of the same type. */
export function findListedValues(expr: ApplyExpr): readonly Value[] | undefined {
  if (findRole(expr) !== 'membership') return undefined;
  const [value, collection] = expr.args;
  const type = collection?.type;
  if (value === undefined || (type?.kind !== 'Set' && type?.kind !== 'List')) return undefined;
  return isSameType(type.element, value.type) ? listConstants(collection as Expr) : undefined;
}

function listConstants(expr: Expr): readonly Value[] | undefined {
  if (expr.kind === 'Binding') return listConstants(expr.binding.value);
  if (expr.kind === 'Constant') return expr.value as readonly Value[];
  if (expr.kind !== 'Set') return undefined;
  const values = expr.elements.map((element) =>
    element.kind === 'Constant' ? element.value : undefined,
  );
  return values.includes(undefined) ? undefined : (values as readonly Value[]);
}
