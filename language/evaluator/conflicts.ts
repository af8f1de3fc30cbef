// Narrows that fired and whose constraints contradict each other: each of them fires as `deny`.

import type { Expressions } from './expressions.ts';
import type { Contribution } from './fired.ts';
import { mergeSettings } from './merge.ts';

/** The same halves in the same order, those in conflict as `deny`. */
export function settleConflicts(
  halves: readonly Contribution[],
  expressions: Expressions,
): readonly Contribution[] {
  const narrows = halves.filter((half) => half.effect === 'narrow' && half.fired);
  const { conflicts } = mergeSettings(
    narrows.flatMap((half) => half.narrowing?.settings ?? []),
    expressions,
  );
  return halves.map((half) =>
    narrows.includes(half) && half.narrowing?.settings.some((s) => conflicts.has(s.constraint))
      ? conflicting(half)
      : half,
  );
}

/** The deny that stands for a narrow whose constraints could not be merged. */
function conflicting(half: Contribution): Contribution {
  const reasons = half.reasons.map((each) => ({ ...each, demands: [] }));
  return { ...half, effect: 'deny', narrowing: undefined, reasons };
}
