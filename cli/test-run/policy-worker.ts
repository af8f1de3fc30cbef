// The worker thread that runs policies, one at a time.

import { UsageError } from '../io/exit-codes.ts';
import { allowReading } from '../io/policies/readable-folders.ts';
import type { PolicyRun } from './policy-run.ts';
import { type RunOptions, runPolicy } from './run-policy.ts';

export interface PolicyTask {
  readonly path: string;
  readonly options: RunOptions;
  /** The allowed folders, because threads do not share this state. */
  readonly readableFolders: readonly string[];
}

/** A UsageError is sent as data, because its class does not cross threads. */
export type PolicyReply = { readonly run: PolicyRun } | { readonly usage: string };

export default async function reply({
  path,
  options,
  readableFolders,
}: PolicyTask): Promise<PolicyReply> {
  allowReading(readableFolders);
  try {
    return { run: await runPolicy(path, options) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { usage: error.message };
  }
}
