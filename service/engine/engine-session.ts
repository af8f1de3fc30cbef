// A session of an identity: decides its calls, records what became of them, and ends when the identity is revoked.

import { setMaxListeners } from 'node:events';
import { type Answer, createSessions, type Session, toAuthZen } from '@nhipol/runtime';
import { findNumberProblem } from '../json/exact.ts';
import type { Members } from '../json/members.ts';
import type { Enforcement, EntryPoint, LogEntry, Trigger } from '../log/entry.ts';
import { formatSubject, type Revocation, type StoredApproval } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { findUnsupported } from './abilities.ts';
import { createRefusalAnswer } from './answers.ts';
import {
  type Call,
  type CallerFacts,
  computeCallDigest,
  type Identity,
  selectPolicyText,
} from './call.ts';
import type { EngineParts, EngineSessionOpening, Mode, SharedSession } from './engine-parts.ts';
import { LoggedAnswers } from './logged-answers.ts';
import { toLoggedApproval } from './logged-approval.ts';
import { type RecordedEvent, toLoggedEvent } from './logged-event.ts';
import { type CopiedSession, SessionCopy } from './session-copy.ts';
import { selectRequestFacts } from './session-records.ts';

export interface Decision {
  /** The id of its line in the log, or `undefined` if it is not logged. */
  readonly id: string | undefined;
  readonly answer: Answer;
  /** Whether the call is carried out: it is permitted, or nothing is enforced. */
  readonly isPassed: boolean;
  /** The digest of the call that an approval must be for, or `undefined` if no approval can permit it. */
  readonly digest: string | undefined;
  /** The approval that permits the call; it was used up. */
  readonly approval: UsedApproval | undefined;
}

export interface UsedApproval {
  readonly stored: StoredApproval;
  /** The digest of the call in the policy: `context.call_digest`. */
  readonly callDigest: string;
}

export interface DecideDetails {
  readonly trigger?: Trigger;
  /** Whether values of the call were lowered to what the policy permits. */
  readonly isLowered?: boolean;
  /** Whether the enforcement point has its own user approve a challenged call, and carries it out then. */
  readonly isAsked?: boolean;
  /** W3C trace context: the id of the trace. */
  readonly traceId?: string | undefined;
}

/**
 * `delivered`: something of the resource reaches the agent: a result, an error, or a message while the call runs. The
 * others state how the call ended.
 */
export type EngineOutcomeName = 'completed' | 'failed' | 'delivered';

/** The result of a call, as far as a policy can read it. */
export interface CallResult {
  /** The length of the result. */
  readonly bytes: number;
  /** Default: the policy reads nothing of the result. */
  readonly structured?: unknown;
}

/** The calls that run in a session by one connection. */
export interface RunningWork {
  /** The calls that the server has not answered, also those that nobody waits for. */
  readonly calls: () => readonly Call[];
  /** Decides them again. */
  readonly recheck: (trigger: Trigger) => void;
}

/** Why a subject gets nothing while the state cannot be read. */
export const unknownRevocation = 'it is unknown whether access was revoked';

/** Why a revoked subject gets nothing. */
export function describeRevocation(revocation: Revocation | undefined): string {
  return revocation?.message ?? 'access was revoked';
}

/** Why nothing is permitted that a restart would forget. */
const unstored = 'the history of the session cannot be stored';

/** Longer structured results are not passed to the policy. */
const maxStructuredLength = 16_384;

export interface SessionLife {
  /** Whether the session was opened now, and not at another server before. */
  readonly isFirst: boolean;
  /** The events that were recorded before. */
  readonly events: readonly RecordedEvent[];
  /** Returns whether the session is not open at another server. */
  readonly onClosed: () => boolean;
}

export class EngineSession {
  readonly id: string;
  readonly identity: Identity;
  readonly server: string;
  readonly #engine: EngineParts;
  readonly #entryPoint: EntryPoint;
  readonly #shared: SharedSession;
  readonly #onClosed: () => boolean;
  readonly #ending = new AbortController();
  readonly #work = new Set<RunningWork>();
  readonly #loggedAnswers = new LoggedAnswers();
  #revocation: Revocation | undefined;
  /** Whether the state was read since the session opened, so that a revocation before that is known. */
  #isRevocationKnown: boolean;
  /** The copy in which calls are rechecked, or `undefined` if each one has a copy of its own. */
  #copy: SessionCopy | undefined;
  /** The facts that the session opened with. */
  readonly #opening: CallerFacts;

