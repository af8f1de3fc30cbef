// Opens the decision log of a guard.

import type { DecisionLog, LogFileOptions } from '@nhipol/service';
import { UsageError } from '../../../io/exit-codes.ts';
import { retryLocked } from './retry-locked.ts';

export async function openGuardLog(path: string, options: LogFileOptions): Promise<DecisionLog> {
  const { openLogFile } = await import('@nhipol/service');
  try {
    return await retryLocked(() => openLogFile(path, options));
  } catch (error) {
    throw new UsageError(`cannot write the decision log ${path}: ${(error as Error).message}`);
  }
}
