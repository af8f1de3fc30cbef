// The results of long work about policies, such as runs of all their tests, each once until the policy changes.

import type { PolicyModel } from '@nhipol/language/model';
import type { PolicyAnalysis } from '../analysis.ts';
import { runInSlices } from './slices.ts';

export interface RunCacheOptions<Result> {
  readonly isCurrent: (analysis: PolicyAnalysis) => boolean;
  /** Yields the share that is done. */
  readonly steps: (
    analysis: PolicyAnalysis,
    policy: PolicyModel,
  ) => Promise<Iterator<number, Result>>;
}

export class RunCache<Result> {
  readonly #options: RunCacheOptions<Result>;
  readonly #runs = new WeakMap<PolicyAnalysis, Promise<Result>>();
  readonly #done = new WeakMap<PolicyAnalysis, Result>();

  constructor(options: RunCacheOptions<Result>) {
    this.#options = options;
  }

  /** `undefined` if the policy has errors. Rejects with a `ResponseError` if the policy changes meanwhile. */
  async of(analysis: PolicyAnalysis): Promise<Result | undefined> {
    const { policy } = analysis;
    if (policy === undefined) return undefined;
    const cachedRun = this.#runs.get(analysis);
    if (cachedRun !== undefined) return cachedRun;
    const run = this.#run(analysis, policy);
    this.#runs.set(analysis, run);
    run.then(
      (done) => this.#done.set(analysis, done),
      () => this.#runs.delete(analysis),
    );
    return run;
  }

  async #run(analysis: PolicyAnalysis, policy: PolicyModel): Promise<Result> {
    const { isCurrent, steps } = this.#options;
    return runInSlices(await steps(analysis, policy), {
      cancelled: { isCancellationRequested: false },
      isCurrent: () => isCurrent(analysis),
    });
  }

  /** The result that is known already. */
  getDone(analysis: PolicyAnalysis): Result | undefined {
    return this.#done.get(analysis);
  }
}
