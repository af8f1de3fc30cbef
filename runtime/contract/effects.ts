// The effects of an answer, from the least to the most strict. A module returns an effect as its index here.

export const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const;

export type EffectName = (typeof effects)[number];

/** How strict an effect is: the strictest effect that fires is the effect of the answer. */
export function strictness(effect: EffectName): number {
  return effects.indexOf(effect);
}
