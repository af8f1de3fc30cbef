// Explores sessions by extending those that made the most progress; every other one is driven to the threshold of
// a count, or to the end of a window. The same seed gives the same sessions.

import { type PolicyModel, sharesHistory } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { createRandomNumbers, Dice } from '../generate/random.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { SessionDriver } from './driven-sessions.ts';
import { type ExploreOptions, explore } from './explore.ts';
import { playSessionSample, SessionMaker, type SessionSample } from './sessions.ts';

export interface ExploredSession {
  readonly sample: SessionSample;
  /** The answer of each step. */
  readonly answers: readonly Answer[];
}

export interface ExploreSessionsOptions extends ExploreOptions {
  /**
   * Whether steps can take place in other sessions that open with the same request, if the policy has terms across
   * sessions; default: false.
   */
  readonly several?: boolean;
}

/** Longer ones are not extended. */
const maxSteps = 24;

export function* exploreSessions(
  policy: PolicyModel,
  { samples, seed = 1, known = [], several = false }: ExploreSessionsOptions,
): Iterable<ExploredSession> {
  const dice = new Dice(createRandomNumbers(seed));
  const hasOthers = several && sharesHistory(policy);
  const maker = new SessionMaker(policy, dice, hasOthers);
  const open = createEvaluatorSessions(policy);
  const seen = new Set<string>();
  const furthest: SessionSample[] = [];
  const driver = new SessionDriver(policy, dice, seed, hasOthers);
  const opening = explore([policy], { samples, seed, known })[Symbol.iterator]();
  for (let left = samples; left > 0; left -= 1) {
    if (driver.canDrive && left % 2 === 0) {
      const sample = driver.next();
      yield { sample, answers: playSessionSample(open, sample) };
      continue;
    }
    const next = furthest.length === 0 || dice.chance(350) ? opening.next() : undefined;
    const sample =
      next === undefined || next.done
        ? maker.longer(dice.pick(furthest))
        : maker.open(next.value.sample);
    const answers = playSessionSample(open, sample);
    const reached = answers.flatMap(({ effect, reasons }, index) => [
      ...reasons.map((reason) => `${effect} ${reason}`),
      `${answers[index - 1]?.effect} ${effect} ${reasons[0]}`,
    ]);
    const before = seen.size;
    for (const each of reached) seen.add(each);
    if (seen.size > before && sample.steps.length < maxSteps) furthest.push(sample);
    yield { sample, answers };
  }
}
