// A policy in its own thread, for untrusted modules. A module can loop forever, in its start function or in a
// decision, and JavaScript cannot interrupt it; but a thread can be terminated. `loadInThread` takes the bytes of
// a module and returns a policy whose every answer arrives within a deadline. A request that misses it, or that
// ends the thread, is denied, and the next request gets a new thread.

import { Worker } from 'node:worker_threads';
import { createEngineError, createEngineErrorAnswer } from '../answer/answer.ts';
import type { Answer } from '../contract/index.ts';
import type { LoadOptions } from '../load.ts';
import { LoadError } from '../module/load-error.ts';
import type { DecideOptions } from '../module/moment.ts';
import type { FromThread, ThreadData, ToThread } from './policy-thread-worker.ts';

export interface PolicyThreadOptions extends Omit<LoadOptions, 'bindings'> {
  /** Milliseconds from a request to its answer; default: 1000. */
  readonly deadline?: number;
  /** Milliseconds for starting the thread and loading the module; default: 10000. */
  readonly loadDeadline?: number;
  /** MiB of JavaScript heap of the thread, in addition to the module's memory; default: 64. */
  readonly heapMegabytes?: number;
}

export interface PolicyThread {
  /** Decides an AuthZEN evaluation request in JSON. Never rejects: every failure is a deny. */
  readonly decideJson: (request: Uint8Array | string, options?: DecideOptions) => Promise<Answer>;
  /** Terminates the thread. Pending and later decisions are denied. */
  readonly close: () => Promise<void>;
}

/**
 * Loads a policy in a thread. Rejects with a `LoadError` if the module is refused or is not loaded within
 * `loadDeadline`.
 */
export async function loadInThread(
  module: Uint8Array,
  options: PolicyThreadOptions = {},
): Promise<PolicyThread> {
  const policy = new ThreadedPolicy(module.slice(), options);
  await policy.start();
  return policy;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly timer: NodeJS.Timeout;
}

class ThreadedPolicy implements PolicyThread {
  readonly #module: Uint8Array;
  readonly #options: PolicyThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #next = 0;
  #closed = false;

  constructor(module: Uint8Array, options: PolicyThreadOptions) {
    this.#module = module;
    this.#options = options;
  }

  async start(): Promise<void> {
    await this.#getWorker();
  }

  async decideJson(request: Uint8Array | string, options?: DecideOptions): Promise<Answer> {
    if (this.#closed) return denyCall('an open policy', 'one that was closed');
    let worker: Worker;
    try {
      worker = await this.#getWorker();
    } catch (error) {
      return denyCall('a module that loads', (error as Error).message);
    }
    return new Promise((resolve) => {
      const { deadline = 1_000 } = this.#options;
      const failDeadline = () => this.#fail(worker, `none within ${deadline} ms`);
      const id = this.#next++;
      this.#waiting.set(id, { resolve, timer: setTimeout(failDeadline, deadline) });
      const message: ToThread = { id, request, options };
      try {
        worker.postMessage(message);
      } catch {
        this.#settle(id, denyCall('a request that can be cloned', 'another'));
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = await this.#worker?.catch(() => undefined);
    if (worker !== undefined) await this.#fail(worker, 'a policy that was closed');
  }

  #getWorker(): Promise<Worker> {
    this.#worker ??= this.#spawn().catch((error: unknown) => {
      this.#worker = undefined;
      throw error;
    });
    return this.#worker;
  }

  #spawn(): Promise<Worker> {
    const { loadDeadline = 10_000, heapMegabytes = 64, tableBytes, sha256 } = this.#options;
    const workerData: ThreadData = { module: this.#module, options: { tableBytes, sha256 } };
    const worker = new Worker(new URL('./policy-thread-worker.js', import.meta.url), {
      workerData,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    worker.unref();
    return new Promise((resolve, reject) => {
      const refuse = (why: string) => {
        clearTimeout(timer);
        void worker.terminate();
        reject(new LoadError(why));
      };
      const timer = setTimeout(
        () => refuse(`the module was not loaded within ${loadDeadline} ms`),
        loadDeadline,
      );
      worker.on('error', (error) => {
        refuse(`the thread of the module failed: ${error.message}`);
        void this.#fail(worker, `a thread that failed: ${error.message}`);
      });
      worker.on('exit', () => void this.#fail(worker, 'a thread that ended'));
      worker.on('message', (message: FromThread) => {
        if ('refused' in message) return refuse(message.refused);
        clearTimeout(timer);
        if ('loaded' in message) return resolve(worker);
        this.#settle(message.id, message.answer);
      });
    });
  }

  /** Denies everything that waits for the thread, and terminates it. */
  async #fail(worker: Worker, found: string): Promise<void> {
    if ((await this.#worker?.catch(() => undefined)) !== worker) return;
    this.#worker = undefined;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, denyCall('an answer', found));
    await worker.terminate();
  }

  #settle(id: number, answer: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(id);
    waiting.resolve(answer);
  }
}

function denyCall(expected: string, found: string): Answer {
  return createEngineErrorAnswer(createEngineError(expected, found));
}
