// The live sessions of a decision point: opens, changes and decides them, makes each change durable before its caller
// learns of it, and notifies listeners of changed answers. Operations throw a `Problem`, and then nothing changed;
// decisions never throw.

import { randomUUID } from 'node:crypto';
import {
  type Answer,
  createSessions,
  mergePatch,
  type Persistence,
  type Session,
  type SessionChange,
  SessionError,
  type SessionStore,
  type Sessions,
  toAuthZen,
} from '@nhipol/runtime';
import { refusal } from '../engine/answers.ts';
import type { PolicyModule } from '../engine/policy-module.ts';
import { exactValue } from '../json/exact.ts';
import type { Members } from '../json/members.ts';
import type { Trigger } from '../log/entry.ts';
import { type SessionStores, serviceSessions } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { EventLines } from './event-lines.ts';
import { exactText, inexact, isObject } from './exact-json.ts';
import { FactLines } from './fact-lines.ts';
import { Problem, TooManyRequests } from './problem.ts';
import {
  canApproveOwner,
  nameOwner,
  ownsSessions,
  type SessionCaller,
  serviceItself,
} from './session-caller.ts';
import { SessionCopies } from './session-copies.ts';
import type { RequestedEvent, SessionListener } from './session-event.ts';
import type {
  GivenApproval,
  OnDecided,
  SessionHost,
  SessionHostOptions,
  SessionPage,
  SessionsPreview,
  SessionView,
} from './session-host.ts';
import { readOwners, SessionOwners } from './session-owners.ts';
import { toSessionProblem } from './session-problem.ts';
import type { SessionHooks, SessionTarget, SignalSessions } from './session-target.ts';

export interface LiveSessionsOptions extends SessionHostOptions {
  readonly store: SessionStores;
}

/** A signal in the session with this id. */
interface Recorded {
  readonly id: string;
  readonly name: string;
  /** undefined: nothing is known about its members. */
  readonly payload: Members | undefined;
  readonly time: number | undefined;
}

const changeKinds = [
  ...(['narrowed', 'challenged', 'denied', 'revoked', 'restored', 'changed'] as const),
];
/** The memory that the module may use: it has 32-bit addresses, and needs some for other than sessions. */
const [minBytes, maxBytes] = [1_073_741_824, 3_758_096_384];
/** More than most sessions take in the module. */
const bytesOfSession = 4_096;
/** How often idle sessions are looked for, in milliseconds. */
const idleInterval = 30_000;

export class LiveSessions implements SessionHost {
  readonly #options: LiveSessionsOptions;
  readonly #sessions: Sessions;
  readonly #owners: SessionOwners;
  readonly #copies: SessionCopies;
  readonly #factLines: FactLines;
  readonly #eventLines: EventLines;
  /** The ids of openings that have not ended. Nobody else can open a session with one of them. */
  readonly #openings = new Set<string>();
  /** Sessions that are being opened, and that nobody may use. */
  readonly #held = new Set<string>();
  /** The facts of sessions that events are changing, which a snapshot has with all of the history. */
  readonly #changing = new Map<string, Members>();
  readonly #listeners = new Set<SessionListener>();
  /** When each session was used last. */
  readonly #used = new Map<string, number>();
  readonly #idle: ReturnType<typeof setInterval>;
  #hooks: SessionHooks | undefined;
  /** Sessions that events changed, and that were not evaluated yet, with the id of whom caused the latest one. */
  readonly #affected = new Map<string, string>();
  /** Why sessions are evaluated now, and the id of whom causes it. */
  #trigger: Trigger = 'time';
  #by: string = serviceItself.id;
  #persistence: Persistence | undefined;
  /** The commit that changes of this turn of the event loop share. */
  #commit: Promise<void> | undefined;
  #isStored = true;
  #isEnded = false;

