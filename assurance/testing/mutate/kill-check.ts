// Which of a policy's own tests and invariants detects a mutant. Invariants are evaluated on the requests of the
// tests. Nothing is generated, so that a mutant is killed by the contents of the policy, or not at all.

import { type EvaluatedAnswer, judgeInvariants } from '@nhipol/language';
import type { PolicyModel, PolicyTest } from '@nhipol/language/model';
import { listTestRequests } from '../explore/explore.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { fillTables } from '../generate/tables.ts';
import { ask, toClock } from '../runner/ask.ts';
import { createEvaluatorTestEngine } from '../runner/engines.ts';
import { runTests } from '../runner/run-tests.ts';

export interface Killer {
  readonly kind: 'test' | 'invariant';
  readonly name: string;
}

export class Claims {
  readonly #original: PolicyModel;
  readonly #asked: readonly GeneratedRequest[];
  /** The latest killer is first, since nearby mutants are often killed by the same test. */
  #tests: readonly PolicyTest[];

  constructor(original: PolicyModel) {
    this.#original = original;
    this.#asked = original.invariants.length === 0 ? [] : listTestRequests(original);
    this.#tests = original.tests;
  }

  /** The first that fails on the policy. */
  findKiller(policy: PolicyModel): Killer | undefined {
    const test = this.#tests.find((policyTest) => fails(policy, policyTest));
    if (test !== undefined) {
      this.#tests = [test, ...this.#tests.filter((policyTest) => policyTest !== test)];
      return { kind: 'test', name: test.name };
    }
    for (const sample of this.#asked) {
      const broken = this.#findBroken(sample, ask(policy, sample));
      if (broken !== undefined) return { kind: 'invariant', name: broken };
    }
    return undefined;
  }

  /** Invariants are evaluated as originally written, even if names in them changed. */
  #findBroken(sample: GeneratedRequest, answer: EvaluatedAnswer): string | undefined {
    const policy = fillTables(this.#original, sample.tables);
    const bytes = new TextEncoder().encode(sample.text);
    const judged = judgeInvariants(policy, bytes, toClock(sample), answer);
    return judged.find(({ holds }) => !holds)?.invariant.name;
  }
}

export function fails(policy: PolicyModel, test: PolicyTest): boolean {
  const alone = { ...policy, tests: [test] };
  return runTests(alone, createEvaluatorTestEngine(policy)).some(({ passed }) => !passed);
}
