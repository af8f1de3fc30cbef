// Tries to refute a policy's invariants: each must be true of the answers to generated requests and to the
// policy's own tests. The absence of a counterexample proves nothing, so the number of requests is reported with
// it.

import { type Decoded, decode, judgeDecoded } from '@nhipol/language';
import type { Invariant, PolicyModel } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { explore, listTestRequests } from '../explore/explore.ts';
import { simplify } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { fillTables, type TableTexts } from '../generate/tables.ts';
import { toClock } from '../runner/ask.ts';
import type { Decide } from '../runner/run-tests.ts';
import type { RequestClaim } from '../verify/claims.ts';
import { listRequestClaims } from '../verify/invariants.ts';

export interface InvariantResult {
  readonly invariant: Invariant;
  /** The number of requests it applied to. */
  readonly tried: number;
  /** The first request that violates it. */
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
  /** The number of generated requests; default: 500. */
  readonly requests?: number;
  readonly seed?: number;
}

/** Collects the results of each invariant. */
export class InvariantSampling {
  readonly #policy: PolicyModel;
  readonly #results: Map<Invariant, InvariantResult>;

  constructor(policy: PolicyModel) {
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

  /** `decoded`: the request, by the declarations of the policy. */
  add({ text: request, now, tables }: GeneratedRequest, decoded: Decoded, answer: Answer): void {
    if (this.#results.size === 0) return;
    for (const { invariant, holds } of judgeDecoded(
      fillTables(this.#policy, tables),
      decoded,
      answer,
    )) {
      const before = this.#results.get(invariant);
      if (before === undefined) continue;
      const counterexample =
        before.counterexample ?? (holds ? undefined : { request, now, tables, answer });
      this.#results.set(invariant, { invariant, tried: before.tried + 1, counterexample });
    }
  }
}

export function sampleInvariants(
  policy: PolicyModel,
  decide: Decide,
  options: SampleOptions = {},
): readonly InvariantResult[] {
  const sampling = new InvariantSampling(policy);
  if (policy.invariants.length === 0) return sampling.results;
  const { requests: count = 500, seed = 1 } = options;
  const known = listTestRequests(policy).length;
  for (const { sample } of explore([policy], { samples: count + known, seed })) {
    const bytes = new TextEncoder().encode(sample.text);
    const answer = decide(bytes, sample.now, sample.tables);
    const decoded = decode(fillTables(policy, sample.tables), bytes, toClock(sample));
    sampling.add(sample, decoded, answer);
  }
  const claims = listRequestClaims(policy);
  return sampling.results.map((result) => simplifyResult(policy, claims, decide, result));
}

/** Adds a shrunk counterexample. */
function simplifyResult(
  policy: PolicyModel,
  claims: readonly RequestClaim[],
  decide: Decide,
  result: InvariantResult,
): InvariantResult {
  const { counterexample } = result;
  const claim = claims.find(({ invariant }) => invariant === result.invariant);
  if (counterexample === undefined || claim === undefined) return result;
  const { request: text, now, tables } = counterexample;
  const decideSample = (sample: GeneratedRequest) =>
    decide(new TextEncoder().encode(sample.text), sample.now, sample.tables);
  const smallest = simplify(
    policy,
    { text, now, tables },
    (sample) => claim.judge(sample, decideSample(sample)).kind === 'broken',
  );
  const found = { request: smallest.text, now: smallest.now, tables: smallest.tables };
  return { ...result, counterexample: { ...found, answer: decideSample(smallest) } };
}
