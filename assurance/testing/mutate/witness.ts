// Searches for a request with which a test could distinguish a mutant from the policy: among requests that explore
// the policy, then among those targeted at the change, then among those that explore both.

import { type Answer, allDemands } from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import { type Explored, explore, requestsOfTests } from '../explore/explore.ts';
import type { SessionSample } from '../explore/sessions.ts';
import { simplify } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { noTables } from '../generate/tables.ts';
import { askAsTest } from '../runner/ask.ts';
import { type Aim, aimed } from './targeted.ts';

/** A sample that the policy and the mutant answer differently. */
export type Witness = RequestWitness | SessionWitness;

export interface RequestWitness extends Answers {
  readonly kind: 'request';
  readonly sample: GeneratedRequest;
}

export interface SessionWitness extends Answers {
  readonly kind: 'session';
  /** The answers are those to its last step. */
  readonly sample: SessionSample;
}

export interface Answers {
  readonly before: Answer;
  readonly after: Answer;
}

export interface WitnessOptions {
  readonly samples: number;
  readonly seed: number;
}

export class Witnesses {
  readonly #policy: Policy;
  readonly #options: WitnessOptions;
  readonly #tests: readonly GeneratedRequest[];
  #known: readonly Explored[] | undefined;

  constructor(policy: Policy, options: WitnessOptions) {
    this.#policy = policy;
    this.#options = options;
    const byText = new Map(requestsOfTests(policy).map((sample) => [sample.text, sample]));
    this.#tests = [...byText.values()];
  }

  /** The witness with the least noise; undefined: no sample distinguishes the two. */
  against(mutant: Policy, aim: Aim): RequestWitness | undefined {
    const found =
      this.#amongKnown(mutant) ?? this.#amongAimed(mutant, aim) ?? this.#amongNew(mutant);
    return found && this.#shrunk(found, mutant);
  }

  /** The witness with the least noise that a request leads to. */
  given(mutant: Policy, text: string): RequestWitness | undefined {
    const found = this.#witnessOf({ text, now: undefined, tables: noTables }, mutant);
    return found && this.#shrunk(found, mutant);
  }

  #shrunk(found: RequestWitness, mutant: Policy): RequestWitness {
    const witnessFor = (sample: GeneratedRequest): RequestWitness => {
      const [before, after] = [askAsTest(this.#policy, sample), askAsTest(mutant, sample)];
      return { kind: 'request', sample, before, after };
    };
    // A request with fewer members is shorter, and has more missing data.
    let left = maxShrinkSteps;
    const simple = simplify(this.#policy, found.sample, (simpler) => {
      left -= 1;
      if (left < 0) return false;
      const witness = witnessFor(simpler);
      return isDetectable(witness) && noiseOf(witness) <= noiseOf(found);
    });
    return witnessFor(simple);
  }

  #witnessOf(sample: GeneratedRequest, mutant: Policy): RequestWitness | undefined {
    const [before, after] = [askAsTest(this.#policy, sample), askAsTest(mutant, sample)];
    const witness: RequestWitness = { kind: 'request', sample, before, after };
    return isDetectable(witness) ? witness : undefined;
  }

  /** The smallest known witness. */
  #amongKnown(mutant: Policy): RequestWitness | undefined {
    this.#known ??= [...explore([this.#policy], this.#options)];
    return this.#known
      .map(({ sample }) => this.#witnessOf(sample, mutant))
      .filter((witness) => witness !== undefined)
      .reduce<RequestWitness | undefined>(
        (least, each) => (least === undefined || noiseOf(each) < noiseOf(least) ? each : least),
        undefined,
      );
  }

  #amongAimed(mutant: Policy, aim: Aim): RequestWitness | undefined {
    for (const sample of aimed(this.#policy, this.#tests, aim)) {
      const witness = this.#witnessOf(sample, mutant);
      if (witness !== undefined) return witness;
    }
    return undefined;
  }

  #amongNew(mutant: Policy): RequestWitness | undefined {
    const { samples, seed } = this.#options;
    const options = { samples: Math.ceil(samples / 4), seed: seed + 1 };
    for (const { sample } of explore([this.#policy, mutant], options)) {
      const witness = this.#witnessOf(sample, mutant);
      if (witness !== undefined) return witness;
    }
    return undefined;
  }
}

/** The maximum number of shrinking steps, since numbers may be far from zero. */
const maxShrinkSteps = 1_000;

/** An invalid request shows nothing about rules. */
function noiseOf({ before, after }: Answers): number {
  const faulty = before.error !== undefined || after.error !== undefined;
  return before.reasons.length + after.reasons.length + (faulty ? 1_000 : 0);
}

/** Whether a test that expects the one answer fails on the other. */
function isDetectable({ before, after }: Answers): boolean {
  return difference(before, after) !== undefined;
}

export type Expectable = 'effect' | 'reasons' | 'constraints' | 'obligations' | 'lower' | 'until';

/**
 * The part of the one answer that a test can expect and that the other does not have. A test cannot expect that
 * there is no end.
 */
export function difference(before: Answer, after: Answer): Expectable | undefined {
  if (before.effect !== after.effect) return 'effect';
  if (before.reasons.join() !== after.reasons.join()) return 'reasons';
  if (stringify(before.constraints) !== stringify(after.constraints)) return 'constraints';
  if (asked(before).length > 0 && stringify(asked(before)) !== stringify(asked(after)))
    return 'obligations';
  if (stringify(before.lower) !== stringify(after.lower)) return 'lower';
  const { validUntil } = before;
  return validUntil !== undefined && validUntil !== after.validUntil ? 'until' : undefined;
}

function asked(answer: Answer) {
  return allDemands(answer).map(({ name, properties }) => ({ name, properties }));
}
