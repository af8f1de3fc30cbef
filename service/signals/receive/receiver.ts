// Receives verified security events: stores each once, changes the sessions of its subject, evaluates them again, and
// resolves when all of that is durable, so that the token may be acknowledged. Events that arrive late or again never undo
// what newer ones changed. A session that is opened later is changed by the events of its subject before anybody uses it.

import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import type { SessionHooks, SessionTarget } from '../../pdp/sessions/session-target.ts';
import { takeTurns } from '../../pdp/turns.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import type { ReceivedSets, StoredSet } from '../store/signal-store.ts';
import {
  parseIdentifiers,
  type SessionIdentifiers,
  type SessionKeys,
} from '../subjects/session-identifiers.ts';
import { readSubject } from '../subjects/subject.ts';
import { hasSubjectKey, SubjectIndex } from '../subjects/subject-index.ts';
import { EarlierEvents, type EventEntry } from './earlier-events.ts';
import { EventApplier } from './event-applier.ts';
import type { EventMapping } from './event-rules.ts';
import { type Incarnation, Incarnations } from './incarnations.ts';
import { RecalledTimes } from './recalled-times.ts';
import { nameSet, toStoredSet, toVerifiedSet } from './stored-set.ts';

/** The rules of the settings for events and sessions. They are replaced as a whole. */
export interface ReceiverRules {
  readonly identifiers: SessionIdentifiers;
  readonly mapping: EventMapping;
  /** For how long an event is remembered, in milliseconds: for duplicates, and for sessions that are opened later. */
  readonly retention: number;
}

export interface ReceiverOptions extends ReceiverRules {
  readonly target: SessionTarget;
  readonly store: ReceivedSets;
  readonly now: () => number;
  readonly onWarning: (warning: string) => void;
}

/** A token, and the sessions that it changed. */
export interface Received {
  readonly source: string;
  readonly set: VerifiedSet;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly isNew: boolean;
  /** The ids of the sessions that its events were about. */
  readonly sessions: readonly string[];
}

/** A token that is not applied yet. */
export interface Waiting {
  readonly source: string;
  readonly set: VerifiedSet;
  readonly receivedAt: number;
  readonly resolve: (received: Received) => void;
  readonly reject: (error: unknown) => void;
}

interface QueuedSet extends Waiting {
  /** The token as it is stored. */
  readonly record: StoredSet;
}

/** A change, and what is awaited last before it. */
interface AwaitedChange {
  readonly change?: () => void;
  readonly ready?: (() => Promise<unknown>) | undefined;
}

/** How far the clock of a transmitter may be behind, in milliseconds; times of events are often whole seconds. */
const clockSkew = 5_000;
/** How often old events are forgotten, in milliseconds. */
const forgetInterval = 3_600_000;
/** How often in a row events may change who the subject of a session is. */
const maxRounds = 8;
/** The cause of a failure that is not about one event. */
const unknownEvent = { type: 'an event', issuer: 'unknown' };

export class Receiver implements Omit<SessionHooks, 'flush'> {
  readonly #options: ReceiverOptions;
  #rules: ReceiverRules;
  readonly #index = new SubjectIndex();
  readonly #sessions = new Incarnations();
  readonly #applier: EventApplier;
  readonly #earlier: EarlierEvents;
  readonly #times: RecalledTimes;
  /** The sequences of tokens that are stored, and may not have been applied; and of the one that is applied now. */
  readonly #unapplied = new Set<number>();
  #applying: number | undefined;
  /** Tokens whose effects happened in this process, but may not be durable. */
  readonly #applied = new Map<string, readonly string[]>();
  #queue: QueuedSet[] = [];
  /** Events and openings that depend on stored events run one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #isScheduled = false;
  #forgetting: ReturnType<typeof setInterval> | undefined;

  constructor(options: ReceiverOptions) {
    const { store, target } = options;
    this.#options = options;
    this.#rules = options;
    this.#applier = new EventApplier({ ...options, mapping: () => this.#rules.mapping });
    const isReplaced = (type: string) => this.#rules.mapping.isReplaced(type, target.policy());
    this.#earlier = new EarlierEvents(store, isReplaced);
    this.#times = new RecalledTimes({
      target,
      applier: this.#applier,
      earlier: this.#earlier,
      sessions: () => this.#sessions.all(),
      mapping: () => this.#rules.mapping,
      isFor: (entry, session) => this.#hasSession(entry, session),
      isApplied: (sequence) => !this.#unapplied.has(sequence),
    });
    for (const id of target.ids()) this.#sessions.open(id);
  }

  /** The transaction of the event because of which sessions are evaluated now. */
  get cause(): string | undefined {
    return this.#applier.cause;
  }

