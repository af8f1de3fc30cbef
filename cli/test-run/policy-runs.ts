// Runs policies in parallel and yields their results in the given order. A policy whose files did not change since its
// last run is not run again.

import { availableParallelism } from 'node:os';
import { readIfThere } from '../io/files.ts';
import type { PolicyRun } from './policy-run.ts';
import type { PolicyThreads } from './policy-threads.ts';
import { type RunOptions, runPolicy } from './run-policy.ts';

export class PolicyRuns {
  readonly #options: RunOptions;
  readonly #jobs: number;
  readonly #cache = new Map<string, PolicyRun>();
  #threads: PolicyThreads | undefined;

  /** `jobs`: the number of policies to run in parallel; default: the available parallelism. */
  constructor(options: RunOptions, jobs: number = availableParallelism()) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Yields the results. Throws a UsageError in place of the result of a policy that cannot be read. */
  async *over(paths: readonly string[]): AsyncGenerator<PolicyRun> {
    const jobs = Math.min(this.#jobs, paths.length);
    if (jobs > 1) {
      const { createPolicyThreads } = await import('./policy-threads.ts');
      this.#threads ??= createPolicyThreads(jobs);
    }
    // Without threads, each run starts after the previous one.
    const begin = (path: string) => {
      const run = this.#run(path, jobs > 1);
      run.catch(() => {});
      return run;
    };
    const begun = jobs > 1 ? paths.map(begin) : [];
    for (const [index, path] of paths.entries()) yield await (begun[index] ?? begin(path));
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }

  async #run(path: string, inThread: boolean): Promise<PolicyRun> {
    const cached = this.#cache.get(path);
    if (cached !== undefined && (await isUnchanged(cached))) return cached;
    const run = inThread && this.#threads !== undefined ? this.#threads.run : runPolicy;
    const done = await run(path, this.#options);
    this.#cache.set(path, done);
    return done;
  }
}

async function isUnchanged({ files, sources }: PolicyRun): Promise<boolean> {
  const same = files.map(async (file) => (await readIfThere(file)) === sources.get(file));
  return (await Promise.all(same)).every(Boolean);
}
