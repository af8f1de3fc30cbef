// The sessions of a policy by their ids: takes facts and events, returns answers, and notifies listeners when time,
// facts or events change the answer to a session. Deciding never throws: every failure is a deny. Every other call throws a
// `SessionError` on failure, and then nothing changed.

import {
  createEngineError,
  createEngineErrorAnswer,
  createInvalidAnswer,
  createRevokedAnswer,
} from '../answer/answer.ts';
import { type Possibility, readPossibility } from '../answer/possibility.ts';
import {
  type Answer,
  type AnswerError,
  engineTexts,
  hostTexts,
  maxChanges,
} from '../contract/index.ts';
import { formatJsonPath } from '../json/json-path.ts';
import { encodeWellFormed, toUtf8 } from '../json/utf8.ts';
import { convertMilliseconds } from '../module/moment.ts';
import type { Policy, SessionSource } from '../policy.ts';
import { encodeRequest } from '../request/encode.ts';
import { type Approval, addApproval, listKnownApprovals, noApprovals } from './approvals.ts';
import { type Listener, type ListenerErrorHandler, Notifier } from './changes/notifier.ts';
import type { ChangeKind, SessionChange } from './changes/session-change.ts';
import type { Clock } from './clock.ts';
import { parsePathNames } from './declared-paths.ts';
import { type HistoryRecord, isHistoryRecord, readRecordId } from './history-engine.ts';
import { type Migrated, migrate, migrateHistory, type PolicyChange } from './migration/migrate.ts';
import { Preview } from './migration/preview.ts';
import { OpenSessions } from './open-sessions.ts';
import { Persistence, type PersistOptions } from './persistence/persistence.ts';
import { type RestoredRecords, restoreRecords } from './persistence/restore-records.ts';
import { parseRevoked, RevokedIds } from './persistence/revoked-ids.ts';
import type { SessionStore } from './persistence/session-store.ts';
import { type RestoredSession, readSnapshotHeader } from './persistence/session-text.ts';
import {
  createRequestPart,
  parseMembers,
  type RequestParts,
  scaleNumber,
} from './request-parts.ts';
import { everyPart, type SessionEngine } from './session-engine.ts';
import { SessionEntry } from './session-entry.ts';
import { createAnswerError, noSession, SessionError, sessionRevoked } from './session-error.ts';
import { createSessionPolicy, type SessionPolicy } from './session-policy.ts';
import { Timer } from './timer.ts';

/** Interval of sweeps when the module cannot tell when answers expire, in milliseconds. */
const sweepInterval = 1000;
/** Maximum number of ids of revoked sessions that are remembered for a store that is read later. */
const maxUnstoredIds = 100_000;
/** The only reason of a decision that was not made. */
const clockWentBack = 'clock_went_back';

export interface SessionsSettings {
  readonly clock: Clock;
  /** The maximum size of all sessions together. */
  readonly sessionBytes: number;
  readonly revokedIdLifetime: number;
  readonly onListenerError: ListenerErrorHandler | undefined;
}

/** `unusedRecords`: the ids of records of the history across sessions that the other policy does not need. */
interface MigratedSessions extends Migrated {
  readonly unusedRecords: readonly string[];
}

export class SessionRegistry {
  #current: SessionPolicy;
  readonly #clock: Clock;
  readonly #bytes: number;
  readonly #open = new OpenSessions();
  readonly #notifier: Notifier;
  readonly #timer: Timer;
  readonly #revokedIds: RevokedIds;
  #persistence: Persistence | undefined;
  /** The number of stores that are being read. */
  #reading = 0;
  /** The module has no room to track when answers expire, so all sessions must be evaluated regularly. */
  #isOutOfRoom = false;
  /** Whether events may have occurred, with this policy or one before it. */
  #wasUsed = false;
  #isEnded = false;
  #failure: AnswerError | undefined;

  constructor(
    policy: SessionSource,
    { clock, sessionBytes, revokedIdLifetime, onListenerError }: SessionsSettings,
  ) {
    this.#clock = clock;
    this.#notifier = new Notifier(onListenerError);
    this.#bytes = sessionBytes;
    this.#revokedIds = new RevokedIds(revokedIdLifetime);
    this.#timer = new Timer(clock, () => this.sweep());
    this.#current = this.#enter(policy);
  }

  #enter(policy: SessionSource): SessionPolicy {
    return createSessionPolicy(policy, this.#bytes, () => this.sweep({ all: true }));
  }

