// What the command line does in threads, done in this one: a thread runs a script that was built, and tests run
// on the sources. Given to `vi.mock`. The threads are tested in assembler.test.ts and process.test.ts.

import type { PolicyThreads } from '../../cli/test-run/policy-threads.ts';

export async function assemblerHere() {
  const { assemble } = await import('../../cli/engines/assemble.ts');
  return { sharedAssembler: () => assemble };
}

/** All that comes in and goes out is cloned, as on its way to a thread and back. */
export async function policyThreadsHere() {
  const { runPolicy } = await import('../../cli/test-run/run-policy.ts');
  const threads: PolicyThreads = {
    run: async (path, options) => structuredClone(await runPolicy(path, structuredClone(options))),
    close: async () => {},
  };
  return { policyThreads: () => threads };
}
