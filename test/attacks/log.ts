import type { AttackRows } from './row.ts';

export const logAttacks = {
  'log-terminal-text': {
    attack:
      'A tool, a reason, a session, a policy or an approver has terminal commands and line breaks in its name',
    result: '`nhipol log tail` shows them as `\\u{…}`, each entry on one line',
  },
} as const satisfies AttackRows;
