// The decisions that one call of a tool needs: all of them must permit it.

import type { Call } from '../../engine/call.ts';
import type { DecideDetails, Decision, EngineSession } from '../../engine/engine-session.ts';

export interface AllDecided {
  /** The decision that refuses the call, or `undefined` if none does. */
  readonly refused: Decision | undefined;
  readonly permits: readonly Decision[];
}

/** Decides until one refuses. */
export function decideAll(
  session: EngineSession,
  calls: readonly Call[],
  details: DecideDetails,
): AllDecided {
  const permits: Decision[] = [];
  for (const call of calls) {
    const decision = session.decide(call, details);
    if (!decision.isPassed) {
      // An approval is for a call that needs one decision.
      const refused = calls.length === 1 ? decision : { ...decision, digest: undefined };
      return { refused, permits };
    }
    permits.push(decision);
  }
  return { refused: undefined, permits };
}

/**
 * The digest that an approval of the call is bound to, or `undefined` if the call needs several decisions, or has no
 * canonical form.
 */
export function computeCallsDigest(
  calls: readonly Call[],
  session: EngineSession,
): string | undefined {
  const [call, ...others] = calls;
  return call === undefined || others.length > 0 ? undefined : session.computeDigest(call);
}
