// Merges the constraints of the narrows that fired, each by its declared merge rule.

import type { JsonValue } from '@nhipol/runtime/abi';
import type { Constraint, Setting } from '../model/model.ts';
import { invariant } from '../support/invariant.ts';
import { sameValue, type Value } from '../types/types.ts';
import { toJson } from '../types/values.ts';
import { type Expressions, scalars } from './expressions.ts';

export interface Merged {
  readonly constraints: Readonly<Record<string, JsonValue>>;
  /** The constraints that could not be merged. */
  readonly conflicts: ReadonlySet<Constraint>;
}

/** Merges the settings of each constraint. */
export function mergeSettings(settings: readonly Setting[], expressions: Expressions): Merged {
  const merged = new Map<Constraint, Value>();
  const conflicts = new Set<Constraint>();
  for (const { constraint, value } of settings) {
    const next = scalars(expressions.evaluate(value).value);
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

function isSetMerge(constraint: Constraint): boolean {
  return constraint.type.kind === 'Set' && constraint.merge !== 'must agree';
}

function mergeTwo(constraint: Constraint, a: Value, b: Value): Value | undefined {
  if (constraint.merge === 'must agree') return sameValue(a, b) ? a : undefined;
  if (isSetMerge(constraint)) {
    return (a as readonly Value[]).filter((element) => (b as readonly Value[]).includes(element));
  }
  const smaller = (a as bigint | number) <= (b as bigint | number);
  return (constraint.merge === 'largest wins') === smaller ? b : a;
}
