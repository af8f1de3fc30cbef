// Generates sessions of a policy: queries, events and the time between them, near the boundaries of its requests
// and of the windows and counts of its history terms. Any engine can play them.

import { parseJson } from '@nhipol/language';
import {
  collectPolicyHistory,
  type PolicyModel,
  type TestChange,
  type TestSignal,
} from '@nhipol/language/model';
import { findWindowLength } from '@nhipol/language/types';
import type { Answer } from '@nhipol/runtime';
import { collectBoundaries } from '../generate/boundaries.ts';
import type { Dice } from '../generate/random.ts';
import { roots } from '../generate/request-parts.ts';
import { type GeneratedRequest, RequestMaker } from '../generate/requests.ts';
import type { TableTexts } from '../generate/tables.ts';
import type { AnswerRun, SessionOpener, TestedSession } from '../runner/run-tests.ts';
import { makeNeighbor } from './neighbors.ts';
import { getJsonValue } from './paths.ts';
import { shrinks } from './shrink.ts';

export interface SessionSample {
  /** The request that it opens with, as JSON. */
  readonly request: string;
  /** Milliseconds. */
  readonly opens: bigint;
  readonly tables: TableTexts;
  readonly steps: readonly SampleStep[];
}

export interface SampleStep {
  /** The name of another session, which opens with the same request in its first step; absent: the own one. */
  readonly session?: string;
  /** Milliseconds since the step before. */
  readonly after: bigint;
  readonly signals: readonly TestSignal[];
  /** The new request, as JSON, or `undefined` for the same. */
  readonly request: string | undefined;
  /** The number of decisions; 0: evaluate the latest query again. */
  readonly asks: number;
}

/** The last answer of each step. */
export function playSessionSample(open: SessionOpener, sample: SessionSample): readonly Answer[] {
  return playInRuns(open, sample).map((runs) => (runs.at(-1) as AnswerRun).answer);
}

/** All answers of each step, of which there is at least one. */
export function playInRuns(
  open: SessionOpener,
  sample: SessionSample,
): readonly (readonly AnswerRun[])[] {
  let now = sample.opens;
  const mainSession = open(sample.request, now);
  const others = new Map<string, TestedSession>();
  const getOtherSession = (name: string): TestedSession => {
    const otherSession = others.get(name) ?? mainSession.other(sample.request, now);
    others.set(name, otherSession);
    return otherSession;
  };
  return sample.steps.map(({ session: name, after, signals, request, asks }) => {
    now += after;
    const session = name === undefined ? mainSession : getOtherSession(name);
    session.change(request === undefined ? [] : createReplacements(request), sample.tables);
    for (const { signal, times } of groupRuns(signals)) receive(session, signal, now, times);
    return asks === 0 ? [{ answer: session.judge(now), times: 1 }] : askTimes(session, now, asks);
  });
}

/** Up to this many are played one by one, as hosts do. */
const maxSingly = 8;

function receive(session: TestedSession, signal: TestSignal, now: bigint, times: number): void {
  if (times > maxSingly && session.receiveRepeatedly !== undefined) {
    session.receiveRepeatedly(signal, now, times);
  } else for (let left = times; left > 0; left -= 1) session.receive(signal, now);
}

function askTimes(session: TestedSession, now: bigint, times: number): readonly AnswerRun[] {
  if (times > maxSingly && session.askRepeatedly !== undefined)
    return session.askRepeatedly(now, times);
  return Array.from({ length: times }, () => ({ answer: session.ask(now), times: 1 }));
}

/** Equal consecutive signals are one run. */
function groupRuns(signals: readonly TestSignal[]) {
  const runs: { readonly signal: TestSignal; times: number }[] = [];
  for (const signal of signals) {
    const last = runs.at(-1);
    if (last !== undefined && isSameSignal(last.signal, signal)) last.times += 1;
    else runs.push({ signal, times: 1 });
  }
  return runs;
}

function isSameSignal(a: TestSignal, b: TestSignal): boolean {
  return a === b || (a.name === b.name && a.payload === b.payload && a.time === b.time);
}

/** Replaces everything that was set before. */
function createReplacements(request: string): readonly TestChange[] {
  const members = JSON.parse(request) as Readonly<Record<string, unknown>>;
  return roots.map((root) => ({
    path: [root],
    json: members[root] === undefined ? undefined : JSON.stringify(members[root]),
  }));
}

/** A session that opens at the time of the request, and decides it once. */
export function createSessionSample({
  text: request,
  now,
  tables,
}: GeneratedRequest): SessionSample {
  const opens = now ?? readRequestTime(request) ?? defaultTime;
  return {
    request,
    opens,
    tables,
    steps: [{ after: 0n, signals: [], request: undefined, asks: 1 }],
  };
}

/** The names of other sessions. */
const otherSessions = ['second', 'third'] as const;

/** The latest request of a session after some steps. */
function findLatestRequest(sample: SessionSample, name: string | undefined): string {
  const sessionSteps = sample.steps.filter(({ session }) => session === name);
  return sessionSteps.findLast(({ request }) => request !== undefined)?.request ?? sample.request;
}

/** The same step in another session; `getJsonValue` chooses it. */
export function nestStep(step: SampleStep, at = 0): SampleStep {
  return { ...step, session: otherSessions[at % otherSessions.length] as string };
}

export class SessionMaker {
  readonly #policy: PolicyModel;
  readonly #dice: Dice;
  readonly #spans: readonly bigint[];
  readonly #counts: readonly number[];
  readonly #hasOthers: boolean;

