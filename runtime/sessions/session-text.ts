// What a host must know of a session's text before a module reads it: whose it is, and what was answered last.

import { type EffectName, effectNames } from '../abi.ts';
import type { AnswerError } from '../answer.ts';

/** A session that is open again. */
export interface RestoredSession {
  readonly id: string;
  /** The first of its facts that the policy reads otherwise, which is then unknown; undefined: all fit. */
  readonly misfit: AnswerError | undefined;
}

interface Told {
  readonly id?: unknown;
  readonly effect?: unknown;
}

/** '' where it has none: the module then says that it is no session's text. */
export function idIn(text: string): string {
  const { id } = told(text);
  return typeof id === 'string' ? id : '';
}

/** What was answered last; undefined: it was never asked. */
export function effectIn(text: string): EffectName | undefined {
  const { effect } = told(text);
  return effectNames.find((name) => name === effect);
}

function told(text: string): Told {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
