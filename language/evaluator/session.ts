// The meaning of a session: what is asked and what happened, over time. Whatever its host does with it
// gives the session as it is afterwards; nothing is changed in place, and nothing is ever thrown.
// Whoever is done with a session lets go of it.

import { hostTexts, type ReasonDetail, requestMembers } from '@nhipol/runtime/abi';
import type { Policy, TestChange, TestGrant } from '../model/model.ts';
import { granted } from '../request/approvals.ts';
import { changeRequest } from '../request/change-request.ts';
import { decode, decodePayload } from '../request/decode.ts';
import type { RequestError } from '../request/errors.ts';
import type { SessionEvent } from '../request/session-event.ts';
import type { Answer } from './answer.ts';
import { decideFacts, invalidAnswer } from './decide.ts';
import { unreadable } from './history/event-fact.ts';
import type { Trace } from './trace.ts';

export type { SessionEvent } from '../request/session-event.ts';

export interface Session {
  /** What was asked last, with all that is known since: JSON text. */
  readonly request: string;
  /** In the order in which they were recorded. */
  readonly events: readonly SessionEvent[];
  /** The decision that was taken last. It has happened once something else is asked for. */
  readonly taken: Taken | undefined;
  /** The latest instant that it was told, in milliseconds. */
  readonly latest: bigint;
  /** The answer that ended it, which is given ever after. */
  readonly revoked: Answer | undefined;
}

/** Where a decision belongs among the events. */
interface Taken {
  readonly event: SessionEvent;
  readonly place: number;
}

/** What an answer leaves behind. */
export interface Answered {
  readonly answer: Answer;
  readonly session: Session;
}

/** Clocks of one host may differ by so much. */
const tolerance = 60_000n;

/** Nothing happened in it yet, and nothing was decided. */
export function openSession(request: string, now: bigint): Session {
  return { request, events: [], taken: undefined, latest: now, revoked: undefined };
}

/** Why a session can't have these facts; undefined: it can. It need not be known yet what is asked. */
export function errorInFacts(
  policy: Policy,
  request: string,
  now: bigint,
): RequestError | undefined {
  const bytes = new TextEncoder().encode(request);
  return decode(policy, bytes, { now, by: 'host' }, ['action', 'resource']).error;
}

/** Facts as they are from now on. What is asked is another question once anything about it changes. */
export function patchSession(session: Session, changes: readonly TestChange[]): Session {
  const isAsked = changes.some(({ path: [root] }) => root === 'action' || root === 'resource');
  const before = isAsked ? settled(session) : session;
  return { ...before, request: changeRequest(session.request, changes) };
}

/** What was asked last is approved, from the instant on. */
export function grantIn(session: Session, grant: TestGrant, now: bigint): Session {
  return { ...session, request: granted(session.request, grant, now) };
}

/** The decision that was taken last is among the events, in the order in which all were recorded. */
function settled(session: Session): Session {
  const { events, taken } = session;
  return taken === undefined
    ? session
    : { ...session, events: events.toSpliced(taken.place, 0, taken.event), taken: undefined };
}

// --- signals -------------------------------------------------------------------------------------

export interface Signal {
  readonly name: string;
  /** What it tells, as UTF-8 JSON; undefined: nothing. */
  readonly payload: Uint8Array | undefined;
  /** When it came about; undefined: when it is recorded. */
  readonly time: bigint | undefined;
}

/** Why a signal was not recorded; its path leads into the payload. */
export type SignalError = Omit<RequestError, 'code'> & {
  readonly code: RequestError['code'] | 'unknown_signal';
};

const nothing = new TextEncoder().encode('{}');

/**
 * A member that tells what its type does not know is unknown, as in a request. A signal is never
 * refused for its time: of a clock that went back the latest instant is taken, and nobody acts in the
 * future.
 */
export function recordSignal(
  policy: Policy,
  session: Session,
  { name, payload, time }: Signal,
  now: bigint,
): { readonly session: Session } | { readonly error: SignalError } {
  const shape = policy.signals.get(name);
  if (shape === undefined) {
    const [expected, found] = [hostTexts.signal, JSON.stringify(name)];
    return { error: { code: 'unknown_signal', path: '$', expected, found, offset: 0 } };
  }
  const told = decodePayload(policy, shape, payload ?? nothing);
  if ('code' in told) return { error: told };
  const recorded = now > session.latest ? now : session.latest;
  const came = time === undefined || time > recorded ? recorded : time;
  const event: SessionEvent = { kind: 'signal', name, payload: told, time: came, recorded };
  return { session: { ...session, events: [...session.events, event], latest: recorded } };
}

// --- answers -------------------------------------------------------------------------------------

/** Takes the decision on what is asked: judged by what happened before, and part of it for what follows. */
export function decideIn(policy: Policy, session: Session, now: bigint, trace?: Trace): Answered {
  const judged = judge(policy, isBack(session, now) ? session : settled(session), now, trace);
  if (judged.asked === undefined) return judged;
  const { answer, asked } = judged;
  const { latest, events } = judged.session;
  const event: SessionEvent = {
    kind: 'decision',
    effect: answer.effect,
    facts: asked,
    time: latest,
    recorded: latest,
  };
  return { answer, session: { ...judged.session, taken: { event, place: events.length } } };
}

/**
 * Judges what was asked last as things are now, and records nothing: a decision that was taken is judged by
 * what happened before it and since, and not by itself.
 */
export function reevaluate(policy: Policy, session: Session, now: bigint, trace?: Trace): Answered {
  const { answer, session: after } = judge(policy, session, now, trace);
  return { answer, session: after };
}

function isBack({ latest }: Session, now: bigint): boolean {
  return now < latest - tolerance;
}

/** `asked`: what a decision would be recorded with; undefined: there is none to record. */
interface Judged extends Answered {
  readonly asked: typeof unreadable | undefined;
}

function judge(policy: Policy, session: Session, now: bigint, trace: Trace | undefined): Judged {
  const { request, events, revoked } = session;
  if (revoked !== undefined) return { answer: revoked, session, asked: undefined };
  if (isBack(session, now)) return { answer: wentBack, session, asked: undefined };
  const latest = now > session.latest ? now : session.latest;
  const bytes = new TextEncoder().encode(request);
  const { facts, error } = decode(policy, bytes, { now: latest, by: 'host' });
  const answer =
    facts === undefined
      ? invalidAnswer(error as RequestError)
      : decideFacts(policy, { ...facts, events }, error, trace);
  const ended = answer.effect === 'revoke' ? answer : undefined;
  const asked = facts === undefined ? unreadable : asksSomething(request) ? facts : undefined;
  return { answer, session: { ...session, latest, revoked: ended }, asked };
}

/** Whether a request says what is asked, rightly or not: a session may open before anything is. */
function asksSomething(request: string): boolean {
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

const wentBack: Answer = {
  effect: 'deny',
  decision: false,
  reasons: [clockWentBack.id],
  reasonDetails: [clockWentBack],
  constraints: {},
  obligations: [],
  accessRequest: undefined,
  validUntil: undefined,
  read: requestMembers,
  singleUse: false,
  callDigest: undefined,
  error: undefined,
};
