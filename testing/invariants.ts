// Tries to refute a policy's invariants: each must hold of the answers to generated requests and to
// the policy's own tests. That none was broken proves nothing; it is told with how many tried.

import type { Answer } from '@nhipol/runtime';
import fc from 'fast-check';
import { type Clock, type Invariant, judgeInvariants, type Policy } from '../language/index.ts';
import { type GeneratedRequest, requestsFor } from './requests.ts';
import { type Decide, stepsOf } from './run-tests.ts';
import { filled, type TableTexts } from './tables.ts';

export interface InvariantResult {
  readonly invariant: Invariant;
  /** How many of the requests it was about. */
  readonly tried: number;
  /** The first request that breaks it. */
  readonly counterexample:
    | {
        readonly request: string;
        readonly now: bigint | undefined;
        readonly tables: TableTexts;
        readonly answer: Answer;
      }
    | undefined;
}

export interface SampleOptions {
  /** How many generated requests; 500 unless told. */
  readonly requests?: number;
  readonly seed?: number;
}

/** Gathers what answers say of each invariant. */
export class InvariantSampling {
  readonly #policy: Policy;
  readonly #results: Map<Invariant, InvariantResult>;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#results = new Map(
      policy.invariants.map((invariant) => [
        invariant,
        { invariant, tried: 0, counterexample: undefined },
      ]),
    );
  }

  get results(): readonly InvariantResult[] {
    return [...this.#results.values()];
  }

  add(request: string, clock: Clock, tables: TableTexts, answer: Answer): void {
    if (this.#results.size === 0) return;
    const policy = filled(this.#policy, tables);
    const bytes = new TextEncoder().encode(request);
    for (const { invariant, holds } of judgeInvariants(policy, bytes, clock, answer)) {
      const before = this.#results.get(invariant);
      if (before === undefined) continue;
      const counterexample =
        before.counterexample ?? (holds ? undefined : { request, now: clock.now, tables, answer });
      this.#results.set(invariant, { invariant, tried: before.tried + 1, counterexample });
    }
  }
}

export function sampleInvariants(
  policy: Policy,
  decide: Decide,
  options: SampleOptions = {},
): readonly InvariantResult[] {
  const sampling = new InvariantSampling(policy);
  if (policy.invariants.length === 0) return sampling.results;
  const generated = fc.sample(requestsFor(policy), {
    numRuns: options.requests ?? 500,
    seed: options.seed ?? 1,
  });
  const tests = policy.tests
    .flatMap(stepsOf)
    .map(({ request, now, tables }): GeneratedRequest => ({ text: request, now, tables }));
  for (const { text, now, tables } of [...generated, ...tests]) {
    const clock: Clock = { now, by: now === undefined ? 'request' : 'host' };
    sampling.add(text, clock, tables, decide(new TextEncoder().encode(text), now, tables));
  }
  return sampling.results;
}
