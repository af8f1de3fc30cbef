// Stands for cli/test-run/policy-threads.ts in tests, see vitest.config.ts: its threads run a built script, and tests run
// the sources. Clones all input and output, as a thread would. The threads themselves are tested in cli/process.test.ts.

import type { PolicyThreads } from '../../../cli/test-run/policy-threads.ts';
import { runPolicy } from '../../../cli/test-run/run-policy.ts';

export const createPolicyThreads = (): PolicyThreads => ({
  run: async (path, options) => structuredClone(await runPolicy(path, structuredClone(options))),
  close: async () => {},
});
