// What a host must know of a session's text before a module reads it: whose it is, and what was answered last.

import { type AnswerError, type EffectName, effects } from '../contract/index.ts';
import { parsed } from './request-parts.ts';

/** A session that is open again. */
export interface RestoredSession {
  readonly id: string;
  /** The first of its facts that the policy reads otherwise, which is then unknown; undefined: all fit. */
  readonly misfit: AnswerError | undefined;
}

interface Told {
  /** '' where it has none: the module then says that it is no session's text. */
  readonly id: string;
  /** What was answered last; undefined: it was never asked. */
  readonly effect: EffectName | undefined;
}

export function toldIn(text: string): Told {
  const { id, effect } = parsed(text);
  return {
    id: typeof id === 'string' ? id : '',
    effect: effects.find((name) => name === effect),
  };
}
