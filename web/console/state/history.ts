// The states of sessions that this page saw: those that changes brought, and the first of each session.

import type { SessionState } from '@nhipol/service/client';
import { readEffect } from './effect-of.ts';

export interface SessionMoment {
  /** When the page learned of it, in milliseconds since the epoch. */
  readonly at: number;
  readonly state: SessionState;
}

const maxMoments = 12;

export class History {
  readonly #moments = new Map<string, readonly SessionMoment[]>();

  of(id: string): readonly SessionMoment[] {
    return this.#moments.get(id) ?? [];
  }

  add(state: SessionState, at: number): void {
    const moments = [...this.of(state.id), { at, state }];
    this.#moments.set(state.id, moments.slice(-maxMoments));
  }

  /** Adds a state that was read, if its effect is another: the page missed a change. */
  note(state: SessionState, at: number): void {
    const last = this.of(state.id).at(-1);
    if (last === undefined || readEffect(last.state) !== readEffect(state)) this.add(state, at);
  }

  retain(isWanted: (id: string) => boolean): void {
    for (const id of this.#moments.keys()) if (!isWanted(id)) this.#moments.delete(id);
  }
}
