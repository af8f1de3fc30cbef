// The effect of an evaluation.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Evaluation } from '@nhipol/service/client';

/** For a response without a context, the effect that its boolean stands for. */
export function readEffect({ decision, context }: Evaluation): EffectName {
  return context.effect ?? (decision ? 'permit' : 'deny');
}
