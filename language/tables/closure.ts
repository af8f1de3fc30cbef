// Closes the rows of a transitive table: a key has all values that can be reached from it, and not itself unless there
// is a cycle, which is an error. A value without a row of its own leads nowhere: it gets a row without values.

import { requestLimits } from '@nhipol/runtime/abi';
import type { TableRow } from '../model/model.ts';
import type { Value } from '../types/types.ts';

/** Why rows cannot be closed: a row leads back to its own key, or to too many values. */
export interface Unclosed {
  /** The index of the first such row. */
  readonly row: number;
  /** The keys from the row's own key back to it, or `undefined` if it leads to too many values. */
  readonly cycle: readonly Value[] | undefined;
}

export function isUnclosed(rows: readonly TableRow[] | Unclosed): rows is Unclosed {
  return 'row' in rows;
}

export function closeRows(rows: readonly TableRow[]): readonly TableRow[] | Unclosed {
  const direct = new Map(rows.map(({ keys, value }) => [keys[0], value as readonly Value[]]));
  const closed: TableRow[] = [];
  for (const [row, { keys }] of rows.entries()) {
    const start = keys[0] as Value;
    const reached = findReachable(start, direct);
    if (reached.has(start)) return { row, cycle: tracePath(start, reached) };
    if (reached.size > requestLimits.elements) return { row, cycle: undefined };
    closed.push({ keys, value: [...reached.keys()] });
  }
  const others = new Set([...direct.values()].flat().filter((value) => !direct.has(value)));
  return [...closed, ...[...others].map((value) => ({ keys: [value], value: [] }))];
}

/**
 * The values that can be reached, nearest first, each with the key whose row contains it. Ends at `start`, and at the
 * first value that is too many.
 */
function findReachable(
  start: Value,
  direct: ReadonlyMap<Value | undefined, readonly Value[]>,
): ReadonlyMap<Value, Value> {
  const reached = new Map<Value, Value>();
  const open = [start];
  for (const key of open) {
    for (const value of direct.get(key) ?? []) {
      if (reached.has(value)) continue;
      reached.set(value, key);
      if (value === start || reached.size > requestLimits.elements) return reached;
      open.push(value);
    }
  }
  return reached;
}

function tracePath(start: Value, reached: ReadonlyMap<Value, Value>): readonly Value[] {
  const path = [start];
  do path.unshift(reached.get(path[0] as Value) as Value);
  while (path[0] !== start);
  return path;
}
