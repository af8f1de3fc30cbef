// Emits the effect of a rule's value `v`, and of its edge, on the answer.

import type { IrRule } from '../../ir/ir.ts';

/** `reason`: default: the reason of the row. */
export function firing(
  { effect, skipUnknown }: IrRule,
  edge: string,
  reason = 'load<i32>(row)',
): readonly string[] {
  const bound = (name: string) => (edge === 'NEVER' ? [] : [`${name}(${edge});`]);
  switch (effect) {
    case 'permit':
      return [
        ...bound('boundPermits'),
        `if (v == 2) { fire(0, ${reason}, 0, 0); permitLasts(${edge}); }`,
      ];
    case 'revoke':
      return [
        ...bound('boundRevoke'),
        `if (v == 2) fire(4, ${reason}, 0, 0);`,
        ...(skipUnknown ? [] : [`else if (v == 1) fire(3, ${reason}, 1, 0);`]),
      ];
    default: {
      const possible = skipUnknown ? 'v == 2' : 'v != 0';
      const level = effect === 'deny' ? 3 : 2;
      return [
        ...bound(effect === 'deny' ? 'boundDeny' : 'boundChallenge'),
        `if (${possible}) fire(${level}, ${reason}, i32(v == 1), 0);`,
      ];
    }
  }
}
