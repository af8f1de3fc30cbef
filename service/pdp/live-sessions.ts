// The live sessions of a decision point: opens, changes and decides them, makes each change durable before its caller
// learns of it, and notifies listeners of changed answers. Operations throw a `Problem`, and then nothing changed;
// decisions never throw.

import { randomUUID } from 'node:crypto';
import {
  type Answer,
  createSessions,
  type Persistence,
  type Preview,
  type Session,
  type SessionChange,
  SessionError,
  type SessionStore,
  type Sessions,
  toAuthZen,
} from '@nhipol/runtime';
import { refusal } from '../engine/answers.ts';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { Members } from '../json/members.ts';
import type { Trigger } from '../log/entry.ts';
import type { SessionStores } from '../store/store.ts';
import { messageOf } from '../support/message-of.ts';
import { exactText, inexact, isObject } from './exact-json.ts';
import { Problem } from './problem.ts';
import type { SessionEvent, SessionListener } from './session-event.ts';
import type {
  GivenApproval,
  SessionHost,
  SessionHostOptions,
  SessionPage,
  SessionView,
} from './session-host.ts';
import { ownersIn, SessionOwners } from './session-owners.ts';
import { problemOf } from './session-problem.ts';
import type { SessionHooks, SessionTarget, SignalSessions } from './session-target.ts';

export interface LiveSessionsOptions extends SessionHostOptions {
  readonly store: SessionStores;
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
  readonly #listeners = new Set<SessionListener>();
  /** When each session was used last. */
  readonly #used = new Map<string, number>();
  readonly #idle: ReturnType<typeof setInterval>;
  #hooks: SessionHooks | undefined;
  /** Sessions that events changed, and that were not evaluated yet. */
  readonly #affected = new Set<string>();
  /** Why sessions are evaluated now. */
  #trigger: Trigger = 'time';
  #persistence: Persistence | undefined;
  /** The commit that changes of this turn of the event loop share. */
  #commit: Promise<void> | undefined;
  #isStored = true;
  #isEnded = false;

