// Whether a decision point should get requests.

import type { DecisionPoint } from './decision-point.ts';

/** Why it should get none, or `undefined` if it is ready. */
export function explainUnready({ sessions, lines }: DecisionPoint): string | undefined {
  const why = sessions.unready();
  if (why !== undefined) return why;
  return lines.isBlocked ? 'the decision log cannot be written' : undefined;
}
