// The thread in which asc runs: loads it at once, and answers each message with what became of its
// sources.

import { parentPort } from 'node:worker_threads';
import { assemble, loadAsc } from './assemble.ts';
import type { Reply, Task } from './assembler.ts';

parentPort?.on('message', async ({ id, sources, options }: Task) => {
  const reply: Reply = { id, result: await assemble(sources, options) };
  parentPort?.postMessage(reply);
});

await loadAsc();
