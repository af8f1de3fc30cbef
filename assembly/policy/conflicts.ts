// Narrows whose values contradict each other: they fire as deny instead.

import { Cell } from '../memory/cells';
import { isLowered, moveToDeny, getNarrow, narrowCount } from '../rules/judging';
import { CONSTRAINT_COUNT, CONSTRAINTS } from '../layout';
import { constrain, listSetConstraints } from './generated';

/** A bit for each constraint whose values contradict each other. */
let conflicts: u64 = 0;

// @ts-ignore: decorator
@inline
export function addConflicts(constraints: u64): void {
  conflicts |= constraints;
}

/** Merges the narrows that fired into the constraints of the answer. */
export function resetConstraints(): void {
  mergeNarrows(false);
}

/** `withLowered`: also those that deny because of values that can be lowered. Returns false if some contradict others. */
export function mergeNarrows(withLowered: bool): bool {
  memory.fill(CONSTRAINTS, 0, CONSTRAINT_COUNT * <i32>offsetof<Cell>());
  conflicts = 0;
  const count = narrowCount();
  for (let at = 0; at < count; at += 1) if (withLowered || !isLowered(at)) constrain(getNarrow(at));
  return conflicts == 0;
}

/** Makes narrows that contradict each other fire as deny. */
export function settleConflicts(): void {
  if (mergeNarrows(false)) return;
  const count = narrowCount();
  for (let at = 0; at < count; at += 1) {
    if (!isLowered(at) && (listSetConstraints(getNarrow(at)) & conflicts) != 0) moveToDeny(at);
  }
}
