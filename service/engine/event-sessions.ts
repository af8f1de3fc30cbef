// The sessions of an engine as those that events about their subjects change. A receiver of such events finds them by
// their facts, records signals, changes facts, and has them evaluated again. A session that a transport announces is
// changed by earlier events about its subject before anybody uses it.

import type { SessionChange, Sessions } from '@nhipol/runtime';
import { isMembers, type Members } from '../json/members.ts';
import type { FormerKeys } from '../store/former-keys.ts';
import type { CallerFacts } from './call.ts';
import type { EngineSessionOpening } from './engine-parts.ts';
import type { OpenSession } from './engine-session.ts';
import type { RecordedEvent } from './logged-event.ts';
import type { PolicyModule } from './policy-module.ts';
import { type SessionRecords, selectRequestFacts } from './session-records.ts';

/** Gets the sessions that are announced and closed. */
export interface EventHooks {
  /** `open`: opens the session. It is changed by earlier events about its subject before anybody can use it. */
  readonly opening: (id: string, request: Members, open: () => void) => Promise<void>;
  /** `change`: makes the facts of the session `request`. Resolves when events about a new subject were applied. */
  readonly changing: (id: string, request: () => Members, change: () => void) => Promise<void>;
  readonly removeSession: (id: string) => void;
}

/** As `SessionListener`; the sessions of a guard have no owner besides it. */
export type EngineSessionListener = (
  event: { readonly owner: undefined } & (
    | { readonly kind: 'changed'; readonly change: SessionChange }
    | { readonly kind: 'closed'; readonly id: string }
  ),
) => void;

export interface EventSessionsParts {
  readonly policy: () => PolicyModule;
  readonly sessions: Sessions;
  readonly open: Map<string, OpenSession>;
  readonly records: SessionRecords;
  readonly start: (opening: EngineSessionOpening) => OpenSession;
  readonly stored: () => Promise<void>;
}

const changeKinds = [
  ...(['narrowed', 'challenged', 'denied', 'revoked', 'restored', 'changed'] as const),
];

export class EventSessions {
  readonly #parts: EventSessionsParts;
  #hooks: EventHooks | undefined;
  /** The facts that identify a session to events: those that its transport announced last. */
  readonly #announced = new Map<string, CallerFacts>();
  readonly #announcements = new Map<string, Promise<void>>();
  readonly #affected = new Set<string>();
  /** Events of sessions whose opening was not logged yet. */
  readonly #unlogged = new Map<string, RecordedEvent[]>();
  readonly #listeners = new Set<EngineSessionListener>();
  readonly #evaluated = new Set<(ids: ReadonlySet<string>) => void>();

  constructor(parts: EventSessionsParts) {
    this.#parts = parts;
    for (const kind of changeKinds) {
      parts.sessions.on(kind, (change) =>
        this.#notify({ kind: 'changed', change, owner: undefined }),
      );
    }
  }

  get isAttached(): boolean {
    return this.#hooks !== undefined;
  }

  /** `hooks` gets the sessions that are announced and closed from then on. */
  attach(hooks: EventHooks): void {
    this.#hooks = hooks;
  }

