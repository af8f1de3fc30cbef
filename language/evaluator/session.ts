// Defines the meaning of a session. Every function takes a session and returns the session
// afterwards; none changes it in place, and none throws. A session needs no clean-up.

import { jsonTypes, type ReasonDetail, requestMembers, sessionErrors } from '@nhipol/runtime/abi';
import type { PolicyModel, TestChange, TestGrant } from '../model/model.ts';
import { sharesHistory } from '../model/reads.ts';
import { approveRequest } from '../request/approvals.ts';
import { changeRequest } from '../request/change-request.ts';
import {
  decode,
  decodeOpen,
  decodeOutcome,
  decodePayload,
  type RequestDeclarations,
} from '../request/decode.ts';
import { findDroppedMembers } from '../request/dropped-members.ts';
import type { RequestError } from '../request/errors.ts';
import { faultyFact } from '../request/fact.ts';
import type { Decoded, Facts, SharedEvent, SharedView } from '../request/facts.ts';
import type { HistoryEvent, SignalEvent } from '../request/session-event.ts';
import type { RecordType } from '../types/types.ts';
import type { EvaluatedAnswer } from './answer.ts';
import { couldFacts, type EvaluatedPossibility, toPossibility } from './could.ts';
import { answerInvalidRequest, decideFacts } from './decide.ts';
import { unreadable } from './history/event-fact.ts';
import type { Trace } from './trace.ts';

const encoder = new TextEncoder();

/** The state of a session. */
export interface EvaluatorSession {
  /** The last request, with all later changes, as JSON. */
  readonly request: string;
  /** In the order in which they were recorded. */
  readonly events: readonly HistoryEvent[];
  readonly shared: SharedHistory;
  /** The last decision. It becomes an event with the next one, or once the request changes. */
  readonly taken: Taken | undefined;
  /** The latest instant that the host gave, in milliseconds. */
  readonly latest: bigint;
  /** The answer that ended the session, without the error of its request. Every later answer is the same. */
  readonly revoked: EvaluatedAnswer | undefined;
  /** Subject, action or resource, if it was changed in part: the call has no digest until it is replaced. */
  readonly unknownParts: readonly string[];
}

/**
 * The events of all sessions of a module, in the order in which they were recorded. The last decision of a session is
 * one of them at once.
 */
export interface SharedHistory {
  readonly events: readonly SharedEvent[];
  /** The instant at which the last of them was recorded, or `undefined` if there is none. */
  readonly latest: bigint | undefined;
}

export const noSharedHistory: SharedHistory = { events: [], latest: undefined };

/** A decision, with its index among the events. */
interface Taken {
  readonly event: HistoryEvent;
  readonly index: number;
}

/** An answer, and the session after it. */
export interface Answered {
  readonly answer: EvaluatedAnswer;
  readonly session: EvaluatorSession;
}

/**
 * The tolerance for a clock that goes back, in milliseconds: the clocks of one host may differ that
 * much.
 */
const tolerance = 60_000n;

/** Returns a session without events and decisions of its own. */
export function openSession(request: string, now: bigint): EvaluatorSession {
  return {
    request,
    events: [],
    shared: noSharedHistory,
    taken: undefined,
    latest: now,
    revoked: undefined,
    unknownParts: [],
  };
}

/**
 * Returns the session with the events that other sessions recorded meanwhile, if the policy is about these. Sessions with
 * a common history have a common clock: none of them is evaluated at an earlier instant than the last event.
 */
export function withSharedHistory(
  policy: PolicyModel,
  session: EvaluatorSession,
  shared: SharedHistory,
): EvaluatorSession {
  if (!sharesHistory(policy)) return session;
  return {
    ...session,
    shared,
    latest: selectLater(session.latest, shared.latest ?? session.latest),
  };
}

