// Searches for a session with which a test could distinguish a mutant from the policy: among sessions that are
// driven to the thresholds of the policy, the short ones first, then among sessions of the mutant. The number of
// sessions, of candidates and of attempts to shrink one is bounded.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { type ExploredSession, exploreSessions } from '../explore/explore-sessions.ts';
import { SessionPair } from '../explore/paired-sessions.ts';
import { playSessionSample, type SessionSample } from '../explore/sessions.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import {
  findExpectableDifference,
  type MutantSessionWitness,
  type WitnessOptions,
} from './witness.ts';

/** A session takes as long as this many requests. */
const perSession = 5;
/** After this many sessions that cannot be written as a test, the search ends. */
const maxCandidates = 4;
const maxShrinks = 400;

export class SessionWitnesses {
  readonly #policy: PolicyModel;
  readonly #samples: number;
  readonly #seed: number;
  #known: readonly ExploredSession[] | undefined;

  constructor(policy: PolicyModel, { samples, seed }: WitnessOptions) {
    this.#policy = policy;
    this.#samples = Math.ceil(samples / perSession);
    this.#seed = seed;
  }

  /** `isUsable`: whether a test can be rendered from it. */
  against(
    mutant: PolicyModel,
    isUsable: (witness: MutantSessionWitness) => boolean,
  ): MutantSessionWitness | undefined {
    const pair = new SessionPair(this.#policy, mutant);
    let left = maxCandidates;
    for (const sessionWitness of this.#candidates(pair, mutant)) {
      const shrunk = shrink(pair, sessionWitness);
      if (isUsable(shrunk)) return shrunk;
      if (isUsable(sessionWitness)) return sessionWitness;
      left -= 1;
      if (left === 0) return undefined;
    }
    return undefined;
  }

  *#candidates(pair: SessionPair, mutant: PolicyModel): Iterable<MutantSessionWitness> {
    // An error shows nothing about rules.
    const withErrors: MutantSessionWitness[] = [];
    for (const sessionWitness of this.#differing(pair, mutant)) {
      if (hasError(sessionWitness)) withErrors.push(sessionWitness);
      else yield sessionWitness;
    }
    yield* withErrors;
  }

  *#differing(pair: SessionPair, mutant: PolicyModel): Iterable<MutantSessionWitness> {
    this.#known ??= [
      ...exploreSessions(this.#policy, { samples: this.#samples, seed: this.#seed, several: true }),
    ].sort((a, b) => countEvents(a.sample) - countEvents(b.sample));
    for (const { sample, answers } of this.#known) {
      const taken = pair.keepCommonSignals(sample);
      const pairs =
        taken === sample
          ? pairAnswers(
              answers as readonly EvaluatedAnswer[],
              playSessionSample(
                createEvaluatorSessions(mutant),
                sample,
              ) as readonly EvaluatedAnswer[],
            )
          : pair.answers(taken);
      const sessionWitness = findFirstDiffering(taken, pairs);
      if (sessionWitness !== undefined) yield sessionWitness;
    }
    const more = {
      samples: Math.ceil(this.#samples / 4),
      seed: this.#seed + 1,
      several: true,
    };
    for (const { sample } of exploreSessions(mutant, more)) {
      const taken = pair.keepCommonSignals(sample);
      const sessionWitness = findFirstDiffering(taken, pair.answers(taken));
      if (sessionWitness !== undefined) yield sessionWitness;
    }
  }
}

type AnswerPair = readonly [EvaluatedAnswer, EvaluatedAnswer];

function pairAnswers(
  before: readonly EvaluatedAnswer[],
  after: readonly EvaluatedAnswer[],
): readonly AnswerPair[] {
  return before.map((answer, step) => [answer, after[step] as EvaluatedAnswer]);
}

/** The session up to the first step with a difference that a test can expect. */
function findFirstDiffering(
  sample: SessionSample,
  answers: readonly AnswerPair[],
): MutantSessionWitness | undefined {
  const index = answers.findIndex(
    ([before, after]) => findExpectableDifference(before, after) !== undefined,
  );
  const answerPair = answers[index];
  if (answerPair === undefined) return undefined;
  const [before, after] = answerPair;
  return {
    kind: 'session',
    sample: { ...sample, steps: sample.steps.slice(0, index + 1) },
    before,
    after,
  };
}

/** Ends with a step with different answers, and has no more errors than before. */
function shrink(pair: SessionPair, sessionWitness: MutantSessionWitness): MutantSessionWitness {
  const findWitness = (sample: SessionSample): MutantSessionWitness | undefined => {
    const [before, after] = pair.answers(sample).at(-1) ?? [];
    if (before === undefined || after === undefined) return undefined;
    const witness: MutantSessionWitness = { kind: 'session', sample, before, after };
    return findExpectableDifference(before, after) === undefined ||
      (hasError(witness) && !hasError(sessionWitness))
      ? undefined
      : witness;
  };
  let left = maxShrinks;
  const smallest = pair.shrink(sessionWitness.sample, (sample) => {
    left -= 1;
    return left >= 0 && findWitness(sample) !== undefined;
  });
  return findWitness(smallest) ?? sessionWitness;
}

function hasError({ before, after }: MutantSessionWitness): boolean {
  return before.error !== undefined || after.error !== undefined;
}

function countEvents({ steps }: SessionSample): number {
  return steps.reduce((sum, { signals, asks }) => sum + signals.length + asks, steps.length);
}
