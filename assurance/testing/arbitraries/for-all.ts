// Tests a property of all requests, or of all sessions, of a policy on samples that explore it. The first
// counterexample is shrunk and reported with its answer and explanation.

import type { PolicyModel } from '@nhipol/language/model';
import type { Answer } from '@nhipol/runtime';
import { explore } from '../explore/explore.ts';
import { exploreSessions } from '../explore/explore-sessions.ts';
import { listSimplerSessions, playSessionSample, type SessionSample } from '../explore/sessions.ts';
import { shrinks } from '../explore/shrink.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import type { TableTexts } from '../generate/tables.ts';
import type { SessionOpener } from '../runner/run-tests.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { decide as byEvaluator } from './decide.ts';
import { PropertyFailed, renderRequestFailure, renderSessionFailure } from './failure.ts';
import { canDrawSample, type SessionScenario, toScenario } from './sessions.ts';
import { createDrawFilter, type DrawOptions } from './supported-types.ts';
import { toObject } from './to-object.ts';
import { findFirstFailure, runProperty } from './trial.ts';
import type { DecisionOf, RequestOf } from './typed-policy.ts';

interface Sampling<P> extends DrawOptions<P> {
  /** The same seed gives the same samples; default: 1. */
  readonly seed?: number;
  /** The number of samples; default: 1,000 requests or 200 sessions. */
  readonly samples?: number;
}

/** Decides any request at the instant, and with the tables, of the sample. */
export type Decider<P> = (request: RequestOf<P>) => DecisionOf<P>;

/** The property is violated if it returns `false` or throws; `fc.pre` is its precondition. */
export type RequestProperty<P> = (request: RequestOf<P>, decide: Decider<P>) => Said;

// biome-ignore lint/suspicious/noConfusingVoidType: for a property that only has assertions.
type Said = boolean | void;

export interface RequestOptions<P> extends Sampling<P> {
  /** Another engine than the evaluator, such as a compiled module's `decide`. */
  readonly decide?: (
    request: RequestOf<P>,
    options: { readonly now: bigint | 'request'; readonly tables: TableTexts },
  ) => DecisionOf<P>;
}

export function forAllRequests<P extends PolicyModel>(
  policy: P,
  property: RequestProperty<P>,
  { seed = 1, samples = 1000, strangers, decide }: RequestOptions<P> = {},
): void {
  const draws = createDrawFilter(policy, { strangers });
  const createDecider = ({ now, tables }: GeneratedRequest): Decider<P> => {
    if (decide !== undefined) {
      return (request) => decide(request, { now: now ?? 'request', tables });
    }
    const instant = now === undefined ? {} : { now };
    return (request) => byEvaluator(policy, request, { ...instant, tables });
  };
  const run = (sample: GeneratedRequest, decider = createDecider(sample)) =>
    runProperty(() => property(toObject(sample.text) as RequestOf<P>, decider));
  const failure = findFirstFailure(
    drawSamples(
      (most) => explore([policy], { samples: most, seed }),
      samples,
      ({ text }) => draws(text),
    ),
    run,
    function* (sample) {
      for (const generatedRequest of shrinks(policy, sample))
        if (draws(generatedRequest.text)) yield generatedRequest;
    },
  );
  if (failure === undefined) return;
  const asked: { request: unknown; answer: Answer }[] = [];
  const decider = createDecider(failure.sample);
  run(failure.sample, (request) => {
    const answer = decider(request);
    asked.push({ request, answer: answer as Answer });
    return answer;
  });
  throw new PropertyFailed(renderRequestFailure(policy, failure, asked, { seed }), failure.thrown);
}

/** The answers are the last ones of each step. */
export type SessionProperty<P> = (
  scenario: SessionScenario<RequestOf<P>>,
  answers: readonly DecisionOf<P>[],
) => Said;

export interface SessionOptions<P> extends Sampling<P> {
  /** Another engine than the evaluator. */
  readonly open?: SessionOpener;
}

export function forAllSessions<P extends PolicyModel>(
  policy: P,
  property: SessionProperty<P>,
  {
    seed = 1,
    samples = 200,
    strangers,
    open = createEvaluatorSessions(policy),
  }: SessionOptions<P> = {},
): void {
  const draws = createDrawFilter(policy, { strangers });
  const playScenario = (sample: SessionSample) => playSessionSample(open, sample);
  const failure = findFirstFailure(
    drawSamples(
      (most) => exploreSessions(policy, { samples: most, seed }),
      samples,
      (sessionSample) => canDrawSample(draws, sessionSample),
    ),
    (sample) =>
      runProperty(() =>
        property(
          toScenario<RequestOf<P>>(sample),
          playScenario(sample) as readonly DecisionOf<P>[],
        ),
      ),
    function* (sample) {
      for (const sessionSample of listSimplerSessions(policy, sample)) {
        if (canDrawSample(draws, sessionSample)) yield sessionSample;
      }
    },
  );
  if (failure === undefined) return;
  const answers = playScenario(failure.sample);
  throw new PropertyFailed(
    renderSessionFailure(policy, failure, answers, { seed }),
    failure.thrown,
  );
}

/** Takes the accepted samples of an exploration and skips the others, up to a limit. */
function* drawSamples<Sample>(
  explore: (samples: number) => Iterable<{ readonly sample: Sample }>,
  samples: number,
  draws: (sample: Sample) => boolean,
): Iterable<Sample> {
  let left = samples;
  for (const { sample } of explore(samples * maxSkipped)) {
    if (left === 0) return;
    if (!draws(sample)) continue;
    left -= 1;
    yield sample;
  }
}

const maxSkipped = 20;
