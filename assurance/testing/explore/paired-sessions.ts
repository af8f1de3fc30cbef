// Plays one session under two policies: the inputs that both accept, their answers step by step, and the smallest
// session for which a condition is still true.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel, TestSignal } from '@nhipol/language/model';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { findSignalRefusal } from '../runner/signal-refusal.ts';
import { listSimplerSessions, playSessionSample, type SessionSample } from './sessions.ts';
import { shrinkWhile } from './shrink.ts';

export class SessionPair {
  readonly #policies: readonly [PolicyModel, PolicyModel];
  readonly #taken = new WeakMap<TestSignal, boolean>();

  constructor(before: PolicyModel, after: PolicyModel) {
    this.#policies = [before, after];
  }

  /** Without signals that one of the policies does not accept; the sample itself if both accept all. */
  keepCommonSignals(sample: SessionSample): SessionSample {
    const isTaken = (signal: TestSignal) => this.#isTaken(signal);
    if (sample.steps.every(({ signals }) => signals.every(isTaken))) return sample;
    return {
      ...sample,
      steps: sample.steps.map((step) => ({ ...step, signals: step.signals.filter(isTaken) })),
    };
  }

  #isTaken(signal: TestSignal): boolean {
    const isKnown = this.#taken.get(signal);
    if (isKnown !== undefined) return isKnown;
    const isFound = this.#policies.every(
      (policy) => findSignalRefusal(policy, signal) === undefined,
    );
    this.#taken.set(signal, isFound);
    return isFound;
  }

  /** The last answer of each step, under the first policy and under the second. */
  answers(sample: SessionSample): readonly (readonly [EvaluatedAnswer, EvaluatedAnswer])[] {
    const [before = [], after = []] = this.#policies.map(
      (policy) =>
        playSessionSample(createEvaluatorSessions(policy), sample) as readonly EvaluatedAnswer[],
    );
    return before.map((answer, step) => [answer, after[step] as EvaluatedAnswer]);
  }

  /** The smallest session found for which `holds` is true, as it is for the sample. */
  shrink(sample: SessionSample, holds: (sample: SessionSample) => boolean): SessionSample {
    return this.#policies.reduce(
      (shrunk, policy) =>
        shrinkWhile(shrunk, (sessionSample) => listSimplerSessions(policy, sessionSample), holds),
      sample,
    );
  }
}
