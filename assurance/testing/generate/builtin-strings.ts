// Strings on both sides of what builtins distinguish: paths around a root, and values that are not one segment.

import { type ApplyExpr, type Expr, isComparable } from '@nhipol/language/model';
import type { BuiltinName } from '@nhipol/language/types';

type Examples = (expr: ApplyExpr) => readonly string[];

const listSegmentStrings: Examples = (expr) =>
  isComparable(expr) ? ['', '/', 'a/b', '/a', 'a', ...expr.builtin.refused.slice(0, 1)] : [];

/** Around the root of an `under`: below it, next to it, and not in normal form. */
const listPathStrings: Examples = ({ args }) => {
  const [, root] = args;
  if (root?.kind !== 'Constant') return ['/', '/a', '/a/b', '/a/../b'];
  const text = (root.value as string).replace(/\/$/, '');
  return [`${text}/a`, `${text}a`, `${text}/../a`];
};

/** A builtin without an entry distinguishes no strings by their form. */
const examples: Partial<Record<BuiltinName, Examples>> = {
  normal_path: () => ['/a', '/a/../b'],
  under: listPathStrings,
  'non-empty': listSegmentStrings,
  'segment of': listSegmentStrings,
  'root segment of': listSegmentStrings,
};

/** The strings that a generator tries because of a call of a builtin, none for other expressions. */
export function listExampleStrings(expr: Expr): readonly string[] {
  return expr.kind === 'Apply' ? (examples[expr.builtin.name]?.(expr) ?? []) : [];
}
