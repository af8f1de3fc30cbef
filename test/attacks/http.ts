import type { AttackRows } from './row.ts';

export const httpAttacks = {
  'http-undeclared-fact': {
    attack:
      'A change of a session or a decision names a part or a member that the policy does not declare, so that a restriction is lost',
    result:
      'the change is refused with status 400, the decision is a deny, both name the member, and the session stays as it was',
  },
} as const satisfies AttackRows;