  /** Calls with each event of any session until the returned function is called. */
  listen(listener: EngineSessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls with the sessions that were evaluated because of events, until the returned function is called. */
  onEvaluated(listener: (ids: ReadonlySet<string>) => void): () => void {
    this.#evaluated.add(listener);
    return () => this.#evaluated.delete(listener);
  }

  /**
   * Resolves when the session of these facts may be used: earlier events about its subject have changed it. Rejects if it
   * is unknown whether there are any, or if the facts are not valid for the policy.
   */
  async announce(opening: EngineSessionOpening): Promise<void> {
    const { id } = opening;
    const before = this.#announcements.get(id) ?? Promise.resolve();
    const announcement = before.catch(() => {}).then(() => this.#announce(opening));
    this.#announcements.set(id, announcement);
    try {
      await announcement;
    } finally {
      if (this.#announcements.get(id) === announcement) this.#announcements.delete(id);
    }
  }

  async #announce(opening: EngineSessionOpening): Promise<void> {
    const { open, sessions, records, start } = this.#parts;
    const { id, identity, context } = opening;
    const facts = { identity, context };
    if (sessions.get(id) === undefined) {
      await this.#hooks?.opening(id, records.request(id, facts), () => {
        this.#announced.set(id, facts);
        start(opening);
      });
      return;
    }
    if (!open.has(id)) start(opening);
    const announced = this.#announced.get(id);
    if (announced !== undefined && printFacts(announced) === printFacts(facts)) return;
    const change = () => this.#announced.set(id, facts);
    if (this.#hooks === undefined) change();
    else await this.#hooks.changing(id, () => records.request(id, facts), change);
  }

  /** The changes that events make. */
  get target() {
    const { policy, sessions, open, records, stored } = this.#parts;
    return {
      policy,
      ids: () => sessions.ids(),
      request: (id: string) => this.#request(id),
      openedAt: (id: string) => records.findOpening(id),
      formerKeys: (id: string) => records.formerKeys(id),
      noteFormer: (id: string, former: FormerKeys) => records.noteFormer(id, former),
      record: (
        _by: string,
        id: string,
        signal: string,
        payload: Members | undefined,
        time: number,
      ) => {
        if (payload === undefined) sessions.get(id)?.recordUnknown(signal, time);
        else sessions.get(id)?.record(signal, payload, time);
        this.#affected.add(id);
        this.#log(id, { signal, payload, time });
      },
      change: (_by: string, id: string, part: Members) => {
        sessions.get(id)?.patch(part);
        records.change(id, part);
        this.#affected.add(id);
      },
      end: (_by: string, id: string) => {
        sessions.get(id)?.close();
        // It is started again if it is announced again, and if events can be applied to it then.
        if (open.get(id)?.servers.size === 0) open.delete(id);
        records.removeSession(id);
        this.#announced.delete(id);
        this.#unlogged.delete(id);
        this.#hooks?.removeSession(id);
        this.#notify({ kind: 'closed', id, owner: undefined });
      },
      reevaluate: () => this.#reevaluate(),
      stored,
    };
  }

  /** The events of a session that were not logged because it was not opened; they are, from now on. */
  takeUnlogged(id: string): readonly RecordedEvent[] {
    const events = this.#unlogged.get(id) ?? [];
    this.#unlogged.delete(id);
    return events;
  }

  removeSession(id: string): void {
    this.#announced.delete(id);
    this.#unlogged.delete(id);
    this.#hooks?.removeSession(id);
    this.#notify({ kind: 'closed', id, owner: undefined });
  }

  #request(id: string): Members {
    const { open, sessions, records } = this.#parts;
    const facts = this.#announced.get(id) ?? open.get(id)?.facts;
    if (facts !== undefined) return records.request(id, facts);
    const session = sessions.get(id);
    if (session === undefined) return {};
    const { request } = JSON.parse(session.snapshot());
    return isMembers(request) ? request : {};
  }

  #log(id: string, event: RecordedEvent): void {
    const [first] = this.#parts.open.get(id)?.servers.values() ?? [];
    if (first !== undefined) first.logEvent(event);
    else this.#unlogged.set(id, [...(this.#unlogged.get(id) ?? []), event]);
  }

  /** A sweep does not evaluate sessions that were never decided, which may be revoked, too. */
  #reevaluate(): void {
    const { sessions } = this.#parts;
    const affected = new Set(this.#affected);
    this.#affected.clear();
    sessions.sweep();
    for (const id of affected) sessions.get(id)?.reevaluate();
    for (const listener of this.#evaluated) listener(affected);
  }

  #notify(event: Parameters<EngineSessionListener>[0]): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function printFacts(facts: CallerFacts): string {
  return JSON.stringify(selectRequestFacts(facts));
}
