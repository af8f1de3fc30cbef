// The worker thread of AssemblyScript: loads it immediately, and answers each message with the result of its sources.

import { parentPort } from 'node:worker_threads';
import { assemble, loadTools } from './assemble.ts';
import type { AssemblyReply, AssemblyTask } from './assembler.ts';

parentPort?.on('message', async ({ id, sources, options }: AssemblyTask) => {
  const reply: AssemblyReply = { id, result: await assemble(sources, options) };
  parentPort?.postMessage(reply);
});

await loadTools();
