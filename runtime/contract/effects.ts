// The effects of an answer, from the loosest to the strictest. A module gives an effect as its place here.

export const effects = ['permit', 'narrow', 'challenge', 'deny', 'revoke'] as const;

export type EffectName = (typeof effects)[number];

/** How strict an effect is: the strictest that fires is the answer's. */
export function strictness(effect: EffectName): number {
  return effects.indexOf(effect);
}
