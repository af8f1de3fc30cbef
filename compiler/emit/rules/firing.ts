// Emits the effect of a rule's value `v`, and of its edge, on the answer.

import { strictness } from '@nhipol/runtime/abi';
import type { IrRule } from '../../ir/ir.ts';

/** `reason`: default: the reason of the row. */
export function emitFiring(
  { effect, skipUnknown }: IrRule,
  edge: string,
  reason = 'load<i32>(row)',
): readonly string[] {
  const bound = (name: string) => (edge === 'NEVER' ? [] : [`${name}(${edge});`]);
  switch (effect) {
    case 'permit':
      return [
        ...bound('boundPermits'),
        `if (v == 2) { fire(${strictness('permit')}, ${reason}, 0, 0); permitLasts(${edge}); }`,
      ];
    case 'revoke':
      return [
        ...bound('boundRevoke'),
        `if (v == 2) fire(${strictness('revoke')}, ${reason}, 0, 0);`,
        ...(skipUnknown ? [] : [`else if (v == 1) fire(${strictness('deny')}, ${reason}, 1, 0);`]),
      ];
    default: {
      effect satisfies 'narrow' | 'challenge' | 'deny';
      const possible = skipUnknown ? 'v == 2' : 'v != 0';
      return [
        ...bound(effect === 'deny' ? 'boundDeny' : 'boundChallenge'),
        `if (${possible}) fire(${strictness(effect)}, ${reason}, i32(v == 1), 0);`,
      ];
    }
  }
}
