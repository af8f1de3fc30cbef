// A session whose answer changed, as reported by `changes` and to listeners.

import { type Answer, type EffectName, effects } from '../../contract/index.ts';

export interface SessionChange {
  /** The id of the session. */
  readonly id: string;
  readonly before: EffectName;
  /** The current answer. */
  readonly answer: Answer;
}

/** How an answer changed: to a stricter effect, to a less strict one, or only in its reasons. */
export type ChangeKind = 'narrowed' | 'challenged' | 'denied' | 'revoked' | 'restored' | 'changed';

const stricter: Readonly<Record<EffectName, ChangeKind>> = {
  permit: 'changed',
  narrow: 'narrowed',
  challenge: 'challenged',
  deny: 'denied',
  revoke: 'revoked',
};

export function classifySessionChange({ before, answer }: SessionChange): ChangeKind {
  const way = effects.indexOf(answer.effect) - effects.indexOf(before);
  if (way === 0) return 'changed';
  return way > 0 ? stricter[answer.effect] : 'restored';
}
