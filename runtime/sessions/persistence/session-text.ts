// The parts of a session's snapshot that a host must know before a module reads it: its id and its latest answer.

import { type AnswerError, type EffectName, effects } from '../../contract/index.ts';
import { parseMembers } from '../request-parts.ts';

/** A session that was restored. */
export interface RestoredSession {
  readonly id: string;
  /** The first of its facts that has another type in the policy and is now unknown, or `undefined` if all fit. */
  readonly mismatch: AnswerError | undefined;
}

interface Told {
  /** '' if there is none: the module then reports that it is not a snapshot. */
  readonly id: string;
  /** The effect of the latest answer, or `undefined` if none was requested. */
  readonly effect: EffectName | undefined;
}

export function readSnapshotHeader(text: string): Told {
  const { id, effect } = parseMembers(text);
  return {
    id: typeof id === 'string' ? id : '',
    effect: effects.find((name) => name === effect),
  };
}
