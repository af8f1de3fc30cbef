// Merges the constraints of the narrows that fired, each by its declared merge rule.

import type { JsonValue } from '@nhipol/runtime/abi';
import type { Constraint, LoweredPath, Setting } from '../model/model.ts';
import { invariant } from '../support/invariant.ts';
import { isSameValue, type Value } from '../types/types.ts';
import { toJson } from '../types/values.ts';
import { type ExpressionEvaluator, extractScalars } from './expressions.ts';

export interface Merged {
  readonly constraints: Readonly<Record<string, JsonValue>>;
  /** The constraints that could not be merged. */
  readonly conflicts: ReadonlySet<Constraint>;
}

/** Merges the settings of each constraint. */
export function mergeSettings(
  settings: readonly Setting[],
  expressions: ExpressionEvaluator,
): Merged {
  const merged = new Map<Constraint, Value>();
  const conflicts = new Set<Constraint>();
  for (const { constraint, value } of settings) {
    const next = extractScalars(expressions.evaluate(value).value);
    invariant(next !== undefined, `constraint ${constraint.name} without a value`);
    const before = merged.get(constraint);
    const both = before === undefined ? next : mergeTwo(constraint, before, next);
    if (
      both === undefined ||
      (isSetMerge(constraint) && before !== undefined && (both as readonly Value[]).length === 0)
    ) {
      conflicts.add(constraint);
    } else merged.set(constraint, both);
  }
  const names = [...merged.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    constraints: Object.fromEntries(
      names.map((constraint) => [
        constraint.name,
        toJson(constraint.type, merged.get(constraint) as Value),
      ]),
    ),
    conflicts,
  };
}

/**
 * The values of the paths, each lowered to all of its constraints, or `undefined` if a set would be empty.
 */
export function mergeLowered(
  lowered: readonly LoweredPath[],
  expressions: ExpressionEvaluator,
): Readonly<Record<string, JsonValue>> | undefined {
  const merged = new Map<string, { readonly constraint: Constraint; readonly value: Value }>();
  for (const { path, constraint, value } of lowered) {
    const next = extractScalars(expressions.evaluate(value).value);
    invariant(next !== undefined, `${path} without a value`);
    const before = merged.get(path);
    const both = before === undefined ? next : mergeTwo(constraint, before.value, next);
    invariant(both !== undefined, 'limits can be merged');
    if (Array.isArray(both) && both.length === 0) return undefined;
    merged.set(path, { constraint, value: both });
  }
  return Object.fromEntries(
    [...merged.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { constraint, value }]) => [path, toJson(constraint.type, value)]),
  );
}

function isSetMerge(constraint: Constraint): boolean {
  return constraint.type.kind === 'Set' && constraint.merge !== 'must agree';
}

function mergeTwo(constraint: Constraint, a: Value, b: Value): Value | undefined {
  if (constraint.merge === 'must agree') return isSameValue(a, b) ? a : undefined;
  if (isSetMerge(constraint)) {
    return (a as readonly Value[]).filter((element) => (b as readonly Value[]).includes(element));
  }
  const smaller = (a as bigint | number) <= (b as bigint | number);
  return (constraint.merge === 'largest wins') === smaller ? b : a;
}