  get #engine(): SessionEngine {
    return this.#current.engine;
  }

  /** The policy of the sessions. */
  get policy(): Policy {
    return this.#current.policy;
  }

  get size(): number {
    return this.#open.size;
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): SessionEntry | undefined {
    return this.#open.find(id);
  }

  /** The ids of all open sessions. */
  ids(): readonly string[] {
    return this.#open.ids;
  }

  /** Opens a session with the facts of a request, an object or its JSON. Does not decide it. */
  open(id: string, request: object | string): void {
    this.#open.expectNone(id);
    this.#expectNotRevoked(id);
    const text = this.#toBytes(id, request);
    const handle = this.#engineCall(id, (engine) => engine.open(id, text, this.#clock.now()));
    if (typeof handle !== 'number') throw new SessionError(id, handle);
    this.#add(new SessionEntry(id, handle, undefined));
  }

  #expectNotRevoked(id: string): void {
    const now = this.#clock.now();
    for (const each of this.#revokedIds.takeExpired(now)) this.#persistence?.note(each);
    // Without a store a session cannot be restored later.
    const isStored = this.#persistence !== undefined || this.#reading > 0;
    if (isStored && this.#revokedIds.has(id, now)) throw new SessionError(id, sessionRevoked);
  }

  #add(held: SessionEntry): void {
    this.#wasUsed = true;
    this.#open.add(held);
    this.#persistence?.note(held.id);
  }

  /**
   * Changes facts: by a part of a request (RFC 7396), whose members replace those of the session, and null removes
   * one; or by a path such as `context.risk` and its value.
   */
  patch(id: string, part: object): void;
  patch(id: string, path: string, value: unknown): void;
  patch(id: string, what: object | string, value?: unknown): void {
    const held = this.#open.expect(id);
    if (typeof what === 'string' && this.#set(held, what, value)) {
      this.#touch(id);
      return;
    }
    const part = typeof what === 'string' ? this.#createPart(id, what, value) : what;
    this.#change(held, this.#encodeChange(id, part, true), 0);
  }

  /** Changes facts by a part of a request in JSON, as `patch` does. */
  patchJson(id: string, part: string): void {
    this.#change(this.#open.expect(id), this.#encodeChange(id, part, true), 0);
  }

  /** Throws a `SessionError` for a path that the policy does not declare: a change there would have no effect. */
  #createPart(id: string, path: string, value: unknown): object {
    const names = parsePathNames(path);
    const within = names && this.#current.paths.within(names);
    if (within !== undefined) return createRequestPart(within, value);
    throw new SessionError(
      id,
      createAnswerError('no_member', hostTexts.path, JSON.stringify(path)),
    );
  }

  /** Throws a `SessionError` also for a member that would have no effect, because nothing declares it. */
  #encodeChange(id: string, part: object | string, isPatch: boolean): Uint8Array {
    const text = this.#toJson(id, part);
    const undeclared = this.#findUndeclared(parseMembers(text), isPatch);
    if (undeclared !== undefined) throw new SessionError(id, undeclared);
    return toUtf8(text);
  }

  #findUndeclared(change: object, isPatch: boolean): AnswerError | undefined {
    const names = this.#current.paths.findUndeclared(change, isPatch);
    if (names === undefined) return undefined;
    const error = createAnswerError('no_member', hostTexts.path, JSON.stringify(names.join('.')));
    return { ...error, path: formatJsonPath(names) };
  }

  /** Changes facts by a part of a request. Its subject, action, resource and context are replaced as a whole. */
  replace(id: string, part: (RequestParts & { readonly subject?: unknown }) | string): void {
    this.#change(this.#open.expect(id), this.#encodeChange(id, part, false), everyPart);
  }

  /** `whole`: a set of `requestParts` that are replaced. */
  #change(held: SessionEntry, text: Uint8Array, whole: number): void {
    const { id, handle } = held;
    const refused = this.#engineCall(id, (engine) => engine.patch(handle, text, whole));
    this.#touch(id);
    if (refused?.error === undefined) return;
    if (refused.effect === 'revoke') this.#recordAnswer(held, refused);
    throw new SessionError(id, refused.error);
  }

  /**
   * Approves one call until an instant: the call with this digest, whether it was requested or not yet. Evaluates
   * the latest request of the session again, notifies listeners, and returns the answer.
   */
  grant(id: string, approval: Approval): Answer {
    const held = this.#open.expect(id);
    if (!this.#current.takesApprovals) throw new SessionError(id, noApprovals);
    const approvals = addApproval(
      listKnownApprovals(this.snapshot(id)),
      approval,
      this.#clock.now(),
    );
    if ('code' in approvals) throw new SessionError(id, approvals);
    this.#change(held, this.#toBytes(id, { context: { approvals } }), 0);
    this.sweep();
    return this.reevaluate(id);
  }

  /**
   * Records a signal that the policy declares: its name, its payload, and when it occurred, by default now. A late
   * signal counts from its own time.
   */
  record(
    id: string,
    name: string,
    payload: object | string = {},
    time?: number | bigint | Date,
  ): void {
    this.#recordText(id, name, this.#toBytes(id, payload), time);
  }

  /** Records a signal about whose payload nothing is known: each of its members is unknown. */
  recordUnknown(id: string, name: string, time?: number | bigint | Date): void {
    this.#recordText(id, name, undefined, time);
  }

  #recordText(
    id: string,
    name: string,
    payload: Uint8Array | undefined,
    time: number | bigint | Date | undefined,
  ): void {
    const { handle } = this.#open.expect(id);
    const came = time === undefined ? Number.NaN : convertMilliseconds(time);
    if (came === undefined) {
      throw new SessionError(
        id,
        createAnswerError('wrong_type', hostTexts.instant, hostTexts.otherValue),
      );
    }
    const error = this.#engineCall(id, (engine) =>
      engine.record(handle, name, payload, came, this.#clock.now()),
    );
    if (error !== undefined) throw new SessionError(id, error);
    this.#touch(id);
  }

  /** Evaluates the latest request again, as things are now, without taking the decision. */
  reevaluate(id: string): Answer {
    const held = this.#open.find(id);
    if (held === undefined) return createInvalidAnswer(noSession);
    if (this.#failure !== undefined) return createEngineErrorAnswer(this.#failure);
    try {
      return this.#recordAnswer(held, this.#engine.reevaluate(held.handle, this.#clock.now()));
    } catch (failure) {
      return this.#fail(failure);
    }
  }

  /**
   * Whether the given query, an object or its JSON, or without one the latest, could be permitted now for some value of
   * the members that neither it nor the session has. Nothing about the session changes.
   */
  could(id: string, request?: RequestParts | string): Possibility {
    const held = this.#open.find(id);
    if (held === undefined) return readPossibility(createInvalidAnswer(noSession));
    if (this.#failure !== undefined) return readPossibility(createEngineErrorAnswer(this.#failure));
    const query = request === undefined ? undefined : this.#encodeQuery(request);
    if (query !== undefined && 'decision' in query) return readPossibility(query);
    try {
      return this.#engine.could(held.handle, query, this.#clock.now());
    } catch (failure) {
      return readPossibility(this.#fail(failure));
    }
  }

  /** Decides the given query, an object or its JSON, or without one the latest, by everything that is known now. */
  decide(id: string, request?: RequestParts | string): Answer {
    const held = this.#open.find(id);
    if (held === undefined) return createInvalidAnswer(noSession);
    if (this.#failure !== undefined) return createEngineErrorAnswer(this.#failure);
    const query = request === undefined ? undefined : this.#encodeQuery(request);
    if (query !== undefined && 'decision' in query) return query;
    try {
      const now = this.#clock.now();
      const answer =
        query === undefined
          ? this.#engine.decide(held.handle, now)
          : this.#engine.decideRequest(held.handle, query, now);
      // The facts are evaluated nevertheless, as soon as there is a valid instant; a request for which there was no
      // room leaves its facts outdated, and the next sweep denies the session.
      const isUnread = answer.error !== undefined || answer.reasons[0] === clockWentBack;
      if (query !== undefined && isUnread) this.#touch(held.id);
      const recorded = this.#recordAnswer(held, answer);
      // The decision can change the answers of other sessions.
      if (this.policy.manifest.sessions?.shared_bytes !== undefined) this.#rearm();
      return recorded;
    } catch (failure) {
      return this.#fail(failure);
    }
  }

  /** Throws a `SessionError` if the module fails or has failed. */
  #engineCall<Outcome>(id: string, call: (engine: SessionEngine) => Outcome): Outcome {
    if (this.#failure !== undefined) throw new SessionError(id, this.#failure);
    try {
      return call(this.#engine);
    } catch (failure) {
      throw new SessionError(id, this.#fail(failure).error ?? noSession);
    }
  }

  /** The module failed and is not called again: all sessions are denied, and their abort signals fire. */
  #fail(failure: unknown): Answer {
    if (this.#failure !== undefined) return createEngineErrorAnswer(this.#failure);
    const why = failure instanceof Error ? failure.message : 'a failure';
    this.#failure = createEngineError(engineTexts.answer, why);
    const changes = this.#denyAll(this.#failure);
    for (const held of this.#open) held.fail(why);
    for (const change of changes) this.#notifier.announce(change);
    return createEngineErrorAnswer(this.#failure);
  }

  #denyAll(failure: AnswerError): readonly SessionChange[] {
    const answer = createEngineErrorAnswer(failure);
    return [...this.#open].map(({ id, effect = 'deny' }) => ({ id, before: effect, answer }));
  }

  /**
   * All of the caller's own code, such as getters, runs here: an exception of it is not a failure of the engine.
   */
  #encodeQuery(asked: RequestParts | string): Uint8Array | Answer {
    try {
      if (typeof asked === 'string') {
        const undeclared = this.#findUndeclared(parseMembers(asked), false);
        return undeclared === undefined ? toUtf8(asked) : createInvalidAnswer(undeclared);
      }
      const { action, resource, context, ...others } = asked;
      const undeclared = this.#findUndeclared({ ...others, action, resource }, false);
      if (undeclared !== undefined) return createInvalidAnswer(undeclared);
      const encoded = encodeRequest({ action, resource, context });
      if (typeof encoded !== 'string') return createInvalidAnswer(encoded);
      return encodeWellFormed(encoded);
    } catch {
      const [expected, found] = [engineTexts.readableRequest, hostTexts.throwingRequest];
      return createEngineErrorAnswer(createEngineError(expected, found));
    }
  }

  /** Aborted when the session is revoked or closed, or the engine fails, so that all work for it ends. */
  abortSignal(id: string): AbortSignal {
    return this.#open.expect(id).abortSignal;
  }

  /** A session as a string, for `restore`: one line of JSON with its facts and its history. */
  snapshot(id: string): string {
    const { handle } = this.#open.expect(id);
    const text = this.#engineCall(id, (engine) => engine.snapshot(handle));
    if (typeof text !== 'string') throw new SessionError(id, text);
    return text;
  }

  /**
   * Opens a session that was open before, here or in another process, possibly under another policy. Facts that
   * fit the policy are known again; facts that do not fit can only restrict.
   */
  restore(text: string): RestoredSession {
    const { id, effect } = readSnapshotHeader(text);
    this.#open.expectNone(id);
    if (effect !== 'revoke') this.#expectNotRevoked(id);
    const restored = this.#engineCall(id, (engine) => engine.restore(text));
    if ('code' in restored) throw new SessionError(id, restored);
    const { handle, mismatch } = restored;
    this.#add(new SessionEntry(id, handle, effect));
    this.#timer.by(this.#clock.now());
    return { id, mismatch };
  }

  /**
   * Restores the sessions of a store, and writes changes to it from then on. A session that cannot be restored is
   * reported and left unchanged. A session that is revoked in the store is revoked here, too, even if it was
   * opened meanwhile.
   */
  async attachStore(store: SessionStore, options: PersistOptions = {}): Promise<Persistence> {
    this.#reading += 1;
    try {
      return this.#take(await store.read(), store, options);
    } catch (error) {
      await store.close?.();
      throw error;
    } finally {
      this.#reading -= 1;
    }
  }

  #take(texts: readonly string[], store: SessionStore, options: PersistOptions): Persistence {
    const restored: RestoredSession[] = [];
    const refused: SessionError[] = [];
    const { unused, refused: refusedRecords } = this.#restoreRecords(texts);
    const sessions = texts.filter((text) => !isHistoryRecord(text));
    const over = sessions.flatMap((text) => this.#takeRevoked(text));
    for (const text of sessions) {
      if (this.#isEnded || parseRevoked(text) !== undefined) continue;
      try {
        restored.push(this.restore(text));
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        refused.push(error);
      }
    }
    const persistence = new Persistence(
      { restored, refused, refusedRecords },
      store,
      { getText: (id) => this.#getStoredText(id), takeRecords: () => this.#takeRecords() },
      options,
    );
    persistence.removeRecords(unused);
    for (const id of [...this.#open.ids, ...this.#revokedIds, ...over]) persistence.note(id);
    if (this.#isEnded) persistence.leave([]);
    else this.#persistence = persistence;
    return persistence;
  }

  /** Restores the history across sessions before the sessions. */
  #restoreRecords(texts: readonly string[]): RestoredRecords {
    const none = { unused: [], refused: 0 };
    if (this.#isEnded || this.#failure !== undefined) return none;
    const { history } = this.#current;
    // In a new store there is nothing that is unknown.
    if (texts.length === 0) return none;
    this.#wasUsed = true;
    const records = texts.filter(isHistoryRecord);
    if (history === undefined) return { ...none, unused: records.map(readRecordId) };
    return restoreRecords(history, records, this.#clock.now());
  }

  #takeRecords(): readonly HistoryRecord[] {
    if (this.#isEnded || this.#failure !== undefined) return [];
    return this.#current.history?.takeChanged() ?? [];
  }

  /** Revokes the session that the store has as revoked. Returns the id if its lifetime is over. */
  #takeRevoked(text: string): readonly string[] {
    const now = this.#clock.now();
    const { id, until } = parseRevoked(text) ?? { ...readSnapshotHeader(text), until: undefined };
    if (until === undefined && readSnapshotHeader(text).effect !== 'revoke') return [];
    if (until !== undefined) this.#revokedIds.add(id, now, until);
    const held = this.#open.find(id);
    if (until !== undefined && until <= now) return held === undefined ? [id] : [];
    if (held === undefined || held.isRevoked) return [];
    const change = { id, before: held.effect ?? 'deny', answer: createRevokedAnswer() };
    held.notice(change.answer);
    this.#drop(held);
    this.#notifier.announce(change);
    return [];
  }

  /** The text that a store should have for an id. */
  #getStoredText(id: string): string | undefined {
    const held = this.#open.find(id);
    if (held === undefined) return this.#revokedIds.getStoreText(id);
    try {
      return this.snapshot(id);
    } catch (error) {
      if (!held.isRevoked) throw error;
      return this.#revokedIds.makeRevokedText(id, this.#clock.now());
    }
  }

  /** The id of a revoked session stays revoked for `revokedIdLifetime`. */
  close(id: string): void {
    const held = this.#open.expect(id);
    // Its facts may revoke it, and were not evaluated yet.
    if (this.#revokedIds.isStored && !held.isRevoked) this.reevaluate(id);
    if (this.#open.find(id) === held) this.#drop(held);
  }

  #drop(held: SessionEntry): void {
    const { id } = held;
    this.#open.delete(held);
    if (held.isRevoked) {
      this.#revokedIds.add(id, this.#clock.now());
      if (this.#persistence === undefined) this.#revokedIds.limitCount(maxUnstoredIds);
    }
    held.close();
    this.#persistence?.note(id);
    if (this.#failure !== undefined) return;
    try {
      this.#engine.close(held.handle);
    } catch (failure) {
      this.#fail(failure);
    }
  }

  /**
   * Evaluates again all sessions that changed or whose answer may have expired by now; with `all`, every session.
   * The clock calls it, too.
   */
  sweep({ all = false }: { readonly all?: boolean } = {}): readonly SessionChange[] {
    if (this.#isEnded) return [];
    if (this.#failure !== undefined) return this.#denyAll(this.#failure);
    let sessionChanges: readonly SessionChange[] = [];
    try {
      sessionChanges = this.#changesNow(all);
      this.#notifyAll(sessionChanges, () => this.#rearm());
      return sessionChanges;
    } catch (failure) {
      const earlier = new Map(sessionChanges.map(({ id, before }) => [id, before] as const));
      const held = [...this.#open].map(
        ({ id, effect = 'deny' }) => [id, earlier.get(id) ?? effect] as const,
      );
      const answer = this.#fail(failure);
      return held.map(([id, before]) => ({ id, before, answer }));
    }
  }

  /** Abort signals fire and the timer is set before any listener is called. */
  #notifyAll(changes: readonly SessionChange[], beforeListeners: () => void): void {
    for (const { id, answer } of changes) {
      const held = this.#open.find(id);
      if (held !== undefined) this.#update(held, answer);
    }
    beforeListeners();
    for (const change of changes) this.#notifier.announce(change);
  }

  #changesNow(all: boolean): readonly SessionChange[] {
    const sessionChanges: SessionChange[] = [];
    for (let isAll = all; ; isAll = false) {
      const now = this.#clock.now();
      const changes = this.#engine.sweep(now, isAll);
      for (const { handle, before } of changes) {
        const held = this.#open.findHandle(handle);
        if (held === undefined) continue;
        sessionChanges.push({ id: held.id, before, answer: this.#engine.reevaluate(handle, now) });
      }
      if (changes.length < maxChanges) break;
    }
    // There is no room to track when answers expire.
    this.#isOutOfRoom = this.#engine.due() === 0;
    return sessionChanges;
  }

  on(kind: ChangeKind, listener: Listener): this {
    this.#notifier.on(kind, listener);
    return this;
  }

  off(kind: ChangeKind, listener: Listener): this {
    this.#notifier.off(kind, listener);
    return this;
  }

  /** All changes from now on. If a reader is slow, the changes of one session become one. */
  changes(): AsyncIterableIterator<SessionChange> {
    return this.#notifier.queue();
  }

  /**
   * Compares the answers to all sessions, as they are now, with those of another policy, or another version of it.
   * Nothing changes before it is activated. Throws a `SessionError` if a session cannot be migrated, and a
   * `LoadError` for a module without sessions.
   */
  preview(policy: SessionSource): Preview {
    this.sweep();
    const next = this.#enter(policy);
    try {
      return new Preview(this.#migrateSessions(next), () => this.#activate(policy));
    } finally {
      next.dispose();
    }
  }

  #migrateSessions(next: SessionPolicy): MigratedSessions {
    const now = this.#clock.now();
    const unusedRecords = this.#wasUsed ? migrateHistory(this.#current, next, now) : [];
    return { ...migrate(this.#open, this.#current, next, now), unusedRecords };
  }

  #activate(policy: SessionSource): readonly PolicyChange[] {
    this.sweep();
    const next = this.#enter(policy);
    this.#persistence?.collectRecords();
    const { unusedRecords, ...migrated } = this.#migrateOrDispose(next);
    this.#persistence?.removeRecords(unusedRecords);
    this.#current.dispose();
    this.#current = next;
    this.#open.move(migrated.handles);
    const changes = migrated.changes.map(({ id, before, after }) => {
      return { id, before: before.effect, answer: after };
    });
    this.#notifyAll(changes, () => this.#rearm());
    return migrated.changes;
  }

  #migrateOrDispose(next: SessionPolicy): MigratedSessions {
    try {
      return this.#migrateSessions(next);
    } catch (error) {
      next.dispose();
      throw error;
    }
  }

  /** Closes all sessions and ends all iterations of changes. A store keeps the sessions as they are now. */
  end(): void {
    if (this.#isEnded) return;
    // A store that is still being read learns of revocations only.
    if (this.#reading > 0) for (const id of this.#open.ids) this.reevaluate(id);
    this.#isEnded = true;
    this.#timer.end();
    this.#persistence?.leave(this.#open.ids);
    for (const held of [...this.#open]) this.#drop(held);
    this.#notifier.end();
    this.#current.dispose();
  }

  #set({ id, handle }: SessionEntry, path: string, value: unknown): boolean {
    const { words } = this.#current;
    const word = Object.hasOwn(words, path) ? words[path] : undefined;
    if (word === undefined) return false;
    const [place, scale] = word;
    const scaled = scaleNumber(scale, value);
    if (scaled === undefined) return false;
    return this.#engineCall(id, (engine) => engine.set(handle, place, scaled));
  }

  /** The answer to the caller. Others are notified only if the session ends. */
  #recordAnswer(held: SessionEntry, answer: Answer): Answer {
    const before = held.effect;
    this.#update(held, answer);
    if (answer.effect === 'revoke' && before !== 'revoke') {
      this.#notifier.announce({ id: held.id, before: before ?? 'deny', answer });
    }
    return answer;
  }

  /** The session changed and must be evaluated again. */
  #touch(id: string): void {
    this.#persistence?.note(id);
    this.#timer.by(this.#clock.now());
  }

  #update(held: SessionEntry, answer: Answer): void {
    const { validUntil } = answer;
    this.#persistence?.note(held.id);
    held.notice(answer);
    if (validUntil !== undefined) this.#timer.by(validUntil);
  }

  #rearm(): void {
    const due = this.#isOutOfRoom ? this.#clock.now() + sweepInterval : this.#engine.due();
    if (due !== undefined) this.#timer.by(due);
  }

  #toBytes(id: string, request: object | string): Uint8Array {
    return toUtf8(this.#toJson(id, request));
  }

  #toJson(id: string, request: object | string): string {
    const text = typeof request === 'string' ? request : encodeRequest(request);
    if (typeof text !== 'string') throw new SessionError(id, text);
    return text;
  }
}
