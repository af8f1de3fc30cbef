// A policy's sessions as an arbitrary of fast-check: scenarios that any engine can play, as plain objects with the
// types of the policy's requests.

import { openSession, recordSignal } from '@nhipol/language';
import type { PolicyModel, TestSignal } from '@nhipol/language/model';
import { formatInstant, parseInstant } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import type fc from 'fast-check';
import { exploreSessions } from '../explore/explore-sessions.ts';
import {
  listSimplerSessions,
  playSessionSample as playSample,
  SessionMaker,
  type SessionSample,
} from '../explore/sessions.ts';
import type { Dice } from '../generate/random.ts';
import { noTables } from '../generate/tables.ts';
import type { SessionOpener } from '../runner/run-tests.ts';
import { createEvaluatorSessions } from '../runner/sessions.ts';
import { drawMatching, Seeded } from './arbitrary.ts';
import { drawRequest } from './corpus.ts';
import { createDrawFilter, type DrawOptions, type Draws } from './supported-types.ts';
import { createRequestSample, toObject } from './to-object.ts';
import type { DecisionOf, RequestOf } from './typed-policy.ts';

export interface SessionScenario<R> {
  /** When it opens: RFC 3339. */
  readonly opens: string;
  /** The request that it opens with. */
  readonly request: R;
  readonly steps: readonly SessionStep<R>[];
}

export interface SessionStep<R> {
  /** Milliseconds since the step before. */
  readonly after: number;
  readonly signals: readonly SessionSignal[];
  /** The new request; without it, the same. */
  readonly request?: R;
  /** The number of decisions; 0: evaluate the latest query again. */
  readonly asks: number;
}

export interface SessionSignal {
  readonly name: string;
  readonly payload?: unknown;
}

/** Shrinks to fewer steps, less in each, and smaller requests. */
export function sessions<P extends PolicyModel>(
  policy: P,
  options: DrawOptions<P> = {},
): fc.Arbitrary<SessionScenario<RequestOf<P>>> {
  const draws = createDrawFilter(policy, options);
  type Scenario = SessionScenario<RequestOf<P>>;
  return new Seeded<Scenario>({
    draw: (dice) =>
      toScenario(
        drawMatching(
          () => drawSession(policy, dice),
          (sample) => canDrawSample(draws, sample),
        ),
      ),
    *shrinks(scenario) {
      for (const sample of listSimplerSessions(policy, toSessionSample(policy, scenario))) {
        if (canDrawSample(draws, sample)) yield toScenario<RequestOf<P>>(sample);
      }
    },
    takes: (value) => isScenario(policy, draws, value),
  });
}

/** The last answer in each step, by the evaluator or any other engine that opens sessions. */
export function play<P extends PolicyModel>(
  policy: P,
  scenario: SessionScenario<RequestOf<P>>,
  open: SessionOpener = createEvaluatorSessions(policy),
): readonly DecisionOf<P>[] {
  return playSample(open, toSessionSample(policy, scenario)) as readonly DecisionOf<P>[];
}

const explored = 300;
const mostSteps = 24;
const corpora = new WeakMap<PolicyModel, readonly SessionSample[]>();

function getCorpus(policy: PolicyModel): readonly SessionSample[] {
  const known = corpora.get(policy);
  if (known !== undefined) return known;
  const corpus = [...exploreSessions(policy, { samples: explored })]
    .map(({ sample }) => ({ ...sample, tables: noTables }))
    .filter(({ steps }) => steps.length < mostSteps);
  corpora.set(policy, corpus);
  return corpus;
}

/** A new session, or a continuation of another. */
function drawSession(policy: PolicyModel, dice: Dice) {
  const maker = new SessionMaker(policy, dice, false);
  const corpus = getCorpus(policy);
  return corpus.length === 0 || dice.chance(400)
    ? maker.open(createRequestSample(drawRequest(policy, dice)))
    : maker.longer(dice.pick(corpus));
}

export function canDrawSample(draws: Draws, { request, steps }: SessionSample): boolean {
  return [request, ...steps.flatMap((step) => step.request ?? [])].every(draws);
}

export function toScenario<R>({ opens, request, steps }: SessionSample): SessionScenario<R> {
  return {
    opens: formatInstant(opens),
    request: toObject(request) as R,
    steps: steps.map(({ after, signals, request: next, asks }) => ({
      after: Number(after),
      signals: signals.map(({ name, payload }) =>
        payload === undefined ? { name } : { name, payload: toObject(payload) },
      ),
      ...(next === undefined ? {} : { request: toObject(next) as R }),
      asks,
    })),
  };
}

/** Throws if the policy would not record a signal. */
function toSessionSample(policy: PolicyModel, scenario: SessionScenario<unknown>): SessionSample {
  const opens = parseInstant(scenario.opens);
  if (opens === undefined)
    throw new TypeError(`\`opens\` is not a valid instant: ${scenario.opens}`);
  const request = stringify(scenario.request);
  const steps = scenario.steps.map(({ after, signals, request: next, asks }) => ({
    after: BigInt(after),
    signals: signals.map((signal) => toTestSignal(policy, signal, request, opens)),
    request: next === undefined ? undefined : stringify(next),
    asks,
  }));
  return { request, opens, tables: noTables, steps };
}

function toTestSignal(
  policy: PolicyModel,
  { name, payload }: SessionSignal,
  request: string,
  opens: bigint,
): TestSignal {
  const text = payload === undefined ? undefined : stringify(payload);
  const bytes = text === undefined ? undefined : new TextEncoder().encode(text);
  const signal = { name, payload: bytes, time: undefined };
  const recorded = recordSignal(policy, openSession(request, opens), signal, opens);
  if (!('error' in recorded)) return { name, payload: text, time: undefined };
  const { expected, found } = recorded.error;
  throw new TypeError(`the signal ${name}: expected ${expected}, found ${found}`);
}

function isScenario(policy: PolicyModel, draws: Draws, value: unknown): boolean {
  try {
    return canDrawSample(draws, toSessionSample(policy, value as SessionScenario<unknown>));
  } catch {
    return false;
  }
}
