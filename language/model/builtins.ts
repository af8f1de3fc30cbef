// The roles of builtins: what analyses of expressions know about each beyond its value. A new builtin has a role here, and an
// entry in the table of each stage.

import type { BuiltinName } from '../types/builtins/names.ts';
import type { ApplyExpr, Expr } from './model.ts';

export type BuiltinRole =
  | ('sum' | 'difference' | 'negation' | 'product' | 'quotient')
  | ('membership' | 'subset' | 'overlap')
  | ('union' | 'intersection' | 'subtraction')
  /** The number of elements of a collection, and of code points of a string. */
  | ('count' | 'length')
  /** A relation between two strings. */
  | 'comparison'
  /** A value that is computed from one operand. */
  | 'conversion'
  /** A string from parts. */
  | 'joining';

const roles: Readonly<Record<BuiltinName, BuiltinRole>> = {
  '+': 'sum',
  '-': 'difference',
  '*': 'product',
  '/': 'quotient',
  negate: 'negation',
  decimal: 'conversion',
  in: 'membership',
  'not in': 'membership',
  within: 'subset',
  'not within': 'subset',
  intersects: 'overlap',
  union: 'union',
  intersect: 'intersection',
  minus: 'subtraction',
  size: 'count',
  length: 'length',
  starts_with: 'comparison',
  ends_with: 'comparison',
  contains: 'comparison',
  matches: 'comparison',
  under: 'comparison',
  lower: 'conversion',
  normal_path: 'conversion',
  spiffe: 'conversion',
  trust_domain: 'conversion',
  path: 'conversion',
  ip: 'conversion',
  cidr: 'conversion',
  version: 'conversion',
  prefix_length: 'conversion',
  int: 'conversion',
  quantity: 'conversion',
  interpolate: 'joining',
  'text of': 'conversion',
  'non-empty': 'conversion',
  'segment of': 'conversion',
  'root segment of': 'conversion',
};

/** The builtin without `not`, for those that are the negation of another one. */
const affirmatives: Partial<Record<BuiltinName, BuiltinName>> = {
  'not in': 'in',
  'not within': 'within',
};

/** The role of the builtin that an expression applies, or `undefined` if it applies none. */
export function findRole(expr: Expr): BuiltinRole | undefined {
  return expr.kind === 'Apply' ? roles[expr.builtin.name] : undefined;
}

/** The builtin whose negation an expression applies, or `undefined` if it applies no negation. */
export function findAffirmative({ builtin }: ApplyExpr): BuiltinName | undefined {
  return affirmatives[builtin.name];
}

/** Whether the expression is the `size` of a list or map, which is known even if elements are not. */
export function isListCount(expr: Expr): boolean {
  return expr.kind === 'Apply' && findRole(expr) === 'count' && expr.args[0]?.type.kind !== 'Set';
}

/**
 * The signs with which the operands of a sum enter it, or `undefined` for other builtins: through these, the clock cannot be
 * traced.
 */
export function findSigns(expr: ApplyExpr): readonly (1 | -1)[] | undefined {
  return signs[roles[expr.builtin.name]];
}

const signs: Partial<Record<BuiltinRole, readonly (1 | -1)[]>> = {
  sum: [1, 1],
  difference: [1, -1],
  negation: [-1],
};
