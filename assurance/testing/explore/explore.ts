// Explores a policy by requests: new ones, those of its tests, and neighbors of those that reached something new.
// The same seed gives the same requests.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { EffectName } from '@nhipol/runtime/abi';
import { createRandomNumbers, Dice } from '../generate/random.ts';
import {
  type GeneratedRequest,
  generateTableContents,
  RequestMaker,
} from '../generate/requests.ts';
import { noTables, type TableTexts } from '../generate/tables.ts';
import { listStepRequests } from '../generate/test-steps.ts';
import { makeNeighbor } from './neighbors.ts';
import { NoveltyTracker } from './novelty.ts';

export interface Explored {
  readonly sample: GeneratedRequest;
  /** The answer of each policy, in order. */
  readonly answers: readonly EvaluatedAnswer[];
}

export interface ExploreOptions {
  readonly samples: number;
  /** Default: 1. */
  readonly seed?: number;
  /** Requests to start from, in addition to the tests of the policies. */
  readonly known?: readonly GeneratedRequest[];
}

/** Uses the evaluator. Several policies, such as an old and a new one, get the same requests. */
export function* explore(
  policies: readonly PolicyModel[],
  { samples, seed = 1, known = [] }: ExploreOptions,
): Iterable<Explored> {
  const explorer = new Explorer(policies, new Dice(createRandomNumbers(seed)));
  const begin = [...known, ...policies.flatMap(listTestRequests)].slice(0, samples);
  for (const sample of begin) yield explorer.ask(sample);
  for (let left = samples - begin.length; left > 0; left -= 1) yield explorer.ask(explorer.draw());
}

export function listTestRequests(policy: PolicyModel): readonly GeneratedRequest[] {
  return policy.tests
    .flatMap(listStepRequests)
    .map(({ request, now, tables }) => ({ text: request, now, tables }));
}

class Explorer {
  readonly #policies: readonly PolicyModel[];
  readonly #dice: Dice;
  readonly #reaches: readonly NoveltyTracker[];
  readonly #contents: readonly TableTexts[];
  readonly #seen = new Set<string>();
  /** The requests that reached something new, by effect. */
  readonly #corpus = new Map<EffectName, GeneratedRequest[]>();
  /** For each permit, the request that came closest to it. */
  readonly #nearest = new Map<string, { sample: GeneratedRequest; distance: number }>();

  constructor(policies: readonly PolicyModel[], dice: Dice) {
    this.#policies = policies;
    this.#dice = dice;
    this.#reaches = policies.map((policy) => new NoveltyTracker(policy));
    this.#contents = policies.flatMap(generateTableContents);
  }

  ask(sample: GeneratedRequest): Explored {
    const reached = this.#reaches.map((reach) => reach.of(sample));
    for (const [index, { answer, features, distances }] of reached.entries()) {
      if (answer.error !== undefined) continue;
      if (this.#isNew(index, features)) this.#keep(answer.effect, sample);
      for (const [permit, distance] of distances.entries()) {
        const name = `${index} ${permit}`;
        const before = this.#nearest.get(name)?.distance ?? Number.POSITIVE_INFINITY;
        if (distance <= before) this.#nearest.set(name, { sample, distance });
      }
    }
    return { sample, answers: reached.map(({ answer }) => answer) };
  }

  #isNew(index: number, features: ReadonlySet<string>): boolean {
    const before = this.#seen.size;
    for (const feature of features) this.#seen.add(`${index} ${feature}`);
    return this.#seen.size > before;
  }

  #keep(effect: EffectName, sample: GeneratedRequest): void {
    const same = this.#corpus.get(effect) ?? [];
    this.#corpus.set(effect, same);
    same.push(sample);
  }

  draw(): GeneratedRequest {
    const { chance, pick } = this.#dice;
    const policy = pick(this.#policies);
    if (this.#corpus.size === 0 || chance(200)) {
      const text = new RequestMaker(policy, this.#dice, { untidy: false }).request();
      return { text, now: undefined, tables: pick(this.#contents) };
    }
    const { text, now, tables } = this.#pickKept();
    return {
      text: makeNeighbor(policy, text, this.#dice),
      now: now !== undefined && chance(500) ? undefined : now,
      tables: tables === noTables || chance(100) ? pick(this.#contents) : tables,
    };
  }

  /** Most rules influence the answers near a permit; otherwise effects are chosen first, since some are rare. */
  #pickKept(): GeneratedRequest {
    const { chance, pick } = this.#dice;
    if (this.#nearest.size > 0 && chance(400)) return pick([...this.#nearest.values()]).sample;
    const same = pick([...this.#corpus.values()]);
    return chance(300) ? (same.at(-1) ?? pick(same)) : pick(same);
  }
}
