// Receives verified security events: stores each once, changes the sessions of its subject, evaluates them again, and
// resolves when all of that is durable, so that the token may be acknowledged. Events that arrive late or again never undo
// what newer ones changed. A session that is opened later is changed by the events of its subject before anybody uses it.

import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import type { SessionHooks, SessionTarget } from '../../pdp/session-target.ts';
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
  readonly #applier: EventApplier;
  readonly #earlier: EarlierEvents;
  readonly #times: RecalledTimes;
  /** Tokens that are stored, and may not have been applied; and the one of them that is applied now. */
  readonly #unapplied = new Set<string>();
  #applying: string | undefined;
  /** Tokens whose effects happened in this process, but may not be durable. */
  readonly #applied = new Map<string, readonly string[]>();
  #queue: Waiting[] = [];
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
      ...{ target, applier: this.#applier, earlier: this.#earlier },
      mapping: () => this.#rules.mapping,
      isFor: (entry, id) => this.#hasSession(entry, id),
      isApplied: (event) => !this.#unapplied.has(nameSet(event)),
    });
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
      this.#times.add(id);
    }
    await this.#earlier.read();
    const pending = await store.pending();
    await this.#inTurn(async () => {
      for (const each of pending) this.#unapplied.add(nameSet(each));
      if (earlier !== this.#rules.identifiers) await this.#identifyAll();
      const applied: StoredSet[] = [];
      for (const each of pending) {
        try {
          await this.#apply(toVerifiedSet(each));
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

  /** The identifiers of sessions in an earlier process. undefined: they are unknown. */
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
    for (const id of this.#options.target.ids()) await this.#identifyNow(id);
    await this.#applier.settle(undefined, takeTurns());
  }

  /** A session whose subject cannot be determined, or which an earlier event could not change, does not go on. */
  async #identifyNow(id: string): Promise<void> {
    if (this.#index.findKeys(id) === undefined) return;
    try {
      await this.#identifyAgain(id);
    } catch (error) {
      if (this.#index.findKeys(id) !== undefined) this.#applier.end(unknownEvent, id, error);
    }
  }

  /** Resolves when the token may be acknowledged. Rejects if it may not be: it is then expected again. */
  receive(source: string, set: VerifiedSet): Promise<Received> {
    this.#earlier.note(set);
    const { now } = this.#options;
    return new Promise((resolve, reject) => {
      this.#queue.push({ source, set, receivedAt: now(), resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      void this.#inTurn(() => this.#receiveAll());
    });
  }

  get identifiesByFacts(): boolean {
    return this.#rules.identifiers.readsFacts;
  }

  async opening(id: string, request: Members, open: () => void): Promise<void> {
    const keysNow = () => this.#rules.identifiers.keys(id, request);
    const addKeys = (keys: SessionKeys) => {
      open();
      this.#index.set(id, keys);
    };
    const before = keysNow();
    if (!this.#earlier.isKnown(before)) {
      addKeys(before);
      return;
    }
    await this.#inTurn(async () => {
      // Within the turn nobody replaces the rules.
      const keys = keysNow();
      const isLasting = ({ type }: EventEntry) => this.#rules.mapping.appliesToLater(type);
      const earlier = await this.#read(keys, isLasting);
      addKeys(keys);
      await this.#applyEarlier(id, earlier, this.#options.target.hold);
    });
  }

  async changing(id: string, request: () => Members, change: () => void): Promise<void> {
    const computeKeys = () => this.#rules.identifiers.keys(id, request());
    let keys = computeKeys();
    const updateKeys = () => {
      change();
      this.#setKeys(id, keys);
    };
    // The changes by an earlier process are found by the keys that the session has until now.
    const isAsBefore = this.#hasKeys(id, keys);
    if (isAsBefore || (!this.#earlier.isKnown(keys) && !this.#times.isUnknown(id))) {
      updateKeys();
      return;
    }
    await this.#inTurn(async () => {
      const isWanted = (entry: EventEntry) => this.#hasSession(entry, id);
      keys = computeKeys();
      let earlier = await this.#read(keys, isWanted);
      // Other facts may have changed meanwhile.
      for (let next = computeKeys(); !isSame(next, keys); next = computeKeys()) {
        keys = next;
        earlier = await this.#read(keys, isWanted);
      }
      const before = this.#index.findKeys(id) ?? [];
      await orNotApplied(() => this.#recall(id));
      updateKeys();
      await this.#applyEarlier(id, listNew(before, earlier));
    });
  }

  removeSession(id: string): void {
    this.#index.delete(id);
    this.#times.delete(id);
    this.#applier.forget(id);
  }

  /** Resolves after what was received until now. */
  async end(): Promise<void> {
    clearInterval(this.#forgetting);
    await this.#inTurn(async () => {});
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** The stored events about a session with these keys. Rejects if they are not known. */
  async #read(
    keys: SessionKeys,
    isWanted: (entry: EventEntry) => boolean,
  ): Promise<readonly SecurityEvent[]> {
    return orNotApplied(() => this.#earlier.about(keys, isWanted));
  }

  /**
   * Applies stored events to a session before anybody uses it. If one cannot be applied, the session is closed, and this
   * rejects. `hold`: keeps others from the session while they have their turn; undefined: the events are applied in one.
   */
  async #applyEarlier(
    id: string,
    events: readonly SecurityEvent[],
    hold?: (id: string) => void,
  ): Promise<void> {
    let applied: SecurityEvent | undefined;
    const turn = takeTurns();
    try {
      let isChanged = false;
      if (events.length > 0) hold?.(id);
      for (const event of events) {
        if (hold !== undefined) await turn();
        applied = event;
        isChanged = this.#applier.apply(event, id) || isChanged;
      }
      if (isChanged) await this.#identifyByFacts(id);
    } catch (error) {
      this.#applier.end(applied ?? unknownEvent, id, error);
      throw notApplied(error);
    } finally {
      await this.#applier.settle(undefined, hold && turn);
    }
  }

  /** Events that changed facts may have made others be about the session, too. */
  async #identifyByFacts(id: string): Promise<void> {
    if (this.identifiesByFacts) await this.#identifyAgain(id);
  }

  /** Applies the events about subjects that a session has now, and did not have before. */
  async #identifyAgain(id: string): Promise<void> {
    for (let round = 0; round < maxRounds; round += 1) {
      const before = this.#index.findKeys(id) ?? [];
      const keys = this.#findKeys(id);
      if (isSame(keys, before)) return;
      await this.#recall(id);
      this.#setKeys(id, keys);
      if (!this.#earlier.isKnown(keys)) return;
      const earlier = await this.#earlier.about(keys, (entry) => this.#hasSession(entry, id));
      for (const event of listNew(before, earlier)) {
        const name = nameSet(event);
        if (name === this.#applying || !this.#unapplied.has(name)) this.#applier.apply(event, id);
      }
    }
    throw new Error('events change the subject of the session again and again');
  }

  #hasKeys(id: string, keys: SessionKeys): boolean {
    return isSame(keys, this.#index.findKeys(id) ?? []);
  }

  #findKeys(id: string): SessionKeys {
    return this.#rules.identifiers.keys(id, this.#options.target.request(id));
  }

  /** Tokens that arrived together share the writes to the disk. */
  async #receiveAll(): Promise<void> {
    this.#isScheduled = false;
    const waiting = this.#queue;
    this.#queue = [];
    try {
      const { target, store } = this.#options;
      const states = await store.add(
        waiting.map(({ set, receivedAt }) => toStoredSet(set, receivedAt)),
      );
      for (const [at, { set }] of waiting.entries()) {
        if (states[at] !== 'done') this.#unapplied.add(nameSet(set));
      }
      const applied: { readonly each: Waiting; readonly received: Received }[] = [];
      for (const [at, each] of waiting.entries()) {
        const { source, set, receivedAt } = each;
        const isNew = states[at] === 'new';
        try {
          const sessions = states[at] === 'done' ? [] : await this.#apply(set);
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
  async #apply(set: VerifiedSet): Promise<readonly string[]> {
    const name = nameSet(set);
    const known = this.#applied.get(name);
    if (known !== undefined) {
      this.#unapplied.delete(name);
      return known;
    }
    const found = new Set<string>();
    this.#applying = name;
    try {
      for (const event of set.events) {
        for (const id of this.#listSessions(event)) {
          found.add(id);
          await this.#applyEvent(id, event);
        }
      }
    } finally {
      this.#applying = undefined;
      await this.#applier.settle(set.events[0]?.txn, takeTurns());
    }
    const ids = [...found];
    this.#unapplied.delete(name);
    this.#applied.set(name, ids);
    return ids;
  }

  /** Applies an event to a session; if that fails, the session is closed, and the others of the subject are changed. */
  async #applyEvent(id: string, event: SecurityEvent): Promise<void> {
    try {
      await this.#recall(id);
      if (this.#applier.apply(event, id)) await this.#identifyByFacts(id);
    } catch (error) {
      this.#applier.end(event, id, error);
    }
  }

  #listSessions(event: SecurityEvent): readonly string[] {
    if (event.subject === undefined) return [];
    const found = this.#index.find(readSubject(event.subject));
    return [...found].filter((id) => this.#hasSession(event, id));
  }

  #hasSession({ type, time }: EventEntry, id: string): boolean {
    const { target } = this.#options;
    if (this.#rules.mapping.appliesToLater(type)) return true;
    const openedAt = target.openedAt(id);
    return openedAt === undefined || openedAt <= time + clockSkew;
  }

  /** Events find a session by other keys; those about the former ones have changed it. */
  #setKeys(id: string, keys: SessionKeys): void {
    const { target, now } = this.#options;
    const before = this.#index.findKeys(id) ?? [];
    if (!isSame(before, keys) && this.#earlier.isKnown(before)) {
      target.noteFormer(id, { keys: before, until: now() });
    }
    this.#index.set(id, keys);
  }

  #recall(id: string): Promise<void> {
    return this.#times.recall(id, this.#index.findKeys(id) ?? []);
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
  return some.length === others.length && some.every((key, at) => key === others[at]);
}

async function orNotApplied<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw notApplied(error);
  }
}

function notApplied(error: unknown): Problem {
  const why = `earlier events about the subject cannot be applied: ${formatErrorMessage(error)}`;
  return new Problem(503, why, { code: 'event_not_applied' });
}

/** Those of the events that are not about a session with the keys that it had before. */
function listNew(before: SessionKeys, events: readonly SecurityEvent[]): readonly SecurityEvent[] {
  return events.filter(
    ({ subject }) => subject === undefined || !hasSubjectKey(before, readSubject(subject)),
  );
}
