// Runs asc in a worker thread, because a crash of asc ends its process. The thread starts immediately and loads asc
// while the caller checks the policy. It serves any number of calls, is restarted after it ended, and does not keep the
// process alive.

import { Worker } from 'node:worker_threads';
import type { Assembler } from '@nhipol/compiler';

export interface AssemblyTask {
  readonly id: number;
  readonly sources: Parameters<Assembler>[0];
  readonly options: Parameters<Assembler>[1];
}

type Result = Awaited<ReturnType<Assembler>>;

export interface AssemblyReply {
  readonly id: number;
  readonly result: Result;
}

let shared: Assembler | undefined;

/** Returns the assembler of this process. Call it early if it will be needed. */
export function getSharedAssembler(): Assembler {
  shared ??= createAssembler();
  return shared;
}

/** Creates an assembler. `script`: the worker, compiled to JavaScript. */
export function createAssembler(
  script: URL = new URL('./assembler-worker.js', import.meta.url),
): Assembler {
  const pending = new Map<number, (result: Result) => void>();
  let worker: Worker | undefined = start();
  worker.unref();
  let calls = 0;

  function start(): Worker {
    const started = new Worker(script);
    let failure = 'the assembler ended without an answer';
    started.on('message', ({ id, result }: AssemblyReply) => {
      pending.get(id)?.(result);
      pending.delete(id);
      if (pending.size === 0) started.unref();
    });
    started.on('error', (error) => {
      failure = `the assembler failed: ${error.message}`;
    });
    started.on('exit', () => {
      worker = undefined;
      for (const settle of pending.values()) settle({ failure });
      pending.clear();
    });
    return started;
  }

  return (sources, options) =>
    new Promise((resolve) => {
      worker ??= start();
      worker.ref();
      calls += 1;
      pending.set(calls, resolve);
      const task: AssemblyTask = { id: calls, sources: new Map(sources), options };
      worker.postMessage(task);
    });
}
