// Searches for a request with which a test could distinguish a mutant from the policy: among requests that explore
// the policy, then among those targeted at the change, then among those that explore both.

import { type EvaluatedAnswer, listAnswerDemands } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { type Explored, explore, listTestRequests } from '../explore/explore.ts';
import type { SessionSample } from '../explore/sessions.ts';
import { simplify } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { noTables } from '../generate/tables.ts';
import { askAsTest } from '../runner/ask.ts';
import { type Aim, generateTargetedRequests } from './targeted.ts';

/** A sample that the policy and the mutant answer differently. */
export type Witness = RequestWitness | MutantSessionWitness;

export interface RequestWitness extends WitnessAnswers {
  readonly kind: 'request';
  readonly sample: GeneratedRequest;
}

export interface MutantSessionWitness extends WitnessAnswers {
  readonly kind: 'session';
  /** The answers are those to its last step. */
  readonly sample: SessionSample;
}

export interface WitnessAnswers {
  readonly before: EvaluatedAnswer;
  readonly after: EvaluatedAnswer;
}

export interface WitnessOptions {
  readonly samples: number;
  readonly seed: number;
}

export class Witnesses {
  readonly #policy: PolicyModel;
  readonly #options: WitnessOptions;
  readonly #tests: readonly GeneratedRequest[];
  #known: readonly Explored[] | undefined;

  constructor(policy: PolicyModel, options: WitnessOptions) {
    this.#policy = policy;
    this.#options = options;
    const byText = new Map(listTestRequests(policy).map((sample) => [sample.text, sample]));
    this.#tests = [...byText.values()];
  }

  /** The witness with the least noise, or `undefined` if no sample distinguishes the two. */
  against(mutant: PolicyModel, aim: Aim): RequestWitness | undefined {
    const requestWitness =
      this.#amongKnown(mutant) ?? this.#amongAimed(mutant, aim) ?? this.#amongNew(mutant);
    return requestWitness && this.#shrunk(requestWitness, mutant);
  }

  /** The witness with the least noise that a request leads to. */
  findWitness(mutant: PolicyModel, text: string): RequestWitness | undefined {
    const witness = this.#checkWitness({ text, now: undefined, tables: noTables }, mutant);
    return witness && this.#shrunk(witness, mutant);
  }

  #shrunk(requestWitness: RequestWitness, mutant: PolicyModel): RequestWitness {
    const createWitness = (sample: GeneratedRequest): RequestWitness => {
      const [before, after] = [askAsTest(this.#policy, sample), askAsTest(mutant, sample)];
      return { kind: 'request', sample, before, after };
    };
    // A request with fewer members is shorter, and has more missing data.
    let left = maxShrinkSteps;
    const simple = simplify(this.#policy, requestWitness.sample, (simpler) => {
      left -= 1;
      if (left < 0) return false;
      const witness = createWitness(simpler);
      return isDetectable(witness) && rateNoise(witness) <= rateNoise(requestWitness);
    });
    return createWitness(simple);
  }

  #checkWitness(sample: GeneratedRequest, mutant: PolicyModel): RequestWitness | undefined {
    const [before, after] = [askAsTest(this.#policy, sample), askAsTest(mutant, sample)];
    const witness: RequestWitness = { kind: 'request', sample, before, after };
    return isDetectable(witness) ? witness : undefined;
  }

  /** The smallest known witness. */
  #amongKnown(mutant: PolicyModel): RequestWitness | undefined {
    this.#known ??= [...explore([this.#policy], this.#options)];
    return this.#known
      .map(({ sample }) => this.#checkWitness(sample, mutant))
      .filter((witness) => witness !== undefined)
      .reduce<RequestWitness | undefined>(
        (least, requestWitness) =>
          least === undefined || rateNoise(requestWitness) < rateNoise(least)
            ? requestWitness
            : least,
        undefined,
      );
  }

  #amongAimed(mutant: PolicyModel, aim: Aim): RequestWitness | undefined {
    for (const sample of generateTargetedRequests(this.#policy, this.#tests, aim)) {
      const witness = this.#checkWitness(sample, mutant);
      if (witness !== undefined) return witness;
    }
    return undefined;
  }

  #amongNew(mutant: PolicyModel): RequestWitness | undefined {
    const { samples, seed } = this.#options;
    const options = { samples: Math.ceil(samples / 4), seed: seed + 1 };
    for (const { sample } of explore([this.#policy, mutant], options)) {
      const witness = this.#checkWitness(sample, mutant);
      if (witness !== undefined) return witness;
    }
    return undefined;
  }
}

/** The maximum number of shrinking steps, since numbers may be far from zero. */
const maxShrinkSteps = 1_000;

/** An invalid request shows nothing about rules. */
function rateNoise({ before, after }: WitnessAnswers): number {
  const faulty = before.error !== undefined || after.error !== undefined;
  return before.reasons.length + after.reasons.length + (faulty ? 1_000 : 0);
}

/** Whether a test that expects the one answer fails on the other. */
function isDetectable({ before, after }: WitnessAnswers): boolean {
  return findExpectableDifference(before, after) !== undefined;
}

export type Expectable = 'effect' | 'reasons' | 'constraints' | 'obligations' | 'lower' | 'until';

/**
 * The part of the one answer that a test can expect and that the other does not have. A test cannot expect that
 * there is no end.
 */
export function findExpectableDifference(
  before: EvaluatedAnswer,
  after: EvaluatedAnswer,
): Expectable | undefined {
  if (before.effect !== after.effect) return 'effect';
  if (before.reasons.join() !== after.reasons.join()) return 'reasons';
  if (stringify(before.constraints) !== stringify(after.constraints)) return 'constraints';
  if (
    listDemands(before).length > 0 &&
    stringify(listDemands(before)) !== stringify(listDemands(after))
  )
    return 'obligations';
  if (stringify(before.lower) !== stringify(after.lower)) return 'lower';
  const { validUntil } = before;
  return validUntil !== undefined && validUntil !== after.validUntil ? 'until' : undefined;
}

function listDemands(answer: EvaluatedAnswer) {
  return listAnswerDemands(answer).map(({ name, properties }) => ({ name, properties }));
}
