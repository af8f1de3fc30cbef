// Runs policies in a pool of threads, see policy-worker.ts. Threads are reused with everything that they have loaded.

import { Tinypool } from 'tinypool';
import { UsageError } from '../io/exit-codes.ts';
import { listReadableFolders } from '../io/policies/readable-folders.ts';
import type { PolicyRun } from './policy-run.ts';
import type { PolicyReply, PolicyTask } from './policy-worker.ts';
import type { RunOptions } from './run-policy.ts';

export interface PolicyThreads {
  /** Runs a policy. Throws a UsageError if it cannot be read. */
  readonly run: (path: string, options: RunOptions) => Promise<PolicyRun>;
  readonly close: () => Promise<void>;
}

export function createPolicyThreads(
  jobs: number,
  script: URL = new URL('./policy-worker.js', import.meta.url),
): PolicyThreads {
  const pool = new Tinypool({
    filename: script.href,
    minThreads: jobs,
    maxThreads: jobs,
    // A waiting thread must receive messages from its assembler thread.
    useAtomics: false,
  });
  return {
    async run(path, options) {
      const task: PolicyTask = { path, options, readableFolders: listReadableFolders() };
      const reply = (await pool.run(task)) as PolicyReply;
      if ('usage' in reply) throw new UsageError(reply.usage);
      return reply.run;
    },
    close: () => pool.destroy(),
  };
}
