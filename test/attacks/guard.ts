import type { AttackRows } from './row.ts';

export const guardAttacks = {
  'guard-rounded-decimal': {
    attack:
      'A call contains 100.0000004, which a policy with six decimal places would compare as 100',
    result: 'The guard refuses a number that the policy cannot read exactly',
  },
  'guard-large-integer': {
    attack:
      'A call contains 9007199254740993, or another number that servers with doubles read as a different one',
    result: 'The guard refuses it wherever it is in the arguments, declared or not',
  },
} as const satisfies AttackRows;
