// Opens the decision log of a guard.

import { setTimeout as delay } from 'node:timers/promises';
import type { DecisionLog, LogFileOptions } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';

/** A client may start a guard while the one that it has just stopped still ends. */
const maxAttempts = 30;
const attemptInterval = 100;

export async function openGuardLog(path: string, options: LogFileOptions): Promise<DecisionLog> {
  const { openLogFile } = await import('@nhipol/service');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openLogFile(path, options);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ELOCKED' || attempt === maxAttempts) {
        throw new UsageError(`cannot write the decision log ${path}: ${message}`);
      }
      await delay(attemptInterval);
    }
  }
}
