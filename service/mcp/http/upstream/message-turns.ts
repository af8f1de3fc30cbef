// The messages of a server over HTTP take turns: each may have all calls decided again that run in a session, so that many at once
// would keep the guard from everybody else. A message is decided and passed on in one step, which none of this divides.

import { takeTurns } from '../../../pdp/turns.ts';

export class MessageTurns {
  /** Waiting steps in their order, by owner. The owner whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #pause = takeTurns();
  #isRunning = false;

  /** Runs `take` in the turn of its owner, after what came before it. Resolves with its result, or rejects with what it throws. */
  take<Result>(owner: string, take: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          resolve(take());
        } catch (error) {
          reject(error);
        }
      };
      const steps = this.#waiting.get(owner);
      if (steps === undefined) this.#waiting.set(owner, [step]);
      else steps.push(step);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let step = this.#next(); step !== undefined; step = this.#next()) {
      step();
      await this.#pause();
    }
    this.#isRunning = false;
  }

  #next(): (() => void) | undefined {
    const [first] = this.#waiting;
    if (first === undefined) return undefined;
    const [owner, steps] = first;
    const step = steps.shift();
    // One owner with many messages does not keep others waiting.
    this.#waiting.delete(owner);
    if (steps.length > 0) this.#waiting.set(owner, steps);
    return step;
  }
}
