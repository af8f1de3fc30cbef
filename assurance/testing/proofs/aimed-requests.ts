// Requests that try to contradict proofs: those that explore policies, and each of them with changes that aim at their
// constants. The same seed gives the same requests.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { explore } from '../explore/explore.ts';
import { createRandomNumbers, Dice } from '../generate/random.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';
import { varyRequest } from './vary-request.ts';

export interface AimedRequest {
  /** It is decided at its own time. */
  readonly sample: GeneratedRequest;
  /** The answer of each policy, in order. */
  readonly answers: readonly EvaluatedAnswer[];
}

export interface AimedOptions {
  /** Default: 2,000. */
  readonly samples?: number;
  /** Default: 1. */
  readonly seed?: number;
}

/** Variations of each request that explores: these cost less, as nothing follows what they reach. */
const variations = 3;

/** The number of requests, pairs of them, or sessions that try to contradict a proof. */
export const defaultSamples = 2_000;

export function* generateAimedRequests(
  policies: readonly PolicyModel[],
  { samples = defaultSamples, seed = 1 }: AimedOptions = {},
): Iterable<AimedRequest> {
  const dice = new Dice(createRandomNumbers(seed));
  const decide = (sample: GeneratedRequest): AimedRequest => ({
    sample,
    answers: policies.map((policy) => ask(policy, sample)),
  });
  const explored = Math.ceil(samples / (1 + variations));
  for (const { sample, answers } of explore(policies, { samples: explored, seed })) {
    const own = { ...sample, now: undefined };
    yield sample.now === undefined ? { sample, answers } : decide(own);
    for (let left = variations; left > 0; left -= 1)
      yield decide({ ...own, text: varyRequest(dice.pick(policies), own.text, dice) });
  }
}