  /** Throws a `LoadError` for a module that was compiled without sessions. */
  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    const { policy, clock, maxSessions, onWarning } = options;
    const onListenerError = (error: unknown) => onWarning(`a listener failed: ${messageOf(error)}`);
    this.#sessions = createSessions(policy().policy, {
      ...{ clock, onListenerError },
      sessionBytes: Math.min(maxBytes, Math.max(minBytes, maxSessions * bytesOfSession)),
    });
    this.#owners = new SessionOwners();
    for (const kind of changeKinds) this.#sessions.on(kind, (change) => this.#changed(change));
    this.#idle = setInterval(() => this.#closeIdle(), idleInterval);
    this.#idle.unref();
  }

  async restore(): Promise<void> {
    const { store, policy, clock, onWarning } = this.#options;
    const { name } = policy().logged;
    await this.#owners.persistTo(store.sessions(`${name} owners`));
    this.#persistence = await this.#sessions.persistTo(this.#afterFollowing(store.sessions(name)), {
      onError: (error) => this.#notStored(error),
    });
    for (const error of this.#persistence.refused) {
      onWarning(`a session was not restored: ${error.message}`);
    }
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
    await Promise.all([this.#owners.saved(), this.#hooks?.saved()]);
  }

  get size(): number {
    return this.#sessions.size;
  }

  get isStored(): boolean {
    return this.#isStored;
  }

  unready(): string | undefined {
    return this.#isStored ? undefined : 'the state cannot be stored';
  }

  has(id: string): boolean {
    return this.#sessions.get(id) !== undefined;
  }

  async list(after: string, limit: number): Promise<SessionPage> {
    const ids = this.#sessions.ids().filter((id) => id > after);
    const listed = ids.sort().slice(0, limit);
    return { sessions: listed.map((id) => this.#view(id)), hasMore: listed.length < ids.length };
  }

  async open(given: string | undefined, request: Members): Promise<SessionView> {
    this.#expectNotEnded();
    const id = given ?? randomUUID();
    const open = () => this.#open(id, request);
    if (this.#hooks === undefined) open();
    else await this.#hooks.opening(id, request, open);
    return this.#viewed(id);
  }

  #open(id: string, request: Members): void {
    const { maxSessions, lines, clock } = this.#options;
    if (this.#sessions.size >= maxSessions) {
      throw new Problem(503, `no more than ${maxSessions} sessions may be open`, { code: 'full' });
    }
    this.#run(() => this.#sessions.open(id, exactText(request)));
    this.#owners.add(id, ownersIn(request), clock.now());
    lines.opened(id, inexact(request) as Members);
  }

  async view(id: string): Promise<SessionView> {
    return this.#view(id);
  }

  #view(id: string): SessionView {
    return { id, answer: this.#expect(id).reevaluate() };
  }

  async facts(id: string): Promise<Members> {
    return this.#options.policy().declared.visible(this.#request(id));
  }

  async request(id: string): Promise<Members> {
    return this.#request(id);
  }

  #request(id: string): Members {
    const session = this.#sessions.get(id);
    if (session === undefined) return {};
    const { request } = JSON.parse(this.#run(() => session.snapshot()));
    return isObject(request) ? request : {};
  }

  async patch(id: string, part: Members): Promise<SessionView> {
    const session = this.#expect(id);
    this.#run(() => session.patchJson(exactText(part)));
    this.#owners.add(id, ownersIn(part));
    await this.#hooks?.changed(id);
    return this.#changedBy(id);
  }

  async signal(
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ): Promise<SessionView> {
    this.#expect(id);
    if (!this.#options.policy().signals.has(name)) {
      const detail = `$.signal: the policy declares no signal ${JSON.stringify(name)}`;
      throw new Problem(400, detail, { code: 'no_signal', path: '$.signal' });
    }
    this.#run(() => this.#record(id, name, payload, time));
    return this.#changedBy(id);
  }

  #record(id: string, name: string, payload: Members, time: number | undefined): void {
    const { lines, observer } = this.#options;
    this.#expect(id).record(name, exactText(payload), time);
    lines.recorded(id, name, inexact(payload) as Members);
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
      request: (id) => this.#request(id),
      openedAt: (id) => this.#owners.get(id)?.openedAt,
      record: (id, name, payload, time) => {
        this.#record(id, name, payload, time);
        this.#affected.add(id);
      },
      change: (id, part) => {
        this.#expect(id).patch(part);
        this.#affected.add(id);
        this.#owners.add(id, { ...ownersIn(part), subject: undefined });
      },
      reevaluate: () => this.#reevaluateAffected(),
      stored: () => this.#stored(),
    };
  }

  /** A sweep does not evaluate sessions that were never decided, which may be revoked, too. */
  #reevaluateAffected(): void {
    this.#trigger = 'event';
    try {
      this.#sessions.sweep();
      for (const id of this.#affected) this.#sessions.get(id)?.reevaluate();
    } finally {
      this.#affected.clear();
      this.#trigger = 'time';
    }
  }

  async approve(id: string, approval: GivenApproval): Promise<SessionView> {
    const { clock, lines } = this.#options;
    const session = this.#expect(id);
    const { digest, expiresAt, approver, reference } = approval;
    const by = approver === undefined ? {} : { approver };
    const to = reference === undefined ? {} : { reference };
    this.#run(() => session.grant({ digest, expiresAt, ...by, ...to }));
    lines.approved(id, digest, {
      id: randomUUID(),
      channel: 'service',
      ...by,
      granted_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    });
    return this.#changedBy(id);
  }

  async decide(id: string, query: Members): Promise<Answer> {
    const answer = this.#expect(id).decide(exactText(query));
    this.#used.set(id, this.#options.clock.now());
    return this.#durable(answer);
  }

  async decideFor(id: string, request: Members): Promise<Answer> {
    const session = this.#sessions.get(id);
    const owners = this.#owners.get(id);
    if (session === undefined || owners === undefined) {
      return refusal('no_session', 'no session with this id is open');
    }
    if (!owners.isOf(request.subject)) {
      return refusal('other_subject', 'the session belongs to another subject');
    }
    const { action, resource, context } = request;
    const own = isObject(context) ? { context: owners.without(context) } : { context };
    return this.decide(id, { action, resource, ...own });
  }

  async close(id: string): Promise<void> {
    const session = this.#expect(id);
    this.#run(() => session.close());
    this.#forget(id);
    await this.#stored();
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  preview(next: PolicyModule): Preview {
    return this.#sessions.preview(next.policy);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    clearInterval(this.#idle);
    this.#sessions.end();
    await this.#persistence?.saved();
    await this.#owners.saved();
  }

  /** Nothing is stored after the end, so nothing may be acknowledged. */
  #expectNotEnded(): void {
    if (!this.#isEnded) return;
    throw new Problem(503, 'the sessions are no longer here', { code: 'sessions_ended' });
  }

  #expect(id: string): Session {
    this.#expectNotEnded();
    const session = this.#sessions.get(id);
    if (session === undefined) {
      throw new Problem(404, 'no session with this id is open', { code: 'no_session' });
    }
    return session;
  }

  #run<Result>(operation: () => Result): Result {
    try {
      return operation();
    } catch (error) {
      throw error instanceof SessionError ? problemOf(error) : error;
    }
  }

  /** After a change: listeners learn of it, and the caller when it is durable. */
  async #changedBy(id: string): Promise<SessionView> {
    this.#sessions.sweep();
    return this.#viewed(id);
  }

  async #viewed(id: string): Promise<SessionView> {
    this.#used.set(id, this.#options.clock.now());
    const answer = this.#sessions.get(id)?.reevaluate();
    await this.#stored();
    return { id, answer: answer ?? refusal('no_session', 'the session was closed meanwhile') };
  }

  /** Resolves when everything until now is on the disk. Throws a `Problem` if it cannot be. */
  async #stored(): Promise<void> {
    try {
      await this.#committed();
    } catch (error) {
      this.#notStored(error);
      const why = `the state cannot be stored: ${messageOf(error)}`;
      throw new Problem(503, why, { code: 'state_unavailable' });
    }
  }

  async #durable(answer: Answer): Promise<Answer> {
    try {
      await this.#committed();
      return answer;
    } catch (error) {
      this.#notStored(error);
      return answer.decision
        ? refusal('state_unavailable', 'the decision cannot be stored')
        : answer;
    }
  }

  /** Changes of one turn of the event loop share a commit. */
  #committed(): Promise<void> {
    this.#commit ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#commit = undefined;
        this.#followingSaved()
          .then(() => this.#persistence?.saved())
          .then(() => {
            this.#isStored = true;
          })
          .then(resolve, reject);
      });
    });
    return this.#commit;
  }

  #notStored(error: unknown): void {
    if (this.#isStored) this.#options.onWarning(`sessions were not stored: ${messageOf(error)}`);
    this.#isStored = false;
  }

  #changed(change: SessionChange): void {
    const { lines, observer } = this.#options;
    observer.changed(change.answer.effect);
    this.#logChange(change, this.#trigger);
    if (change.answer.effect === 'revoke') lines.revoked(change.id, change.answer);
    this.#notify({ kind: 'changed', change });
  }

  #logChange({ id, answer }: SessionChange, trigger: Trigger): void {
    const { lines } = this.#options;
    if (!lines.isLogging || this.#sessions.get(id) === undefined) return;
    const request = this.#request(id);
    const response = toAuthZen(answer);
    lines.decided({ session: id, request, response, trigger, traceId: undefined, latency: 0 });
  }

  #closeIdle(): void {
    const limit = this.#options.clock.now() - this.#options.sessionIdle;
    for (const [id, used] of this.#used) {
      if (used > limit) continue;
      this.#sessions.get(id)?.close();
      this.#forget(id);
    }
  }

  #forget(id: string): void {
    this.#used.delete(id);
    this.#owners.remove(id);
    this.#hooks?.closed(id);
    this.#options.lines.closed(id);
    this.#notify({ kind: 'closed', id });
  }

  #notify(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