  /** Throws a `LoadError` for a module that was compiled without sessions. */
  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    const { policy, clock, maxSessions, onWarning } = options;
    const onListenerError = (error: unknown) =>
      onWarning(`a listener failed: ${formatErrorMessage(error)}`);
    this.#sessions = createSessions(policy().policy, {
      ...{ clock, onListenerError },
      sessionBytes: Math.min(maxBytes, Math.max(minBytes, maxSessions * bytesOfSession)),
    });
    this.#owners = new SessionOwners();
    this.#copies = new SessionCopies(clock);
    this.#eventLines = new EventLines(options.lines);
    this.#factLines = new FactLines({ ...options, request: (id) => this.#request(id) });
    for (const kind of changeKinds) this.#sessions.on(kind, (change) => this.#notifyChange(change));
    this.#idle = setInterval(() => this.#closeIdle(), idleInterval);
    this.#idle.unref();
  }

  async restore(): Promise<void> {
    const { store, clock, onWarning } = this.#options;
    await this.#owners.attachStore(store.sessions(serviceSessions.owners));
    const sessions = this.#afterFollowing(store.sessions(serviceSessions.snapshots));
    this.#persistence = await this.#sessions.attachStore(sessions, {
      onError: (error) => this.#notStored(error),
    });
    for (const error of this.#persistence.refused) {
      onWarning(`a session was not restored: ${error.message}`);
    }
    for (const id of this.#sessions.ids()) {
      if (this.#owners.get(id)?.isOpening === true) this.#target.end(serviceItself.id, id);
    }
    this.#owners.setOpen(this.#sessions.ids());
    for (const id of this.#sessions.ids()) this.#used.set(id, clock.now());
  }

  /** A store that writes sessions after what must not be lost if they are there, also if they are written by themselves. */
  #afterFollowing(store: SessionStore): SessionStore {
    return {
      read: () => store.read(),
      write: async (changed) => {
        await this.#followingSaved();
        await store.write(changed);
      },
      close: async () => store.close?.(),
    };
  }

  /**
   * The owners restrict requests in a session, so they are stored before it; so is what is sent because of a change, which
   * is then sent twice rather than never.
   */
  async #followingSaved(): Promise<void> {
    await Promise.all([this.#owners.flush(), this.#hooks?.flush()]);
  }

  get size(): number {
    return this.#sessions.size;
  }

  get isStored(): boolean {
    return this.unready() === undefined;
  }

  unready(): string | undefined {
    if (!this.#isStored) return 'the state cannot be stored';
    try {
      this.#options.store.expectInPlace?.();
      return undefined;
    } catch (error) {
      return `the state cannot be stored: ${formatErrorMessage(error)}`;
    }
  }

  has(id: string): boolean {
    return this.#sessions.get(id) !== undefined;
  }

  async list(by: SessionCaller, after: string, limit: number): Promise<SessionPage> {
    const ids = this.#listIds(by).filter((id) => id > after);
    const listed = ids.sort().slice(0, limit);
    const sessions = listed.map((id) => this.#createView(id, this.#expect(by, id)));
    return { sessions, hasMore: listed.length < ids.length };
  }

  async count(by: SessionCaller): Promise<number> {
    return by.isOperator ? this.size : this.#owners.countSessions(nameOwner(by));
  }

  #listIds(by: SessionCaller): readonly string[] {
    return this.#sessions.ids().filter((id) => this.#isOwned(by, id));
  }

  #isOwned(by: SessionCaller, id: string): boolean {
    return !this.#held.has(id) && ownsSessions(by, this.#owners.get(id)?.holder);
  }

  async open(by: SessionCaller, given: string | undefined, request: Members): Promise<SessionView> {
    this.#expectNotEnded();
    const id = given ?? randomUUID();
    const open = () => this.#open(by, id, request);
    const session =
      this.#hooks === undefined
        ? open()
        : await this.#openWithEvents(this.#hooks, id, request, open);
    return this.#storeView(session);
  }

  /** The opening has its id until it has ended: one that is refused changes nothing of it. */
  async #openWithEvents(
    hooks: SessionHooks,
    id: string,
    request: Members,
    open: () => Session,
  ): Promise<Session> {
    if (this.#openings.has(id)) throw sessionExists();
    this.#openings.add(id);
    let session: Session | undefined;
    const opened = () => {
      session = open();
      this.#eventLines.gather(id);
    };
    try {
      await hooks.opening(id, request, opened);
      // Nothing of the session is used before all of it is stored.
      if (this.#held.has(id)) await this.#awaitStore();
      if (session === undefined) throw new Error('broken invariant: the session is not open');
      return session;
    } catch (error) {
      if (session?.isOpen) this.#target.end(serviceItself.id, id);
      throw error;
    } finally {
      if (session?.isOpen) this.#addSession(id);
      this.#openings.delete(id);
    }
  }

  #addSession(id: string): void {
    this.#writeLines(id);
    this.#changing.delete(id);
    if (this.#held.delete(id)) this.#owners.setOpening(id, false);
  }

  #open(by: SessionCaller, id: string, request: Members): Session {
    const { maxSessions, lines, clock } = this.#options;
    if (this.#sessions.size >= maxSessions) {
      throw new Problem(503, `no more than ${maxSessions} sessions may be open`, { code: 'full' });
    }
    this.#expectShare(by);
    const session = this.#run(() => this.#sessions.open(id, exactText(request)));
    this.#owners.open(id, readOwners(request), nameOwner(by), clock.now());
    this.#owners.note(id, 'users', by.id);
    lines.logOpening(by.id, id, request);
    return session;
  }

  #expectShare(by: SessionCaller): void {
    const { maxSessions } = by;
    if (maxSessions === undefined) return;
    const owner = nameOwner(by);
    if (this.#owners.countSessions(owner) < maxSessions) return;
    throw new TooManyRequests(`no more than ${maxSessions} sessions of ${owner} may be open`);
  }

  async view(by: SessionCaller, id: string): Promise<SessionView> {
    return this.#createView(id, this.#expect(by, id));
  }

  #createView(id: string, session: Session): SessionView {
    return { id, answer: session.reevaluate() };
  }

  async facts(by: SessionCaller, id: string): Promise<Members> {
    this.#expect(by, id);
    return this.#options.policy().declared.visible(this.#request(id));
  }

  async request(by: SessionCaller, id: string): Promise<Members> {
    return this.#isOwned(by, id) ? this.#request(id) : {};
  }

  #request(id: string): Members {
    const session = this.#sessions.get(id);
    if (session === undefined) return {};
    const snapshot = exactValue(this.#run(() => session.snapshot()));
    const request = isObject(snapshot) ? snapshot.request : undefined;
    return isObject(request) ? request : {};
  }

  async patch(by: SessionCaller, id: string, part: Members): Promise<SessionView> {
    const session = this.#expectUsable(by, id);
    const change = () => {
      if (!session.isOpen) throw noSession();
      this.#sessions.sweep();
      this.#factLines.note(by.id, id);
      // The line of the change is before those of answers that it changes.
      this.#runCaused(by.id, () => this.#run(() => session.patchJson(exactText(part))));
      this.#factLines.write(id);
      this.#owners.change(id, readOwners(part));
      this.#owners.note(id, 'users', by.id);
      this.#eventLines.gather(id);
    };
    try {
      if (this.#hooks === undefined) change();
      else await this.#hooks.changing(id, () => this.#mergeRequest(id, part), change);
    } finally {
      if (session.isOpen) this.#eventLines.write(id);
    }
    return this.#storeChange(by, session);
  }

  /** The facts of a session with a part of a request. */
  #mergeRequest(id: string, part: Members): Members {
    return mergePatch(this.#request(id), part) as Members;
  }

  async signal(
    by: SessionCaller,
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ): Promise<SessionView> {
    const session = this.#expect(by, id);
    if (!this.#options.policy().signals.has(name)) {
      const detail = `$.signal: the policy declares no signal ${JSON.stringify(name)}`;
      throw new Problem(400, detail, { code: 'no_signal', path: '$.signal' });
    }
    this.#sessions.sweep();
    this.#run(() => this.#record(by.id, session, { id, name, payload, time }), '$.payload');
    this.#owners.note(id, 'users', by.id);
    return this.#storeChange(by, session);
  }

  #record(by: string, session: Session, { id, name, payload, time }: Recorded): void {
    const { observer } = this.#options;
    this.#runCaused(by, () => {
      if (payload === undefined) session.recordUnknown(name, time);
      else session.record(name, exactText(payload), time);
    });
    if (!this.#eventLines.isGathering(id)) this.#factLines.write(id);
    this.#eventLines.add(by, id, { signal: name, payload, time });
    observer.signalled(name);
  }

  get signals(): SignalSessions {
    return {
      target: this.#target,
      attach: (hooks) => {
        this.#hooks = hooks;
      },
      listen: (listener) => this.listen(listener),
    };
  }

  get #target(): SessionTarget {
    return {
      policy: this.#options.policy,
      ids: () => this.#sessions.ids(),
      request: (id) => this.#requestNow(id),
      openedAt: (id) => this.#owners.get(id)?.openedAt,
      formerKeys: (id) => this.#owners.get(id)?.former ?? [],
      noteFormer: (id, former) => this.#owners.noteFormer(id, former),
      record: (by, id, name, payload, time) => {
        this.#record(by, this.#expectOpen(id), { id, name, payload, time });
        this.#affected.set(id, by);
      },
      change: (by, id, part) => {
        const session = this.#expectOpen(id);
        this.#factLines.note(by, id);
        const before = this.#changing.get(id);
        this.#runCaused(by, () => session.patch(part));
        this.#affected.set(id, by);
        if (before !== undefined) this.#changing.set(id, mergePatch(before, part) as Members);
        this.#owners.change(id, { ...readOwners(part), subject: undefined });
      },
      hold: (id) => {
        this.#held.add(id);
        this.#owners.setOpening(id, true);
      },
      end: (by, id) => {
        const session = this.#sessions.get(id);
        if (session === undefined) return;
        session.close();
        this.#forget(by, id);
      },
      reevaluate: () => this.#reevaluateAffected(),
      stored: () => this.#awaitStore(),
    };
  }

  /** The facts of a session, read once for all events that change it before it is evaluated. */
  #requestNow(id: string): Members {
    const known = this.#changing.get(id);
    if (known !== undefined) return known;
    const request = inexact(this.#request(id)) as Members;
    if (this.#held.has(id)) this.#changing.set(id, request);
    return request;
  }

  #writeLines(id: string): void {
    this.#eventLines.write(id);
    this.#factLines.write(id);
  }

  /** A sweep does not evaluate sessions that were never decided, which may be revoked, too. */
  #reevaluateAffected(): void {
    this.#trigger = 'event';
    try {
      for (const id of this.#changing.keys()) {
        if (!this.#held.has(id)) this.#changing.delete(id);
      }
      for (const id of this.#affected.keys()) {
        // The facts of a session that is being opened are written when it is open, or when its answer changes.
        if (!this.#held.has(id)) this.#writeLines(id);
      }
      this.#sessions.sweep();
      for (const id of this.#affected.keys()) this.#sessions.get(id)?.reevaluate();
    } finally {
      this.#affected.clear();
      this.#trigger = 'time';
    }
  }

  async approve(
    by: SessionCaller,
    id: string,
    { digest, expiresAt, reference }: GivenApproval,
  ): Promise<SessionView> {
    const { clock, lines } = this.#options;
    const session = this.#expectSession(id, (holder) => canApproveOwner(by, holder));
    if (this.#owners.get(id)?.users.has(by.id) !== false) {
      const detail = `${by.id} opened, changed or used the session, and cannot approve its calls`;
      throw new Problem(403, detail, { code: 'own_session' });
    }
    const to = reference === undefined ? {} : { reference };
    this.#sessions.sweep();
    this.#runCaused(by.id, () =>
      this.#run(() => session.grant({ digest, expiresAt, approver: by.id, ...to })),
    );
    this.#owners.note(id, 'approvers', by.id);
    lines.logApproval(by.id, id, digest, {
      ...{ id: randomUUID(), channel: 'service', approver: by.id },
      granted_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    });
    return this.#storeChange(by, session);
  }

  async decide(
    by: SessionCaller,
    id: string,
    query: Members,
    onDecided?: OnDecided,
  ): Promise<Answer> {
    const session = this.#expectUsable(by, id);
    this.#owners.note(id, 'users', by.id);
    const { context } = query;
    const identifies = this.#hooks?.identifiesByFacts === true && isObject(context);
    try {
      if (identifies) await this.#identify(session, { context });
      expectStillOpen(session);
      const module = this.#options.policy();
      this.#writeLines(id);
      const made = this.#runCaused(by.id, () => session.decide(exactText(query)));
      const answer =
        onDecided?.({ answer: made, module, request: this.#createDecidedRequest(id, query) }) ??
        made;
      // A query that is not valid changes no facts.
      if (identifies) await this.#identify(session, {});
      if (session.isOpen) this.#used.set(id, this.#options.clock.now());
      return stillPermitted(session, await this.#durable(answer));
    } catch (error) {
      return refusal('event_not_applied', formatErrorMessage(error));
    }
  }

  /** Applies earlier events about the subject that a session has with a part of a request. Throws if they cannot be applied. */
  async #identify(session: Session, part: Members): Promise<void> {
    const { id } = session;
    await this.#hooks?.changing(
      id,
      () => this.#mergeRequest(id, part),
      () => {
        expectStillOpen(session);
        this.#eventLines.gather(id);
      },
    );
    if (session.isOpen) this.#eventLines.write(id);
  }

  async decideQuery(
    by: SessionCaller,
    id: string,
    request: Members,
    onDecided?: OnDecided,
  ): Promise<Answer> {
    const query = this.#createQuery(by, id, request);
    return isAnswer(query) ? query : this.decide(by, id, query, onDecided);
  }

  /** A query with the facts of its session. */
  #createDecidedRequest(id: string, query: Members): Members {
    const facts = this.#request(id);
    const { context = {} } = query;
    const merged = isObject(context) ? mergePatch(facts.context, context) : facts.context;
    return { ...facts, ...query, context: merged };
  }

  async consider(by: SessionCaller, id: string, request: Members): Promise<Answer> {
    const query = this.#createQuery(by, id, request);
    if (isAnswer(query)) return query;
    const session = this.#expectUsable(by, id);
    try {
      return this.#copies.decide(this.#options.policy(), session, exactText(query));
    } catch (error) {
      return refusal('engine_error', formatErrorMessage(error));
    }
  }

  /** The part of a whole request that a session decides, or why it cannot decide the request. */
  #createQuery(by: SessionCaller, id: string, request: Members): Query | Answer {
    const session = this.#isOwned(by, id) ? this.#sessions.get(id) : undefined;
    const owners = this.#owners.get(id);
    if (session === undefined || owners === undefined) {
      return refusal('no_session', 'no session with this id is open');
    }
    if (!owners.isSubject(request.subject)) {
      return refusal('other_subject', 'the session belongs to another subject');
    }
    const { action, resource, context } = request;
    return { action, resource, context: isObject(context) ? owners.without(context) : context };
  }

  async close(by: SessionCaller, id: string): Promise<void> {
    const session = this.#expect(by, id);
    this.#run(() => session.close());
    this.#forget(by.id, id);
    await this.#awaitStore();
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  preview(next: PolicyModule): SessionsPreview {
    const preview = this.#sessions.preview(next.policy);
    const { sessions, changes } = preview;
    return {
      ...{ sessions, changes, toString: () => `${preview}` },
      activate: (by) => {
        // Changes by time alone are not those of the policy.
        this.#sessions.sweep();
        this.#runCaused(by.id, () => preview.activate(), 'policy');
      },
    };
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    clearInterval(this.#idle);
    this.#sessions.end();
    this.#copies.end();
    await this.#persistence?.flush();
    await this.#owners.flush();
  }

  /** Nothing is stored after the end, so nothing may be acknowledged. */
  #expectNotEnded(): void {
    if (!this.#isEnded) return;
    throw new Problem(503, 'the sessions are no longer here', { code: 'sessions_ended' });
  }

  /** A session of another caller does not exist. */
  #expect(by: SessionCaller, id: string): Session {
    return this.#expectSession(id, (holder) => ownsSessions(by, holder));
  }

  /** The session, also while it is being opened. */
  #expectOpen(id: string): Session {
    this.#expectNotEnded();
    const session = this.#sessions.get(id);
    if (session !== undefined) return session;
    throw noSession();
  }

  #expectSession(id: string, isAllowed: (holder: string | undefined) => boolean): Session {
    this.#expectNotEnded();
    const session = this.#held.has(id) ? undefined : this.#sessions.get(id);
    if (session === undefined || !isAllowed(this.#owners.get(id)?.holder)) {
      throw noSession();
    }
    return session;
  }

  /** A caller that approved calls in a session cannot use or change it: it would use its own approval. */
  #expectUsable(by: SessionCaller, id: string): Session {
    const session = this.#expect(by, id);
    if (this.#owners.get(id)?.approvers.has(by.id) !== true) return session;
    const detail = `${by.id} approved calls in the session, and cannot use or change it`;
    throw new Problem(403, detail, { code: 'own_approval' });
  }

  /** Attributes what changes meanwhile to a caller. */
  #runCaused<Result>(by: string, run: () => Result, trigger: Trigger = 'event'): Result {
    const [previousBy, previousTrigger] = [this.#by, this.#trigger];
    [this.#by, this.#trigger] = [by, trigger];
    try {
      return run();
    } finally {
      [this.#by, this.#trigger] = [previousBy, previousTrigger];
    }
  }

  /** `part`: where the value that a session gets is in the request. */
  #run<Result>(operation: () => Result, part?: string): Result {
    try {
      return operation();
    } catch (error) {
      throw error instanceof SessionError ? toSessionProblem(error, part) : error;
    }
  }

  /** After a change: listeners learn of it, and the caller when it is durable. */
  async #storeChange(by: SessionCaller, session: Session): Promise<SessionView> {
    this.#runCaused(by.id, () => {
      this.#sessions.sweep();
      if (session.isOpen) session.reevaluate();
    });
    return this.#storeView(session);
  }

  /** Another session may have the id meanwhile, which is none of the caller's. */
  async #storeView(session: Session): Promise<SessionView> {
    const { id } = session;
    const answer = session.isOpen
      ? session.reevaluate()
      : refusal('no_session', 'the session was closed meanwhile');
    if (session.isOpen) this.#used.set(id, this.#options.clock.now());
    await this.#awaitStore();
    return { id, answer };
  }

  /** Resolves when everything until now is on the disk. Throws a `Problem` if it cannot be. */
  async #awaitStore(): Promise<void> {
    try {
      await this.#awaitCommit();
    } catch (error) {
      this.#notStored(error);
      const why = `the state cannot be stored: ${formatErrorMessage(error)}`;
      throw new Problem(503, why, { code: 'state_unavailable' });
    }
  }

  async #durable(answer: Answer): Promise<Answer> {
    try {
      await this.#awaitCommit();
      return answer;
    } catch (error) {
      this.#notStored(error);
      return answer.decision
        ? refusal('state_unavailable', 'the decision cannot be stored')
        : answer;
    }
  }

  /** Changes of one turn of the event loop share a commit. */
  #awaitCommit(): Promise<void> {
    this.#commit ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#commit = undefined;
        this.#followingSaved()
          .then(() => this.#persistence?.flush())
          .then(() => {
            // Also if nothing was to be stored: what was stored before must be there.
            this.#options.store.expectInPlace?.();
            this.#isStored = true;
          })
          .then(resolve, reject);
      });
    });
    return this.#commit;
  }

  #notStored(error: unknown): void {
    if (this.#isStored)
      this.#options.onWarning(`sessions were not stored: ${formatErrorMessage(error)}`);
    this.#isStored = false;
  }

  #notifyChange(change: SessionChange): void {
    const { lines, observer } = this.#options;
    observer.changed(change.answer.effect);
    const by = this.#affected.get(change.id) ?? this.#by;
    this.#logChange(by, change, this.#trigger);
    if (change.answer.effect === 'revoke') lines.logRevocation(by, change.id, change.answer);
    this.#notify({ kind: 'changed', change, owner: this.#owners.get(change.id)?.holder });
  }

  #logChange(by: string, { id, answer }: SessionChange, trigger: Trigger): void {
    const { lines } = this.#options;
    if (!lines.isLogging || this.#sessions.get(id) === undefined) return;
    this.#writeLines(id);
    const request = this.#request(id);
    const response = toAuthZen(answer);
    const line = { by, session: id, request, response, trigger };
    lines.logDecision({ ...line, traceId: undefined, latency: 0 });
  }

  #closeIdle(): void {
    const limit = this.#options.clock.now() - this.#options.sessionIdle;
    for (const [id, used] of this.#used) {
      if (used > limit) continue;
      this.#sessions.get(id)?.close();
      this.#forget(serviceItself.id, id);
    }
  }

  #forget(by: string, id: string): void {
    const owner = this.#owners.get(id)?.holder;
    this.#used.delete(id);
    this.#factLines.forget(id);
    this.#eventLines.forget(id);
    this.#changing.delete(id);
    this.#held.delete(id);
    this.#affected.delete(id);
    this.#owners.remove(id);
    this.#hooks?.removeSession(id);
    this.#options.lines.logClosing(by, id);
    this.#notify({ kind: 'closed', id, owner });
  }

  #notify(event: RequestedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

interface Query extends Members {
  readonly action: unknown;
  readonly resource: unknown;
  readonly context: unknown;
}

/** The answer of a session that may have been revoked or closed while the decision was stored. */
function stillPermitted(session: Session, answer: Answer): Answer {
  return answer.decision && session.signal.aborted ? session.reevaluate() : answer;
}

function isAnswer(query: Query | Answer): query is Answer {
  return 'decision' in query;
}

function noSession(): Problem {
  return new Problem(404, 'no session with this id is open', { code: 'no_session' });
}

function sessionExists(): Problem {
  const why =
    '$: expected an id that no open session has, found one of a session that is being opened';
  return new Problem(409, why, { code: 'session_exists', path: '$' });
}

/** Throws if a session was closed while its caller waited: another one may have its id. */
function expectStillOpen(session: Session): void {
  if (!session.isOpen) throw new Error('the session was closed meanwhile');
}
