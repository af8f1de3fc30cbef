// The questions that were answered: each answer counts once. A question that has expired is not remembered, since its answer does
// not count any more.

import type { ApprovalQuestion } from './asking.ts';

export class AnsweredQuestions {
  /** When questions expire, by their ids. */
  readonly #expiries = new Map<string, number>();

  get size(): number {
    return this.#expiries.size;
  }

  has(id: string): boolean {
    return this.#expiries.has(id);
  }

  /** `now`: milliseconds since the epoch. */
  add({ id, expiresAt }: Pick<ApprovalQuestion, 'id' | 'expiresAt'>, now: number): void {
    this.#expiries.set(id, expiresAt);
    for (const [other, expiry] of this.#expiries) {
      if (expiry <= now) this.#expiries.delete(other);
    }
  }
}
