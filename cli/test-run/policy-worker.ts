// A thread that runs policies, one after the other.

import { UsageError } from '../io/exit-codes.ts';
import { allowReading } from '../io/files.ts';
import type { PolicyRun } from './policy-run.ts';
import { type RunOptions, runPolicy } from './run-policy.ts';

export interface Task {
  readonly path: string;
  readonly options: RunOptions;
  /** A thread has state of its own. */
  readonly readableFolders: readonly string[];
}

/** An error of the user's is data, since its class stays behind. */
export type Reply = { readonly run: PolicyRun } | { readonly usage: string };

export default async function reply({ path, options, readableFolders }: Task): Promise<Reply> {
  allowReading(readableFolders);
  try {
    return { run: await runPolicy(path, options) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { usage: error.message };
  }
}
