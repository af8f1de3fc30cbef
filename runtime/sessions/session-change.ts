// A session whose answer is another than before: what `changes` and events tell.

import { type Answer, type EffectName, effects } from '../contract/index.ts';

export interface SessionChange {
  /** The session's. */
  readonly id: string;
  readonly before: EffectName;
  /** What holds now. */
  readonly answer: Answer;
}

/** Which way an answer went: stricter, by its effect, or looser, or for other reasons than before. */
export type ChangeKind = 'narrowed' | 'challenged' | 'denied' | 'revoked' | 'restored' | 'changed';

const stricter: Readonly<Record<EffectName, ChangeKind>> = {
  permit: 'changed',
  narrow: 'narrowed',
  challenge: 'challenged',
  deny: 'denied',
  revoke: 'revoked',
};

export function kindOf({ before, answer }: SessionChange): ChangeKind {
  const way = effects.indexOf(answer.effect) - effects.indexOf(before);
  if (way === 0) return 'changed';
  return way > 0 ? stricter[answer.effect] : 'restored';
}
