// Opens what belongs to one process at a time. A client may start a guard while the one that it has just stopped still ends.

import { setTimeout as delay } from 'node:timers/promises';

const maxAttempts = 30;
const attemptInterval = 100;

/** Tries again for three seconds while another process has it. Then it rejects with the error, whose code is `ELOCKED`. */
export async function retryLocked<Opened>(open: () => Promise<Opened>): Promise<Opened> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open();
    } catch (error) {
      if (!isLocked(error) || attempt === maxAttempts) throw error;
      await delay(attemptInterval);
    }
  }
}

export function isLocked(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOCKED';
}
