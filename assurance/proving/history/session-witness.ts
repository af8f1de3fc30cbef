// The session that a model describes: its events as steps that can be played and written as a log, and the answer of the
// evaluator to its last request.

import {
  decideInSession,
  type EvaluatedAnswer,
  type EvaluatorSession,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel, TestChange, TestSignal } from '@nhipol/language/model';
import type { SymbolicFacts } from '../facts/facts.ts';
import type { Model } from '../solver/solver.ts';
import {
  buildObject,
  createRecord,
  createRequestJson,
  listCallRecords,
} from '../witness/request.ts';
import type { SymbolicEvent } from './events.ts';

/** A session as `assurance/testing/explore/sessions.ts` plays it. */
export interface SessionWitness {
  /** The request that it opens with, as JSON. */
  readonly request: string;
  /** Milliseconds. */
  readonly opens: bigint;
  readonly tables: ReadonlyMap<string, string>;
  readonly steps: readonly SessionStep[];
}

interface SessionStep {
  /** Milliseconds since the step before. */
  readonly after: bigint;
  readonly signals: readonly TestSignal[];
  /** The new request, as JSON, or `undefined` for the same. */
  readonly request: string | undefined;
  /** The number of decisions; 0: evaluate the latest request again. */
  readonly asks: number;
}

export function createSession(
  events: readonly SymbolicEvent[],
  last: SymbolicFacts,
  model: Model,
): SessionWitness {
  const happened = events.filter(({ exists }) => model.isTrue(exists));
  const decidedSymbolicEvent = happened.find((symbolicEvent) => isDecision(symbolicEvent, model));
  const request = createRequestJson(decidedSymbolicEvent?.facts ?? last, model);
  const opens = model.readValue((happened[0]?.facts ?? last).now);
  let now = opens;
  const createStep = (facts: SymbolicFacts, step: Omit<SessionStep, 'after'>): SessionStep => {
    const after = model.readValue(facts.now) - now;
    now += after;
    return { after, ...step };
  };
  const steps = happened.map((event) => {
    const { facts } = event;
    if (isDecision(event, model))
      return createStep(facts, { signals: [], request: createRequestJson(facts, model), asks: 1 });
    return createStep(facts, {
      signals: [createSignal(event, model)],
      request: undefined,
      asks: 0,
    });
  });
  steps.push(createStep(last, { signals: [], request: createRequestJson(last, model), asks: 1 }));
  return { request, opens, tables: new Map(), steps };
}

function selectKind({ kind }: SymbolicEvent, { isTrue }: Model): string {
  return String([...kind.values].find(([, literal]) => isTrue(literal))?.[0]);
}

function isDecision(event: SymbolicEvent, model: Model): boolean {
  return selectKind(event, model) === 'decision';
}

/** A signal, or an outcome with its call. */
function createSignal(event: SymbolicEvent, model: Model): TestSignal {
  const kind = selectKind(event, model);
  const [form, name] = [kind.slice(0, kind.indexOf(' ')), kind.slice(kind.indexOf(' ') + 1)];
  const fact = event.payloads.get(kind);
  if (fact === undefined) throw new Error(`broken invariant: no payload of ${kind}`);
  const payload = createRecord(fact, model);
  const members = payload.kind === 'object' ? payload.members : [];
  const own = members.map((member) => [member.name, member.value] as const);
  const json =
    form === 'outcome' ? buildObject([...listCallRecords(event.facts, model), ...own]) : payload;
  return { name, payload: writeJson(json), time: undefined };
}

/** A decision in a session, which is given as it was before. */
export interface DecidedMoment {
  readonly session: EvaluatorSession;
  readonly now: bigint;
  readonly answer: EvaluatedAnswer;
}

/** Decides the last request of a session by the evaluator. */
export function decideLastMoment(
  policy: PolicyModel,
  { request, opens, steps }: SessionWitness,
): DecidedMoment {
  let now = opens;
  let session = openSession(request, opens);
  let last: DecidedMoment | undefined;
  for (const { after, signals, request: next, asks } of steps) {
    now += after;
    if (next !== undefined) session = patchSession(policy, session, createReplacement(next));
    for (const { name, payload } of signals) {
      const bytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
      const found = recordSignal(policy, session, { name, payload: bytes, time: undefined }, now);
      if ('error' in found) throw new Error(`broken invariant: ${JSON.stringify(found.error)}`);
      session = found.session;
    }
    const decided = (asks === 0 ? reevaluate : decideInSession)(policy, session, now);
    last = { session, now, answer: decided.answer };
    session = decided.session;
  }
  if (last === undefined) throw new Error('broken invariant: a session has a last request');
  return last;
}

/** Replaces everything that was set before. */
function createReplacement(request: string): readonly TestChange[] {
  const members = JSON.parse(request) as Readonly<Record<string, unknown>>;
  return Object.entries(members).map(([root, value]) => ({
    path: [root],
    json: JSON.stringify(value),
  }));
}
