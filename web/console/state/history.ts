// The states of sessions that this page saw: those that changes brought, and the first of each session.

import type { SessionState } from '@nhipol/service/client';
import { effectOf } from './effect-of.ts';

export interface Moment {
  /** When the page learned of it, in milliseconds since the epoch. */
  readonly at: number;
  readonly state: SessionState;
}

const maxMoments = 12;

export class History {
  readonly #moments = new Map<string, readonly Moment[]>();

  of(id: string): readonly Moment[] {
    return this.#moments.get(id) ?? [];
  }

  add(state: SessionState, at: number): void {
    const moments = [...this.of(state.id), { at, state }];
    this.#moments.set(state.id, moments.slice(-maxMoments));
  }

  /** Adds a state that was read, if its effect is another: the page missed a change. */
  note(state: SessionState, at: number): void {
    const last = this.of(state.id).at(-1);
    if (last === undefined || effectOf(last.state) !== effectOf(state)) this.add(state, at);
  }

  retain(isWanted: (id: string) => boolean): void {
    for (const id of this.#moments.keys()) if (!isWanted(id)) this.#moments.delete(id);
  }
}
