// The runs of all tests of policies, each once until the policy changes.

import type { Policy } from '../../language/index.ts';
import type { PolicyAnalysis } from '../analysis.ts';
import { runInSlices } from './slices.ts';
import type { TestRun } from './test-run.ts';

export interface RunCacheOptions {
  readonly isCurrent: (analysis: PolicyAnalysis) => boolean;
  readonly clock: () => bigint;
}

export class RunCache {
  readonly #options: RunCacheOptions;
  readonly #runs = new WeakMap<PolicyAnalysis, Promise<TestRun>>();
  readonly #done = new WeakMap<PolicyAnalysis, TestRun>();

  constructor(options: RunCacheOptions) {
    this.#options = options;
  }

  /** undefined: the policy has errors. Rejects with a `ResponseError` if the policy changes while its tests run. */
  async of(analysis: PolicyAnalysis): Promise<TestRun | undefined> {
    const { policy } = analysis;
    if (policy === undefined) return undefined;
    const known = this.#runs.get(analysis);
    if (known !== undefined) return known;
    const run = this.#run(analysis, policy);
    this.#runs.set(analysis, run);
    run.then(
      (done) => this.#done.set(analysis, done),
      () => this.#runs.delete(analysis),
    );
    return run;
  }

  async #run(analysis: PolicyAnalysis, policy: Policy): Promise<TestRun> {
    const { isCurrent, clock } = this.#options;
    const { testSteps } = await import('./test-run.ts');
    const steps = testSteps(analysis, policy, () => true, clock());
    return runInSlices(steps, {
      cancelled: { isCancellationRequested: false },
      isCurrent: () => isCurrent(analysis),
    });
  }

  /** The run that is done already. */
  doneOf(analysis: PolicyAnalysis): TestRun | undefined {
    return this.#done.get(analysis);
  }
}
