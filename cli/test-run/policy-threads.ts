// Policies run in threads, so many at a time; see policy-worker.ts. A thread is kept for the next policy,
// with all that it has loaded.

import { Tinypool } from 'tinypool';
import { UsageError } from '../io/exit-codes.ts';
import { readableFolders } from '../io/files.ts';
import type { PolicyRun } from './policy-run.ts';
import type { Reply, Task } from './policy-worker.ts';
import type { RunOptions } from './run-policy.ts';

export interface PolicyThreads {
  /** Throws a UsageError where the policy can't be read. */
  readonly run: (path: string, options: RunOptions) => Promise<PolicyRun>;
  readonly close: () => Promise<void>;
}

export function policyThreads(
  jobs: number,
  script: URL = new URL('./policy-worker.js', import.meta.url),
): PolicyThreads {
  const pool = new Tinypool({
    filename: script.href,
    minThreads: jobs,
    maxThreads: jobs,
    // A thread that waits must hear of the thread that assembles for it.
    useAtomics: false,
  });
  return {
    async run(path, options) {
      const task: Task = { path, options, readableFolders: readableFolders() };
      const reply = (await pool.run(task)) as Reply;
      if ('usage' in reply) throw new UsageError(reply.usage);
      return reply.run;
    },
    close: () => pool.destroy(),
  };
}