  /** The number of sessions that can be found. */
  get size(): number {
    return this.#index.size;
  }

  /** Finds the sessions that were restored, and repeats what an earlier process may not have made durable. */
  async start(): Promise<void> {
    const { target, store, onWarning } = this.#options;
    const earlier = await this.#earlierIdentifiers();
    for (const id of target.ids()) {
      this.#index.set(id, earlier?.keys(id, target.request(id)) ?? []);
      this.#times.add(this.#sessions.get(id) ?? this.#sessions.open(id));
    }
    await this.#earlier.read();
    const pending = await store.pending();
    const sequences = await store.sequences(pending);
    await this.#inTurn(async () => {
      for (const sequence of sequences) this.#unapplied.add(sequence);
      if (earlier !== this.#rules.identifiers) await this.#identifyAll();
      const applied: StoredSet[] = [];
      for (const [at, each] of pending.entries()) {
        try {
          await this.#apply(toVerifiedSet(each), sequences[at] as number);
          applied.push(each);
        } catch (error) {
          onWarning(`an event was not applied: ${formatErrorMessage(error)}`);
        }
      }
      await target.stored();
      await store.done(applied);
      await this.#identifySessions();
    });
    this.#forgetting = setInterval(() => this.#forget(), forgetInterval);
    this.#forgetting.unref();
    this.#forget();
  }

  /**
   * Uses other rules, for what is received, opened and changed from then on. Sessions are found by the new identifiers; earlier
   * events about a subject that a session did not have before are applied to it. Resolves when all of that is durable.
   */
  replaceRules(rules: ReceiverRules): Promise<void> {
    return this.#inTurn(async () => {
      const isFoundOtherwise = rules.identifiers !== this.#rules.identifiers;
      this.#rules = rules;
      this.#forget();
      if (!isFoundOtherwise) return;
      await this.#identifyAll();
      await this.#options.target.stored();
      await this.#identifySessions();
    });
  }

  /** The identifiers of sessions in an earlier process, or `undefined` if they are unknown. */
  async #earlierIdentifiers(): Promise<SessionIdentifiers | undefined> {
    const current = this.#rules.identifiers;
    const text = await this.#options.store.identifiedBy();
    return text === undefined || text === current.text ? current : parseIdentifiers(text);
  }

  /** Notes by what the sessions are identified, after the effects of events about them are durable. */
  async #identifySessions(): Promise<void> {
    const { store } = this.#options;
    const { text } = this.#rules.identifiers;
    if ((await store.identifiedBy()) !== text) await store.identify(text);
  }

  async #identifyAll(): Promise<void> {
    const turn = takeTurns();
    for (const session of this.#sessions.all()) {
      await turn();
      await this.#identifyNow(session);
    }
    await this.#applier.settle(undefined, turn);
  }

  /** A session whose subject cannot be determined, or which an earlier event could not change, does not go on. */
  async #identifyNow(session: Incarnation): Promise<void> {
    try {
      if (session.isOpen) await this.#identifyAgain(session);
    } catch (error) {
      this.#applier.end(unknownEvent, session, error);
    }
  }

  /** Resolves when the token may be acknowledged. Rejects if it may not be: it is then expected again. */
  receive(source: string, set: VerifiedSet): Promise<Received> {
    this.#earlier.note(set);
    const { now } = this.#options;
    return new Promise((resolve, reject) => {
      const receivedAt = now();
      // A token that cannot be written is refused alone.
      const record = toStoredSet(set, receivedAt);
      this.#queue.push({ source, set, record, receivedAt, resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      void this.#inTurn(() => this.#receiveAll());
    });
  }

  get identifiesByFacts(): boolean {
    return this.#rules.identifiers.readsFacts;
  }

  async opening(
    id: string,
    request: Members,
    open: () => void,
    ready?: () => Promise<unknown>,
  ): Promise<void> {
    const keysNow = () => this.#rules.identifiers.keys(id, request);
    const addSession = (keys: SessionKeys) => {
      this.#times.notice();
      open();
      this.#index.set(id, keys);
      return this.#sessions.open(id);
    };
    const before = keysNow();
    if (!this.#earlier.isKnown(before)) {
      addSession(before);
      return;
    }
    await this.#inTurn(async () => {
      // Within the turn nobody replaces the rules.
      const keys = keysNow();
      const isLasting = ({ type }: EventEntry) => this.#rules.mapping.appliesToLater(type);
      const earlier = await this.#read(keys, isLasting);
      await ready?.();
      await this.#applyEarlier(addSession(keys), earlier, this.#options.target.hold);
    });
  }

  async changing(
    id: string,
    request: () => Members,
    change: () => void,
    ready?: () => Promise<unknown>,
  ): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) throw createNotOpenProblem();
    const computeKeys = () => this.#rules.identifiers.keys(id, request());
    const keys = computeKeys();
    const before = this.#findKeys(session);
    const areKnown = this.#earlier.isKnown(keys) || this.#earlier.isKnown(before);
    // The changes by an earlier process are found by the keys that the session has until now.
    if (isSame(keys, before) || (!areKnown && !this.#times.isUnknown(session))) {
      change();
      this.#index.set(id, keys);
      return;
    }
    await this.#inTurn(async () => {
      const earlier = await this.#changeKeys(session, computeKeys, () => true, {
        change,
        ready,
      });
      await this.#applyEarlier(session, earlier);
    });
  }

  isIdentified(id: string, request: Members): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    return isSame(this.#rules.identifiers.keys(id, request), this.#findKeys(session));
  }

  removeSession(id: string): void {
    this.#index.delete(id);
    const session = this.#sessions.close(id);
    if (session === undefined) return;
    this.#times.delete(session);
    this.#applier.forget(session);
  }

  /** Resolves after what was received until now. */
  async end(): Promise<void> {
    clearInterval(this.#forgetting);
    await this.#inTurn(async () => {});
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run).finally(() => this.#earlier.endReading());
    this.#turn = result.catch(() => {});
    return result;
  }

  /** The stored events about a session with these keys. Rejects if they are not known. */
  async #read(
    keys: SessionKeys,
    isWanted: (entry: EventEntry) => boolean,
  ): Promise<readonly SecurityEvent[]> {
    return applyOrReject(() => this.#earlier.about(keys, isWanted));
  }

  /**
   * Applies stored events to a session before anybody uses it. If one cannot be applied, the session is closed, and
   * this rejects. `hold`: keeps others from the session while they have their turn, or `undefined` if the events are
   * applied in one.
   */
  async #applyEarlier(
    session: Incarnation,
    events: readonly SecurityEvent[],
    hold?: (id: string) => void,
  ): Promise<void> {
    let applied: SecurityEvent | undefined;
    const turn = takeTurns();
    try {
      let isChanged = false;
      if (events.length > 0) hold?.(session.id);
      for (const event of events) {
        if (hold !== undefined) await turn();
        applied = event;
        this.#expectUnchanged(session);
        isChanged = this.#applier.apply(event, session) || isChanged;
      }
      if (isChanged) await this.#identifyByFacts(session);
    } catch (error) {
      this.#applier.end(applied ?? unknownEvent, session, error);
      throw createNotAppliedProblem(error);
    } finally {
      await this.#applier.settle(undefined, hold && turn);
    }
  }

  /** Events are applied one after the other to the same session, under the same policy. */
  #expectUnchanged(session: Incarnation): void {
    if (!session.isOpen) throw createNotOpenProblem();
    if (this.#times.isUnknown(session)) throw new Error('the policy was replaced meanwhile');
  }

  /** Events that changed facts may have made others be about the session, too. */
  async #identifyByFacts(session: Incarnation): Promise<void> {
    if (this.identifiesByFacts) await this.#identifyAgain(session);
  }

  /** Applies the events about subjects that a session has now, and did not have before. */
  async #identifyAgain(session: Incarnation): Promise<void> {
    const keysNow = () => this.#computeKeys(session);
    for (let round = 0; round < maxRounds; round += 1) {
      if (!session.isOpen || isSame(keysNow(), this.#findKeys(session))) return;
      for (const event of await this.#changeKeys(session, keysNow, this.#isCounted)) {
        this.#expectUnchanged(session);
        this.#applier.apply(event, session);
      }
    }
    throw new Error('events change the subject of the session again and again');
  }

  /**
   * Makes a change after which a session is found by other keys, and notes which events about the former ones have changed it.
   * Returns the stored events that are about it from now on. Within a turn, so that no event is applied meanwhile.
   */
  async #changeKeys(
    session: Incarnation,
    computeKeys: () => SessionKeys,
    isCounted: (sequence: number) => boolean,
    { change, ready }: AwaitedChange = {},
  ): Promise<readonly SecurityEvent[]> {
    const isWanted = (entry: EventEntry) => this.#hasSession(entry, session);
    for (;;) {
      if (!session.isOpen) throw createNotOpenProblem();
      const [before, keys] = [this.#findKeys(session), computeKeys()];
      const { earlier, former } = await applyOrReject(async () => {
        await this.#recall(session);
        return {
          earlier: await this.#earlier.about(keys, isWanted, isCounted),
          former: await this.#earlier.sequences(before, isWanted, this.#isCounted),
        };
      });
      await ready?.();
      if (!session.isOpen) throw createNotOpenProblem();
      // Other facts, or the policy, may have changed meanwhile.
      const isAsRead = isSame(before, this.#findKeys(session)) && isSame(keys, computeKeys());
      if (!isAsRead || this.#times.isUnknown(session)) continue;
      change?.();
      this.#setKeys(session, keys, former);
      return listNew(before, earlier);
    }
  }

  /** Whether sessions are what they are because of a token, as far as it is about them. */
  readonly #isCounted = (sequence: number): boolean =>
    sequence === this.#applying || !this.#unapplied.has(sequence);

  /** The keys of a session, with which events find it. */
  #findKeys({ id }: Incarnation): SessionKeys {
    return this.#index.findKeys(id) ?? [];
  }

  #computeKeys({ id }: Incarnation): SessionKeys {
    return this.#rules.identifiers.keys(id, this.#options.target.request(id));
  }

  /** Tokens that arrived together share the writes to the disk. */
  async #receiveAll(): Promise<void> {
    this.#isScheduled = false;
    const waiting = this.#queue;
    this.#queue = [];
    try {
      const { target, store } = this.#options;
      const states = await store.add(waiting.map(({ record }) => record));
      const sequences = await store.sequences(waiting.map(({ set }) => set));
      for (const [at, sequence] of sequences.entries()) {
        if (states[at] !== 'done') this.#unapplied.add(sequence);
      }
      const applied: { readonly each: Waiting; readonly received: Received }[] = [];
      for (const [at, each] of waiting.entries()) {
        const { source, set, receivedAt } = each;
        const isNew = states[at] === 'new';
        try {
          const sessions =
            states[at] === 'done' ? [] : await this.#apply(set, sequences[at] as number);
          applied.push({ each, received: { source, set, receivedAt, isNew, sessions } });
        } catch (error) {
          each.reject(error);
        }
      }
      await target.stored();
      await store.done(applied.map(({ each }) => each.set));
      for (const { each, received } of applied) {
        this.#applied.delete(nameSet(each.set));
        each.resolve(received);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  /** Returns the sessions that the events of a token are about. */
  async #apply(set: VerifiedSet, sequence: number): Promise<readonly string[]> {
    const name = nameSet(set);
    const known = this.#applied.get(name);
    if (known !== undefined) {
      this.#unapplied.delete(sequence);
      return known;
    }
    // Which sessions a token is about depends on none of its events.
    const found = set.events.map((event) => ({ event, sessions: this.#listSessions(event) }));
    const policy = this.#options.target.policy();
    this.#applying = sequence;
    const turn = takeTurns();
    try {
      for (const { event, sessions } of found) {
        for (const session of sessions) {
          await turn();
          await this.#applyEvent(session, event);
        }
      }
    } finally {
      this.#applying = undefined;
      await this.#applier.settle(set.events[0]?.txn, turn);
    }
    const sessions = new Set(found.flatMap((each) => each.sessions));
    // The instants that were read under the next policy were without this token.
    if (this.#options.target.policy() !== policy) {
      for (const session of sessions) if (session.isOpen) this.#times.add(session);
    }
    const ids = [...sessions].map(({ id }) => id);
    this.#unapplied.delete(sequence);
    this.#applied.set(name, ids);
    return ids;
  }

  /** Applies an event to a session; if that fails, the session is closed, and the others of the subject are changed. */
  async #applyEvent(session: Incarnation, event: SecurityEvent): Promise<void> {
    try {
      await this.#recall(session);
      if (!session.isOpen) return;
      this.#expectUnchanged(session);
      if (this.#applier.apply(event, session)) await this.#identifyByFacts(session);
    } catch (error) {
      this.#applier.end(event, session, error);
    }
  }

  #listSessions(event: SecurityEvent): readonly Incarnation[] {
    if (event.subject === undefined) return [];
    const found = this.#index.find(readSubject(event.subject));
    return [...found]
      .flatMap((id) => this.#sessions.get(id) ?? [])
      .filter((session) => this.#hasSession(event, session));
  }

  #hasSession({ type, time }: EventEntry, { id }: Incarnation): boolean {
    const { target } = this.#options;
    if (this.#rules.mapping.appliesToLater(type)) return true;
    const openedAt = target.openedAt(id);
    return openedAt === undefined || openedAt <= time + clockSkew;
  }

  /** Events find a session by other keys. `former`: the tokens about the ones until now that have changed it. */
  #setKeys({ id }: Incarnation, keys: SessionKeys, former: readonly number[]): void {
    const before = this.#index.findKeys(id) ?? [];
    if (former.length > 0) this.#options.target.noteFormer(id, { keys: before, sequences: former });
    this.#index.set(id, keys);
  }

  #recall(session: Incarnation): Promise<void> {
    return this.#times.recall(session, this.#findKeys(session));
  }

  #forget(): void {
    const { store, now, onWarning } = this.#options;
    const run = async () => {
      await store.forget(now() - this.#rules.retention);
      await this.#earlier.read();
      for (const { set } of this.#queue) this.#earlier.note(set);
    };
    this.#inTurn(run).catch((error) => onWarning(`old events stay: ${formatErrorMessage(error)}`));
  }
}

function isSame(some: SessionKeys, others: SessionKeys): boolean {
  return some.length === others.length && some.every((key, index) => key === others[index]);
}

async function applyOrReject<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw createNotAppliedProblem(error);
  }
}

function createNotOpenProblem(): Problem {
  return new Problem(404, 'no session with this id is open', { code: 'no_session' });
}

function createNotAppliedProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const why = `earlier events about the subject cannot be applied: ${formatErrorMessage(error)}`;
  return new Problem(503, why, { code: 'event_not_applied' });
}

/** Those of the events that are not about a session with the keys that it had before. */
function listNew(before: SessionKeys, events: readonly SecurityEvent[]): readonly SecurityEvent[] {
  return events.filter(
    ({ subject }) => subject === undefined || !hasSubjectKey(before, readSubject(subject)),
  );
}
