// Which of a policy's own claims notices a mutant: its tests, and its invariants on what the tests
// ask. Nothing else is drawn, so that a mutant is killed by what stands in the policy, or not at all.

import {
  type Answer,
  evaluate,
  judgeInvariants,
  type Policy,
  type PolicyTest,
} from '../../language/index.ts';
import { ask, clockOf } from '../ask.ts';
import type { GeneratedRequest } from '../requests.ts';
import { runTests } from '../run-tests.ts';
import { requestsOfTests } from '../samples/explore.ts';
import { evaluatorSessions } from '../sessions.ts';
import { filled, type TableTexts } from '../tables.ts';

export interface Killer {
  readonly kind: 'test' | 'invariant';
  readonly name: string;
}

export class Claims {
  readonly #original: Policy;
  readonly #asked: readonly GeneratedRequest[];
  /** Who killed last comes first: mutants beside each other are often killed by the same. */
  #tests: readonly PolicyTest[];

  constructor(original: Policy) {
    this.#original = original;
    this.#asked = original.invariants.length === 0 ? [] : requestsOfTests(original);
    this.#tests = original.tests;
  }

  /** The first that does not hold of the policy. */
  failingOn(policy: Policy): Killer | undefined {
    const test = this.#tests.find((each) => fails(policy, each));
    if (test !== undefined) {
      this.#tests = [test, ...this.#tests.filter((each) => each !== test)];
      return { kind: 'test', name: test.name };
    }
    for (const sample of this.#asked) {
      const broken = this.#brokenBy(sample, ask(policy, sample));
      if (broken !== undefined) return { kind: 'invariant', name: broken };
    }
    return undefined;
  }

  /** Claims are judged as they were written, whatever became of the names in them. */
  #brokenBy(sample: GeneratedRequest, answer: Answer): string | undefined {
    const policy = filled(this.#original, sample.tables);
    const bytes = new TextEncoder().encode(sample.text);
    const judged = judgeInvariants(policy, bytes, clockOf(sample), answer);
    return judged.find(({ holds }) => !holds)?.invariant.name;
  }
}

export function fails(policy: Policy, test: PolicyTest): boolean {
  const alone = { ...policy, tests: [test] };
  const decide = (request: Uint8Array, now: bigint | undefined, tables: TableTexts) =>
    evaluate(filled(policy, tables), request, clockOf({ now }));
  return runTests(alone, decide, evaluatorSessions(policy)).some(({ passed }) => !passed);
}
