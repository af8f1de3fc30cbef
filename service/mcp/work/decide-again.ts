// Work that goes on after it was permitted: a call of a tool, another request, or a task. It is decided again when something
// changed that may restrict it, and when the first of its answers ends.

import type { Answer } from '@nhipol/runtime';
import { explainAnswer } from '../../engine/answers.ts';
import type { Call } from '../../engine/call.ts';
import type { EngineSession, UsedApproval } from '../../engine/engine-session.ts';
import type { Trigger } from '../../log/entry.ts';
import { combinePermission, type Permission } from '../calls/permission.ts';

export interface PermittedWork {
  /** The decisions that it needs. */
  readonly calls: readonly Call[];
  /** The approval that permitted it, or an earlier round of it. */
  readonly approval: UsedApproval | undefined;
}

/** Why work is not carried out that two decisions limit differently. */
export const limitedDifferently = 'its decisions limit it in different ways';

/** Returns the permission of the work as things are now, or why it must stop. */
export function decideAgain(
  session: EngineSession,
  { calls, approval }: PermittedWork,
  trigger: Trigger,
): Permission | string {
  const answers: Answer[] = [];
  for (const call of calls) {
    const { isPassed, answer } = session.recheck(call, trigger, approval);
    if (!isPassed) return explainAnswer(answer);
    answers.push(answer);
  }
  const { permission, isContradictory } = combinePermission(answers);
  if (!isContradictory) return permission;
  session.logRefusal(`a request that ran: ${limitedDifferently}`);
  return session.mode === 'observe' ? permission : limitedDifferently;
}

/** How often the clock is looked at, in milliseconds: it may have jumped ahead, such as after a machine was suspended. */
const interval = 1_000;

/** An instant by the wall clock that may change. */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Calls `onReached` at an instant, and no longer at an earlier one. `at`: milliseconds since the epoch, or
   * `undefined` for never.
   */
  set(at: number | undefined, now: () => number, onReached: () => void): void {
    this.clear();
    if (at !== undefined) this.#wait(at, now, onReached);
  }

  #wait(at: number, now: () => number, onReached: () => void): void {
    const delay = Math.min(Math.max(at - now(), 0), interval);
    this.#timer = setTimeout(() => {
      if (now() >= at) onReached();
      else this.#wait(at, now, onReached);
    }, delay);
    this.#timer.unref();
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
