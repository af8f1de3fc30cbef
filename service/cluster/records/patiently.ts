// Repeats what fails while servers start or elect a leader, so that a node that starts then waits for them.

import { setTimeout as wait } from 'node:timers/promises';

/** How long it is repeated, and how long it waits in between, in milliseconds. */
const patience = 30_000;
const pause = 250;

/** Rejects with the last error. */
export async function retryPatiently<Value>(work: () => Promise<Value>): Promise<Value> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await wait(pause);
  }
}
