// Waits until a server has taken the cancellations of what runs.

import { setTimeout as delay } from 'node:timers/promises';

const pollInterval = 20;

interface Stopped {
  /** Whether the server has not taken a cancellation. */
  readonly isStopping: boolean;
}

/** Resolves with whether the server has taken them within a period, in milliseconds. */
export async function waitForStops(stopped: Stopped, period: number): Promise<boolean> {
  const end = performance.now() + period;
  while (stopped.isStopping) {
    if (performance.now() >= end) return false;
    await delay(pollInterval);
  }
  return true;
}
