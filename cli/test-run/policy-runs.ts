// Runs policies, several at the same time, and gives what became of each in the order in which they were
// named. A policy of which no file changed since its last run is not run again.

import { availableParallelism } from 'node:os';
import { readIfThere } from '../io/files.ts';
import type { PolicyRun } from './policy-run.ts';
import type { PolicyThreads } from './policy-threads.ts';
import { type RunOptions, runPolicy } from './run-policy.ts';

export class PolicyRuns {
  readonly #options: RunOptions;
  readonly #jobs: number;
  readonly #kept = new Map<string, PolicyRun>();
  #threads: PolicyThreads | undefined;

  /** `jobs`: how many at a time; undefined: as many as the machine runs at once. */
  constructor(options: RunOptions, jobs: number = availableParallelism()) {
    this.#options = options;
    this.#jobs = jobs;
  }

  /** Throws a UsageError at the turn of a policy that can't be read. */
  async *over(paths: readonly string[]): AsyncGenerator<PolicyRun> {
    const jobs = Math.min(this.#jobs, paths.length);
    if (jobs > 1) {
      const { policyThreads } = await import('./policy-threads.ts');
      this.#threads ??= policyThreads(jobs);
    }
    // In this thread one is begun when the one before it is done.
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
    const kept = this.#kept.get(path);
    if (kept !== undefined && (await isUnchanged(kept))) return kept;
    const run = inThread && this.#threads !== undefined ? this.#threads.run : runPolicy;
    const done = await run(path, this.#options);
    this.#kept.set(path, done);
    return done;
  }
}

async function isUnchanged({ files, sources }: PolicyRun): Promise<boolean> {
  const same = files.map(async (file) => (await readIfThere(file)) === sources.get(file));
  return (await Promise.all(same)).every(Boolean);
}
