// `node dist/examples/embed-node/main.js`: runs an agent whose tool calls are decided in a session of the policy
// `examples/agent-trifecta`, and that is stopped during its work.

import { fileURLToPath } from 'node:url';
import { checkPolicyFiles, compilePolicy } from '@nhipol/cli';
import { load } from '@nhipol/runtime';
import { StoryClock } from './clock.ts';
import { serve } from './service.ts';

// Changes from `dist/` to the root of the repository. A real service reads the output of `nhipol compile` instead.
process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const { policy } = await checkPolicyFiles('examples/agent-trifecta/policy.nhipol');
if (policy === undefined) throw new Error('the policy has errors; run `nhipol check` on it');
const { wasm } = await compilePolicy(policy);

const clock = new StoryClock('2026-03-03T10:00:00Z');
const served = serve(load(wasm), clock, console.log);
await clock.run();
await served;
