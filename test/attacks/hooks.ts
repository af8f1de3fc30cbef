import type { AttackRows } from './row.ts';

export const hooksAttacks = {
  'hooks-inexact-number': {
    attack: 'The input of a tool contains a number that the policy would round',
    result: 'The hook refuses the use',
  },
} as const satisfies AttackRows;
