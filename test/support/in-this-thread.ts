// Does in this thread what the command line does in worker threads: a worker runs a built script, and
// tests run the sources. For `vi.mock`. The workers are tested in assembler.test.ts and process.test.ts.

import type { PolicyThreads } from '../../cli/test-run/policy-threads.ts';

export async function assemblerHere() {
  const { assemble } = await import('./assembler.ts');
  return { getSharedAssembler: () => assemble };
}

/** Clones all input and output, as a worker would. */
export async function policyThreadsHere() {
  const { runPolicy } = await import('../../cli/test-run/run-policy.ts');
  const threads: PolicyThreads = {
    run: async (path, options) => structuredClone(await runPolicy(path, structuredClone(options))),
    close: async () => {},
  };
  return { policyThreads: () => threads };
}
