// A revoked session stays revoked: by induction over the decisions of a session. A decision in a session that is not
// revoked is that of the rules; in one that is, it is the answer that ended the session. The claim is the step: where a
// session is revoked, the next answer is a revoke, permits nothing, and leaves it revoked.

import type { SymbolicDecision } from '../decision/decision.ts';
import type { Literal } from '../formula/formula.ts';
import type { Claim } from './claim.ts';

export const staysRevokedClaim = 'a revoked session stays revoked';

/** The answer in a session, and whether the session is revoked after it. */
interface Step {
  readonly isRevoke: Literal;
  readonly isAllowed: Literal;
  readonly isRevokedAfter: Literal;
}

/** As `judge` of the evaluator's sessions. */
function createStep(decision: SymbolicDecision, isRevoked: Literal): Step {
  const { formula } = decision.encoding;
  const isRevoke = formula.or(isRevoked, decision.has('revoke'));
  const isAllowed = formula.and(-isRevoked, decision.isAllowed);
  return { isRevoke, isAllowed, isRevokedAfter: isRevoke };
}

/** None if no rule of the policy can end a session. */
export function staysRevokedClaims(decision: SymbolicDecision): readonly Claim[] {
  const { formula } = decision.encoding;
  if (decision.contributions.every(({ effect }) => effect !== 'revoke')) return [];
  const isRevoked = formula.variable('the session is revoked');
  const { isRevoke, isAllowed, isRevokedAfter } = createStep(decision, isRevoked);
  return [
    {
      name: staysRevokedClaim,
      invariant: undefined,
      goal: formula.and(isRevoked, formula.or(-isRevoke, isAllowed, -isRevokedAfter)),
      // The answer to a single request does not show it.
      isViolated: () => false,
    },
  ];
}
