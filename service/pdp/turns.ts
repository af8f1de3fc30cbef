// Divides long work into turns: after some milliseconds, other requests run before it goes on.

import { setImmediate } from 'node:timers/promises';

/** How long work may run before others have a turn, in milliseconds. */
const maxTurn = 5;

/** Returns a function to be awaited between the parts of the work. */
export function takeTurns(): () => Promise<void> {
  let beganAt = performance.now();
  return async () => {
    if (performance.now() - beganAt < maxTurn) return;
    await setImmediate();
    beganAt = performance.now();
  };
}
