// Finds the narrows that fired and whose constraints conflict: each of them fires as `deny`.

import type { Contribution } from './contribution.ts';
import type { ExpressionEvaluator } from './expressions.ts';
import { mergeSettings } from './merge.ts';

/** Returns the same contributions in the same order, with those in conflict as `deny`. */
export function settleConflicts(
  contributions: readonly Contribution[],
  expressions: ExpressionEvaluator,
): readonly Contribution[] {
  const narrows = contributions.filter(
    (contribution) => contribution.effect === 'narrow' && contribution.fired,
  );
  const { conflicts } = mergeSettings(
    narrows.flatMap((contribution) => contribution.narrowing?.settings ?? []),
    expressions,
  );
  return contributions.map((contribution) =>
    narrows.includes(contribution) &&
    contribution.narrowing?.settings.some((s) => conflicts.has(s.constraint))
      ? toDeny(contribution)
      : contribution,
  );
}

/** The `deny` that replaces a narrow whose constraints cannot be merged. */
function toDeny(contribution: Contribution): Contribution {
  const reasons = contribution.reasons.map((reason) => ({ ...reason, demands: [] }));
  return { ...contribution, effect: 'deny', narrowing: undefined, lowered: undefined, reasons };
}