  constructor(
    engine: EngineParts,
    shared: SharedSession,
    opening: EngineSessionOpening,
    { isFirst, events, onClosed }: SessionLife,
  ) {
    this.id = opening.id;
    this.identity = opening.identity;
    this.server = opening.server;
    this.#opening = { identity: opening.identity, context: opening.context };
    this.#engine = engine;
    this.#entryPoint = opening.entryPoint ?? engine.entryPoint;
    this.#shared = shared;
    this.#onClosed = onClosed;
    if (isFirst) this.#logOpened();
    for (const event of events) this.logEvent(event);
    // Each connection listens until it ends, and each server in the session.
    setMaxListeners(0, this.signal, shared.session.signal);
    const ended = { signal: this.signal };
    shared.session.signal.addEventListener('abort', () => this.#assertRunning(), ended);
    this.#isRevocationKnown = this.#canCheck();
    if (!this.#isRevocationKnown) engine.onWarning(`session ${this.id}: ${unknownRevocation}`);
  }

  #logOpened(): void {
    const request = this.#engine.module().declared.visible(this.#shared.request(this.#opening));
    this.#log({ ...this.#common('opened'), request, mode: this.#engine.mode });
  }

  /** Aborted when the identity is revoked or the session is closed: what runs for it must stop. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get revocation(): Revocation | undefined {
    return this.#revocation;
  }

  /** Why the identity was revoked. */
  get revokedReason(): string {
    return describeRevocation(this.#revocation);
  }

  /** Decides a call. The decision becomes an event of the session. */
  decide(call: Call, details: DecideDetails = {}): Decision {
    const started = performance.now();
    const digest = computeLazily(() => this.computeDigest(call));
    let found: Found;
    try {
      found = this.#decide(call, digest);
    } catch (error) {
      found = {
        answer: createRefusalAnswer('engine_error', formatErrorMessage(error)),
        approval: undefined,
      };
    }
    const isStored = this.#storeHistory();
    if (!isStored && found.answer.decision) {
      found = { answer: createRefusalAnswer('state_unavailable', unstored), approval: undefined };
    }
    this.#shared.latest = call;
    return this.#storeDecision(call, { ...found, digest, started }, details);
  }

  /**
   * Evaluates a call that is being carried out again, as things are now. Nothing becomes an event of the session. If the
   * call is not the latest, its own decision counts as one of those before it. `approval`: the one that permitted the
   * call, which is valid for it until it expires.
   */
  recheck(call: Call, trigger: Trigger, approval?: UsedApproval): Decision {
    const started = performance.now();
    const digest = computeLazily(() => this.computeDigest(call));
    let answer: Answer;
    try {
      answer = this.#findRefusal() ?? this.#reevaluate(call, approval);
    } catch (error) {
      answer = createRefusalAnswer('engine_error', formatErrorMessage(error));
    }
    return this.#storeDecision(call, { answer, approval, digest, started }, { trigger });
  }

  /** Takes part in what runs in the session, until the returned function is called. */
  join(work: RunningWork): () => void {
    this.#work.add(work);
    return () => this.#work.delete(work);
  }

  /** The calls that the server has not answered, of all connections of the session. */
  get runningCalls(): readonly Call[] {
    return [...this.#work].flatMap((work) => work.calls());
  }

  /** Has all calls that run in the session decided again. */
  recheckRunning(trigger: Trigger): void {
    if (this.#work.size === 0 || this.#revocation !== undefined) return;
    this.recheckTogether(() => {
      for (const work of [...this.#work]) work.recheck(trigger);
    });
  }

  /** Why nothing may pass in either direction, or `undefined` if it may, as far as it is permitted. */
  get closedReason(): string | undefined {
    const isKnown = this.#isStateKnown();
    if (this.#revocation !== undefined) return this.revokedReason;
    return isKnown || this.#engine.mode === 'observe' ? undefined : unknownRevocation;
  }

  /** Whether each revocation of the identity until now would be known. */
  #isStateKnown(): boolean {
    this.#isRevocationKnown ||= this.#canCheck();
    return this.#isRevocationKnown && this.#engine.isStoreReadable();
  }

  /** Looks for a revocation. Returns whether the state could be read. */
  #canCheck(): boolean {
    try {
      this.checkRevocation();
      return true;
    } catch {
      return false;
    }
  }

  /** Rechecks many calls. Within `run`, they share one copy of the session, which it must not change. */
  recheckTogether(run: () => void): void {
    if (this.#copy !== undefined) {
      run();
      return;
    }
    this.#copy = new SessionCopy(() => this.#copySession());
    try {
      run();
    } finally {
      this.#copy.end();
      this.#copy = undefined;
    }
  }

  /** The digest of the whole call, which approvals are bound to, or `undefined` if it has no canonical form. */
  computeDigest(call: Call): string | undefined {
    return computeCallDigest(this.identity, call, this.#policyName);
  }

  /**
   * Whether each of these calls could be permitted for some value of the members that it does not have. `facts`: default
   * those that the session opened with.
   */
  could(calls: readonly Members[], facts: CallerFacts = this.#opening): readonly boolean[] {
    if (this.#revocation !== undefined) return calls.map(() => false);
    if (!this.#engine.module().isPossibilityKnown) return calls.map(() => true);
    const ask = (session: Session) => calls.map((parts) => session.could(parts).possible);
    if (isSame(facts, this.#shared.facts)) return ask(this.#session);
    return this.#inCopy((copy) => {
      copy.replace(this.#shared.request(facts));
      return ask(copy);
    });
  }

  /**
   * Records outcomes of calls, those that the policy declares, and has what runs decided again, also at other servers and for
   * other connections. A result that the policy cannot read is left out, so that its members are unknown. Returns false if
   * one could not be recorded, stored where sessions are stored, or logged where a log is required.
   */
  recordOutcomes(
    names: readonly EngineOutcomeName[],
    calls: readonly Call[],
    result: CallResult,
  ): boolean {
    const isRecorded = calls.every((call) =>
      names.every((name) => this.#recordOutcome(name, call, result)),
    );
    const isStored = this.#storeHistory() || this.#engine.mode === 'observe';
    this.#engine.onOutcome(this.id);
    return isRecorded && isStored;
  }

  /** Makes the history durable, so that a process which is killed does not forget it. Returns whether it is. */
  #storeHistory(): boolean {
    try {
      this.#engine.storeSessions();
      return true;
    } catch (error) {
      this.#engine.onWarning(`a session was not stored: ${formatErrorMessage(error)}`);
      return false;
    }
  }

  #recordOutcome(
    name: EngineOutcomeName,
    { parts }: Call,
    { bytes, structured }: CallResult,
  ): boolean {
    const { signals, declared } = this.#engine.module();
    if (!signals.has(name)) return true;
    const call = declared.read(parts);
    if (this.#revocation !== undefined) {
      this.logRefusal(`${name} after the revoke: ${JSON.stringify(call.action ?? {})}`);
      return true;
    }
    this.#copy?.end();
    const isShort =
      structured !== undefined && JSON.stringify(structured).length <= maxStructuredLength;
    const results = [...(isShort ? [{ bytes, structured }] : []), { bytes }, {}];
    let problem: unknown;
    for (const result of results) {
      try {
        this.#session.record(name, { ...call, result });
      } catch (error) {
        problem = error;
        continue;
      }
      const id = this.#log({
        ...this.#common('event'),
        signal: name,
        payload: { ...declared.visible(parts), result: { bytes } },
      });
      return id !== undefined || !this.#isLogRequired;
    }
    this.#engine.onWarning(`the outcome ${name} was not recorded: ${formatErrorMessage(problem)}`);
    return this.#engine.mode === 'observe';
  }

  /** Logs an event that was recorded in the session itself. */
  logEvent(event: RecordedEvent): void {
    this.#log({ ...this.#common('event'), ...toLoggedEvent(this.#engine.module(), event) });
  }

  /** Logs that a message was refused before it could be decided. */
  logRefusal(reason: string): void {
    this.#log({ ...this.#common('refusal'), reason });
  }

  /** The subject whose requests and approvals a revoke withdraws. */
  get subject(): string {
    return formatSubject(this.identity.type, this.identity.id);
  }

  /** Logs what an approver answered, and stores an approval. It permits one call with this digest, until it expires. */
  noteAnswer(
    digest: string,
    answer: 'approved' | 'refused' | 'expired',
    approval?: StoredApproval,
  ): void {
    const { subject } = this;
    if (approval !== undefined) this.#engine.store.approve({ ...approval, subject });
    const logged = approval === undefined ? {} : { approval: toLoggedApproval(approval) };
    this.#log({ ...this.#common('approval'), call_digest: digest, answer, ...logged });
  }

  /** Logs that the user of the agent agreed to a call, after a question of the agent itself. `id`: that of the call. */
  storeAgreement(digest: string, id: string): void {
    const now = this.#engine.clock.now();
    const approval = { id, digest, channel: 'agent', approver: undefined } as const;
    const logged = toLoggedApproval({ ...approval, grantedAt: now, expiresAt: now });
    this.#log({
      ...this.#common('approval'),
      call_digest: digest,
      answer: 'approved',
      approval: logged,
    });
  }

  /** Ends the session if its identity was revoked, here or in another process. */
  checkRevocation(): void {
    if (this.#revocation !== undefined) return;
    const revocation = this.#engine.store.revocationOf(this.#scope);
    if (revocation !== undefined) this.#end(revocation);
  }

  policyChanged(): void {
    this.#log({ ...this.#common('policy'), activated: true });
  }

  policyHeld(problem: string): void {
    this.#log({ ...this.#common('policy'), activated: false, problem });
  }

  close(): void {
    const isLast = this.#onClosed();
    if (isLast && !this.#ending.signal.aborted) this.#log({ ...this.#common('closed') });
    this.leave();
    if (isLast) this.#session.close();
  }

  /** Ends what runs here; the session itself goes on, in the store or at another server. */
  leave(): void {
    this.#ending.abort(new Error('the session was closed'));
  }

  get #session(): Session {
    return this.#shared.session;
  }

  #createRequest({ facts = this.#opening, parts }: Call): Members {
    return { ...this.#shared.request(facts), ...parts };
  }

  get mode(): Mode {
    return this.#engine.mode;
  }

  /** Whether nothing may go on that is not in the log. */
  get #isLogRequired(): boolean {
    const { mode, isLogRequired, log } = this.#engine;
    return log !== undefined && isLogRequired && mode === 'enforce';
  }

  get #policyName(): string {
    return this.#engine.module().logged.name;
  }

  get #scope() {
    return {
      subjectType: this.identity.type,
      subjectId: this.identity.id,
      server: this.server,
    };
  }

  #findRefusal(): Answer | undefined {
    const isKnown = this.#isStateKnown();
    if (this.#revocation !== undefined)
      return createRefusalAnswer('revoked', this.revokedReason, 'revoke');
    return isKnown ? undefined : createRefusalAnswer('state_unavailable', unknownRevocation);
  }

  #decide(call: Call, digest: () => string | undefined): Found {
    const refused = this.#findRefusal();
    if (refused !== undefined) return { answer: refused, approval: undefined };
    const problem = this.#numberProblem(call);
    if (problem !== undefined) {
      return { answer: createRefusalAnswer('invalid_request', problem), approval: undefined };
    }
    const text = selectPolicyText(call, digest, this.#engine.module().declared);
    if (text === undefined) {
      const answer = createRefusalAnswer(
        'invalid_request',
        'the call is long, and has no canonical form',
      );
      return { answer, approval: undefined };
    }
    this.#copy?.end();
    this.#adopt(call, text);
    const answer = this.#session.decide(text);
    return this.#withApproval(text, answer, digest);
  }

  /** Why the policy may decide another number than the resource gets. */
  #numberProblem({ text, sent = text }: Call): string | undefined {
    return findNumberProblem(sent) ?? this.#engine.module().declared.numberProblem(text);
  }

  /**
   * Replaces the facts by the facts of a call, together with the call: the latest one is not evaluated with facts that are
   * not its own.
   */
  #adopt({ facts = this.#opening }: Call, text: string): void {
    if (isSame(facts, this.#shared.facts)) return;
    const request = JSON.stringify(this.#shared.request(facts));
    this.#session.replace(`${request.slice(0, -1)},${text.slice(1)}`);
    this.#shared.facts = facts;
  }

  /** Uses up an approval of this call, if there is one, and decides the call with it. */
  #withApproval(text: string, answer: Answer, digest: () => string | undefined): Found {
    const { callDigest } = answer;
    if (answer.effect !== 'challenge' || callDigest === undefined) {
      return { answer, approval: undefined };
    }
    const whole = digest();
    const now = this.#engine.clock.now();
    const stored = whole === undefined ? undefined : this.#engine.store.take(whole, now);
    if (stored === undefined) return { answer, approval: undefined };
    const approval = { stored, callDigest };
    grant(this.#session, approval);
    try {
      return { answer: this.#session.decide(text), approval };
    } finally {
      withdraw(this.#session);
    }
  }

  #reevaluate(call: Call, approval: UsedApproval | undefined): Answer {
    if (call === this.#shared.latest) return reevaluate(this.#session, approval);
    // The facts of the session come from the latest call. Another one is evaluated in a copy.
    return this.#inCopy((copy) => {
      copy.replace(this.#createRequest(call));
      const answer = reevaluate(copy, approval);
      // A revoked copy answers every other call with the revoke of this one.
      if (answer.effect === 'revoke') this.#copy?.end();
      return answer;
    });
  }

  /** Evaluates something in a copy of the session, which is then discarded unless others share it. */
  #inCopy<Result>(evaluate: (copy: Session) => Result): Result {
    const copy = this.#copy ?? new SessionCopy(() => this.#copySession());
    try {
      return evaluate(copy.session);
    } finally {
      if (copy !== this.#copy) copy.end();
    }
  }

  #copySession(): CopiedSession {
    const copies = createSessions(this.#engine.module().policy, { clock: this.#engine.clock });
    return { session: copies.restore(this.#session.snapshot()).session, end: () => copies.end() };
  }

  #storeDecision(call: Call, found: Found & Measured, details: DecideDetails): Decision {
    const { mode, log } = this.#engine;
    const { approval, digest, started } = found;
    const { abilities } = this.#engine.module();
    let answer = findUnsupported(found.answer, abilities) ?? found.answer;
    if (answer.effect === 'revoke') answer = this.#logRevocation(answer);
    const isPassed = answer.decision || mode === 'observe';
    const latency = Math.round((performance.now() - started) * 1_000);
    const decision = { answer, isPassed, approval, latency };
    // Each outcome may be one for many calls that run on.
    const isUnchanged = log === undefined || this.#loggedAnswers.isLogged(call, answer);
    if (details.trigger === 'event' && isPassed && isUnchanged) {
      return { id: undefined, answer, isPassed, digest: undefined, approval };
    }
    const entry = log && this.#createEntry(call, decision, digest, details);
    const id = entry && this.#log(entry);
    if (id !== undefined) this.#loggedAnswers.note(call, answer);
    if (id === undefined && this.#isLogRequired) {
      answer = createRefusalAnswer('log_unavailable', 'the decision log cannot be written');
      return { id, answer, isPassed: false, digest: undefined, approval };
    }
    const isApprovable = answer.effect === 'challenge' && answer.callDigest !== undefined;
    return { id, answer, isPassed, digest: isApprovable ? digest() : undefined, approval };
  }

  #createEntry(
    call: Call,
    decision: {
      readonly answer: Answer;
      readonly isPassed: boolean;
      readonly approval: UsedApproval | undefined;
      readonly latency: number;
    },
    digest: () => string | undefined,
    details: DecideDetails,
  ): LogEntry {
    const { answer, isPassed, approval, latency } = decision;
    const { trigger = 'request', traceId } = details;
    const request = this.#createRequest(call);
    const callDigest =
      answer.effect === 'challenge' || approval !== undefined ? digest() : undefined;
    return {
      ...this.#common('decision'),
      mode: this.#engine.mode,
      trigger,
      ...(traceId === undefined ? {} : { trace_id: traceId }),
      request: this.#engine.module().declared.visible(request),
      ...(callDigest === undefined ? {} : { call_digest: callDigest }),
      effect: answer.effect,
      decision: answer.decision,
      response: toAuthZen(answer),
      enforcement: selectEnforcement(answer, isPassed, details),
      ...(approval === undefined ? {} : { approval: toLoggedApproval(approval.stored) }),
      latency_us: latency,
    };
  }

  /** Makes a revoke durable. In the mode `observe` nothing is revoked. */
  #logRevocation(answer: Answer): Answer {
    if (this.#revocation !== undefined || this.#engine.mode === 'observe') return answer;
    const [first] = answer.reasonDetails;
    const revocation: Revocation = {
      ...this.#scope,
      at: this.#engine.clock.now(),
      reasons: answer.reasons,
      message: first?.message,
    };
    this.#engine.storeRevocation(revocation);
    this.#end(revocation);
    return answer;
  }

  #end(revocation: Revocation): void {
    this.#revocation = revocation;
    const { reasons, message } = revocation;
    const said = message === undefined ? {} : { message };
    this.#log({ ...this.#common('revocation'), reasons, ...said });
    this.#ending.abort(new Error(message ?? 'access was revoked'));
  }

  /** The session was revoked by time or by an event, or its engine failed. */
  #assertRunning(): void {
    if (this.#ending.signal.aborted) return;
    const answer = this.#session.reevaluate();
    if (answer.effect === 'revoke') this.#logRevocation(answer);
    else this.#ending.abort(new Error('the engine failed'));
  }

  #common<Kind extends LogEntry['kind']>(kind: Kind) {
    return {
      kind,
      entry_point: this.#entryPoint,
      session: this.id,
      policy: this.#engine.module().logged,
    };
  }

  /** Returns the id of the line, or `undefined` if there is no log, or it cannot be written. */
  #log(entry: LogEntry): string | undefined {
    const { log, clock, onWarning } = this.#engine;
    try {
      return log?.append(entry, clock.now());
    } catch (error) {
      onWarning(`the decision log cannot be written: ${formatErrorMessage(error)}`);
      return undefined;
    }
  }
}

function isSame(one: CallerFacts, other: CallerFacts): boolean {
  return (
    one === other ||
    JSON.stringify(selectRequestFacts(one)) === JSON.stringify(selectRequestFacts(other))
  );
}

function reevaluate(session: Session, approval: UsedApproval | undefined): Answer {
  if (approval === undefined) return session.reevaluate();
  try {
    return grant(session, approval);
  } finally {
    withdraw(session);
  }
}

/** Grants an approval for the moment of one decision, and returns the answer to the latest call. */
function grant(session: Session, { stored, callDigest }: UsedApproval): Answer {
  const { expiresAt, grantedAt, approver } = stored;
  const by = approver === undefined ? {} : { approver };
  return session.grant({ digest: callDigest, expiresAt, grantedAt, ...by });
}

function withdraw(session: Session): void {
  session.patch({ context: { approvals: [] } });
}

interface Found {
  readonly answer: Answer;
  readonly approval: UsedApproval | undefined;
}

interface Measured {
  readonly digest: () => string | undefined;
  readonly started: number;
}

function selectEnforcement(
  { decision, effect }: Answer,
  isPassed: boolean,
  { trigger = 'request', isLowered = false, isAsked = false }: DecideDetails,
): Enforcement {
  if (decision) return isLowered ? 'lowered' : 'passed';
  if (isPassed) return 'observed';
  if (isAsked && effect === 'challenge') return 'asked';
  return trigger === 'request' || trigger === 'approval' ? 'refused' : 'stopped';
}

function computeLazily<Value>(compute: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

export interface OpenSession extends SharedSession {
  readonly servers: Map<string, EngineSession>;
}