function selectLater(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/**
 * Returns why a session cannot have these facts, or `undefined` if it can. The action and resource
 * may still be missing.
 */
export function findFactsError(
  policy: PolicyModel,
  request: string,
  now: bigint,
): RequestError | undefined {
  const bytes = encoder.encode(request);
  return decode(policy, bytes, { now, precedence: 'host' }, ['action', 'resource']).error;
}

/**
 * Changes facts. Once anything about the action or the resource changes, it is another request. If other contexts apply
 * to it, only members that both declare alike remain. `unknownParts`: after the change.
 */
export function patchSession(
  policy: RequestDeclarations,
  session: EvaluatorSession,
  changes: readonly TestChange[],
  unknownParts = session.unknownParts,
): EvaluatorSession {
  const isNew = changes.some(({ path: [root] }) => root === 'action' || root === 'resource');
  const before = isNew ? withDecisionRecorded(session) : session;
  const dropped = findDroppedMembers(
    policy,
    session.request,
    changeRequest(session.request, changes),
  ).map((name) => ({ path: ['context', name], json: undefined }));
  const request = changeRequest(session.request, [...dropped, ...changes]);
  return { ...before, request, unknownParts };
}

/** Approves the last request, from the instant on. */
export function grantInSession(
  session: EvaluatorSession,
  grant: TestGrant,
  now: bigint,
): EvaluatorSession {
  return { ...session, request: approveRequest(session.request, grant, now) };
}

/** Moves the last decision among the events, in the order in which all were recorded. */
function withDecisionRecorded(session: EvaluatorSession): EvaluatorSession {
  const { events, taken } = session;
  return taken === undefined
    ? session
    : { ...session, events: events.toSpliced(taken.index, 0, taken.event), taken: undefined };
}

// --- signals -------------------------------------------------------------------------------------

/** A signal to be recorded. */
export interface Signal {
  readonly name: string;
  /** UTF-8 JSON, or `undefined` if there is no payload; `unknown`: nothing is known about its members. */
  readonly payload: Uint8Array | 'unknown' | undefined;
  /** When it occurred, or `undefined` for the time when it is recorded. */
  readonly time: bigint | undefined;
}

/** Why a signal was not recorded. The path is within the payload. */
export type SignalError = Omit<RequestError, 'code'> & {
  readonly code: RequestError['code'] | 'unknown_signal';
};

const emptyPayload = encoder.encode('{}');
/** The bytes are not JSON, since an outcome needs a call. */
const noPayload = new Uint8Array();

/**
 * Records a signal. A member with a value that does not fit its type is unknown, as in a request. A
 * signal is never refused for its time: a time in the future becomes the instant of recording, and
 * if the clock went back, that is the latest instant.
 */
export function recordSignal(
  policy: PolicyModel,
  session: EvaluatorSession,
  { name, payload, time }: Signal,
  now: bigint,
): { readonly session: EvaluatorSession } | { readonly error: SignalError } {
  const shape = policy.signals.get(name);
  if (shape === undefined) {
    const [expected, found] = [sessionErrors.no_signal.expected, JSON.stringify(name)];
    return { error: { code: 'unknown_signal', path: '$', expected, found, offset: 0 } };
  }
  // A session that has ended records nothing, and reads no payload.
  if (session.revoked !== undefined) return { session };
  const decoded = policy.outcomes.has(name)
    ? completeOutcome(
        policy,
        session,
        shape,
        payload === 'unknown' ? noPayload : (payload ?? emptyPayload),
      )
    : decodeSignal(policy, shape, payload ?? emptyPayload);
  if ('code' in decoded) return { error: decoded };
  const recorded = selectLater(now, session.latest);
  const occurred = time === undefined || time > recorded ? recorded : time;
  const event: HistoryEvent = { ...decoded, name, time: occurred, recorded };
  const bytes = encoder.encode(session.request);
  const request = decode(policy, bytes, { now: recorded, precedence: 'host' }, [
    'action',
    'resource',
  ]).facts;
  const shared = withEvent(session.shared, { event, request });
  return { session: { ...session, events: [...session.events, event], shared, latest: recorded } };
}

function withEvent({ events }: SharedHistory, added: SharedEvent): SharedHistory {
  return { events: [...events, added], latest: added.event.recorded };
}

type Content = Pick<SignalEvent, 'kind' | 'payload' | 'call'>;

function decodeSignal(
  policy: PolicyModel,
  shape: RecordType,
  bytes: Uint8Array | 'unknown',
): Content | RequestError {
  const payload = bytes === 'unknown' ? faultyFact : decodePayload(policy, shape, bytes);
  return 'code' in payload ? payload : { kind: 'signal', payload, call: undefined };
}

/** The parts of the call that the outcome does not contain are taken from the session's request. */
function completeOutcome(
  policy: PolicyModel,
  { request, latest }: EvaluatorSession,
  shape: RecordType,
  bytes: Uint8Array,
): Content | RequestError {
  const { call, selectors, payload, error } = decodeOutcome(policy, shape, bytes);
  if (error !== undefined) return error;
  const clock = { now: latest, precedence: 'host' } as const;
  const requestFacts = decode(policy, encoder.encode(request), clock, ['action', 'resource']).facts;
  const given = [...selectors];
  const kept = [...(requestFacts?.selectors ?? [])].filter(
    ([name]) => call[name.startsWith('action') ? 'action' : 'resource'] === undefined,
  );
  const all = new Map([...kept, ...given]);
  for (const [root, name] of [
    ['action', 'action.name'],
    ['resource', 'resource.type'],
  ] as const) {
    if (all.has(name)) continue;
    const expected = jsonTypes.object;
    return { code: 'missing', path: `$.${root}`, expected, found: 'nothing', offset: 0 };
  }
  const action = call.action ?? requestFacts?.action ?? unreadable.action;
  const resource = call.resource ?? requestFacts?.resource ?? unreadable.resource;
  return { kind: 'outcome', payload, call: { action, resource, selectors: all } };
}

// --- answers -------------------------------------------------------------------------------------

/** Decides the request: by what happened before, and as an event for what follows. */
export function decideInSession(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  trace?: Trace,
): Answered {
  const judged = judge(
    policy,
    isClockBack(session, now) ? session : withDecisionRecorded(session),
    now,
    trace,
  );
  const { answer, requested } = judged;
  if (requested === undefined) return judged;
  const { latest, events } = judged.session;
  const event: HistoryEvent = {
    kind: 'decision',
    effect: answer.effect,
    facts: requested.facts ?? unreadable,
    time: latest,
    recorded: latest,
  };
  const shared = withEvent(judged.session.shared, { event, request: requested.facts });
  return { answer, session: { ...judged.session, shared, taken: { event, index: events.length } } };
}

/**
 * Evaluates the last request again and records nothing. A decision that was made is evaluated by
 * what happened before it and since, but not by itself.
 */
export function reevaluate(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  trace?: Trace,
): Answered {
  const { answer, session: after } = judge(policy, session, now, trace);
  return { answer, session: after };
}

/**
 * Evaluates whether the next decision could be a permit, for some value of the members that the last request does not
 * have. Nothing about the session changes.
 */
export function couldInSession(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
): EvaluatedPossibility {
  const open = openFacts(policy, session, now);
  if ('effect' in open) return toPossibility(open);
  const { facts, error } = open;
  if (facts === undefined) return toPossibility(answerInvalidRequest(error as RequestError));
  return couldFacts(policy, facts, error);
}

/**
 * The facts with which the next decision could be evaluated, if the members that the last request does not have were
 * known; or the answer, if nothing is evaluated.
 */
export function openFacts(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
): Decoded | EvaluatedAnswer {
  if (session.revoked !== undefined) return session.revoked;
  if (isClockBack(session, now)) return wentBack;
  const next = withDecisionRecorded(session);
  const bytes = encoder.encode(session.request);
  const clock = { now: selectLater(now, session.latest), precedence: 'host' } as const;
  const { facts, error } = decodeOpen(policy, bytes, clock);
  return {
    facts: facts && { ...facts, events: next.events, shared: viewSharedHistory(next) },
    error,
  };
}

/** The events of all sessions as history terms see them. */
export function viewSharedHistory({ shared: { events }, taken }: EvaluatorSession): SharedView {
  return { events, pending: taken?.event };
}

function isClockBack({ latest }: EvaluatorSession, now: bigint): boolean {
  return now < latest - tolerance;
}

/**
 * `requested` is what a decision is recorded with, without facts if the request could not be read, or `undefined` if there is
 * none to record.
 */
interface Judged extends Answered {
  readonly requested: { readonly facts: Facts | undefined } | undefined;
}

function judge(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  trace: Trace | undefined,
): Judged {
  const { request, revoked } = session;
  if (revoked !== undefined) return { answer: revoked, session, requested: undefined };
  if (isClockBack(session, now)) return { answer: wentBack, session, requested: undefined };
  const latest = selectLater(now, session.latest);
  const { facts, error } = decodeLastFacts(policy, session, now);
  const answer =
    facts === undefined
      ? answerInvalidRequest(error as RequestError)
      : decideFacts(policy, withHistory(facts, session), error, trace);
  const ended =
    answer.effect === 'revoke' && facts !== undefined
      ? createFinalAnswer(policy, withHistory(facts, session), answer)
      : undefined;
  const isRequested = facts === undefined || hasActionAndResource(request);
  const requested = isRequested ? { facts } : undefined;
  return { answer, session: { ...session, latest, revoked: ended }, requested };
}

/** The answer of a session that is revoked: the errors of the request that ended it are not those of later ones. */
function createFinalAnswer(
  policy: PolicyModel,
  facts: Facts,
  answer: EvaluatedAnswer,
): EvaluatedAnswer {
  return answer.error === undefined ? answer : decideFacts(policy, facts, undefined);
}

/** The facts of the last request, with what happened in the session and in others. */
export function readSessionFacts(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
): Decoded {
  const { facts, error } = decodeLastFacts(policy, session, now);
  return { facts: facts && withHistory(facts, session), error };
}

/** The facts of the last request alone, as an event keeps them. */
function decodeLastFacts(
  policy: PolicyModel,
  { request, latest, unknownParts }: EvaluatorSession,
  now: bigint,
) {
  const bytes = encoder.encode(request);
  const isCallKnown = unknownParts.length === 0;
  return decode(policy, bytes, { now: selectLater(now, latest), precedence: 'host', isCallKnown });
}

function withHistory(facts: Facts, session: EvaluatorSession): Facts {
  return { ...facts, events: session.events, shared: viewSharedHistory(session) };
}

/**
 * Whether a request has an action and a resource, valid or not: a session may open before it has.
 */
function hasActionAndResource(request: string): boolean {
  const { action, resource } = JSON.parse(request) as Readonly<Record<string, unknown>>;
  return (action ?? undefined) !== undefined && (resource ?? undefined) !== undefined;
}

const clockWentBack: ReasonDetail = {
  id: 'clock_went_back',
  effect: 'deny',
  message: undefined,
  firedOn: 'true',
  unknown: [],
  source: undefined,
};

const wentBack: EvaluatedAnswer = {
  effect: 'deny',
  decision: false,
  reasons: [clockWentBack.id],
  reasonDetails: [clockWentBack],
  constraints: {},
  lower: {},
  obligations: [],
  accessRequest: undefined,
  validUntil: undefined,
  read: requestMembers,
  singleUse: false,
  callDigest: undefined,
  error: undefined,
};