  /** `hasOthers`: whether steps can take place in other sessions. */
  constructor(policy: PolicyModel, dice: Dice, hasOthers: boolean) {
    this.#policy = policy;
    this.#dice = dice;
    this.#hasOthers = hasOthers;
    const terms = collectPolicyHistory(policy).map(({ term }) => term);
    const within = terms.flatMap((term) =>
      'window' in term && term.window !== undefined ? findWindowLength(term.window) : [],
    );
    this.#spans = [...within, ...collectBoundaries(policy).all.durations];
    const thresholds = terms.flatMap((term) => (term.form === 'count' ? [term.threshold] : []));
    this.#counts = thresholds.map(Number).flatMap((count) => [count - 1, count, count + 1]);
  }

  /** A session that opens at the time of the request. */
  open(request: GeneratedRequest): SessionSample {
    return this.longer({ ...createSessionSample(request), steps: [] });
  }

  /** Adds one to three steps. */
  longer(sample: SessionSample): SessionSample {
    let longer = sample;
    for (let left = this.#dice.pick([1, 1, 2, 3]); left > 0; left -= 1) {
      const name =
        this.#hasOthers && this.#dice.chance(300) ? this.#dice.pick(otherSessions) : undefined;
      const step = this.#step(findLatestRequest(longer, name));
      const placed = name === undefined ? step : { ...step, session: name };
      longer = { ...longer, steps: [...longer.steps, placed] };
    }
    return longer;
  }

  #step(request: string): SampleStep {
    const { chance, pick } = this.#dice;
    const names = [...this.#policy.signals.keys()];
    const signals = names.length > 0 && chance(350) ? this.#signals(pick(names)) : [];
    return {
      after: this.#wait(),
      signals,
      request: chance(400) ? makeNeighbor(this.#policy, request, this.#dice) : undefined,
      asks: chance(200) ? 0 : chance(700) ? 1 : this.#burst(),
    };
  }

  /** A number of events near a count of the policy. */
  #burst(): number {
    return this.#dice.pick([2, 3, ...this.#counts.map(clampCount)]);
  }

  #signals(name: string): readonly TestSignal[] {
    const count = this.#dice.chance(700) ? 1 : this.#burst();
    return Array.from({ length: count }, () => this.#signal(name));
  }

  #signal(name: string): TestSignal {
    const shape = this.#policy.signals.get(name);
    const { values } = new RequestMaker(this.#policy, this.#dice, { untidy: false });
    const payload = shape === undefined ? undefined : values.record(shape, 'event[]');
    return { name, payload, time: undefined };
  }

  #wait(): bigint {
    const { chance, pick } = this.#dice;
    if (this.#spans.length === 0 || chance(500)) return pick([0n, 1n, 1000n, 60_000n]);
    const span = pick(this.#spans) + pick([-1n, 0n, 0n, 1n]);
    return span < 0n ? 0n : span;
  }
}

export const defaultTime = BigInt(Date.UTC(2026, 2, 3, 10));

/** Enough to exceed typical counts, and few enough to be played. */
function clampCount(count: number): number {
  return Math.min(Math.max(count, 1), 100);
}

export function readRequestTime(request: string): bigint | undefined {
  const time = getJsonValue(parseJson(request), ['context', 'time']);
  const instant = time?.kind === 'string' ? Date.parse(time.value) : Number.NaN;
  return Number.isNaN(instant) ? undefined : BigInt(instant);
}

/** With fewer steps, less in each, or a smaller request. */
export function* listSimplerSessions(
  policy: PolicyModel,
  sample: SessionSample,
): Iterable<SessionSample> {
  const { steps } = sample;
  for (const index of steps.keys()) {
    yield { ...sample, steps: steps.filter((_, each) => each !== index) };
  }
  // A request that replaces the first one of several sessions can be the one that they open with.
  const given = new Set(steps.flatMap(({ request }) => request ?? []));
  for (const request of given) {
    const without = (step: SampleStep) =>
      step.request === request ? { ...step, request: undefined } : step;
    yield { ...sample, request, steps: steps.map(without) };
  }
  for (const [index, step] of steps.entries()) {
    for (const plainer of listSimplerSteps(policy, step)) {
      yield {
        ...sample,
        steps: steps.map((sampleStep, at) => (at === index ? plainer : sampleStep)),
      };
    }
  }
  const asked = { text: sample.request, now: undefined, tables: sample.tables };
  for (const { text, tables } of shrinks(policy, asked)) {
    yield { ...sample, request: text, tables };
  }
}

/** The decrements of a number above 1: half of it first, and one last. */
function listHalves(count: number): readonly number[] {
  const found: number[] = [];
  for (let half = Math.floor(count / 2); half > 0; half = Math.floor(half / 2)) found.push(half);
  return found;
}

function* listSimplerSteps(policy: PolicyModel, step: SampleStep): Iterable<SampleStep> {
  const { session: other, ...inOwn } = step;
  if (other !== undefined) yield inOwn;
  const { after, signals, request, asks } = step;
  if (signals.length > 0) yield { ...step, signals: [] };
  for (const fewer of listHalves(signals.length)) {
    yield { ...step, signals: signals.slice(fewer) };
    yield { ...step, signals: signals.slice(0, -fewer) };
  }
  if (request !== undefined) yield { ...step, request: undefined };
  if (asks > 1) yield { ...step, asks: 1 };
  for (const fewer of listHalves(asks)) yield { ...step, asks: asks - fewer };
  if (asks === 0) yield { ...step, asks: 1 };
  for (const unit of [60_000n, 1000n]) {
    if (after % unit !== 0n) yield { ...step, after: after - (after % unit) };
  }
  if (after > 0n) yield { ...step, after: 0n };
  if (request === undefined) return;
  const asked = { text: request, now: undefined, tables: new Map() };
  for (const { text } of shrinks(policy, asked)) yield { ...step, request: text };
}
