// `node dist/examples/embed-node/main.js`: an agent whose calls of tools go through a session of the policy
// `examples/agent-trifecta`, and which is stopped in the middle of its work.

import { fileURLToPath } from 'node:url';
import { load } from '@nhipol/runtime';
import { compilePolicy } from '../../cli/engines/engines.ts';
import { checkFiles } from '../../cli/io/files.ts';
import { StoryClock } from './clock.ts';
import { serve } from './service.ts';

// From `dist/`, where this is run, to the policy beside it. A service reads the file that `nhipol compile` wrote.
process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const { policy } = await checkFiles('examples/agent-trifecta/policy.nhipol');
if (policy === undefined) throw new Error('the policy does not check: run `nhipol check` on it');
const { wasm } = await compilePolicy(policy);

const clock = new StoryClock('2026-03-03T10:00:00Z');
const served = serve(load(wasm), clock, console.log);
await clock.run();
await served;
