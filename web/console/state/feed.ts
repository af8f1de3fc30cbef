// Follows a service: reads its first sessions and its policies at intervals, and takes each change as it happens. Calls
// back with the state, at most once in a moment.

import { ServiceError, type SessionChanged, type SessionState } from '@nhipol/service/client';
import { History, type SessionMoment } from './history.ts';
import type { PolicyState, ServiceApi } from './service-api.ts';

export interface ServiceState {
  /** The first sessions by id, in the order of their ids. */
  readonly sessions: ReadonlyMap<string, SessionState>;
  /** `undefined` if it is not known yet, or not for this caller. */
  readonly policy: PolicyState | undefined;
  readonly latest: SessionChanged | undefined;
  /** Why something could not be read. */
  readonly problem: string | undefined;
  /** Whether the service wants to know who calls. */
  readonly isKeyRequired: boolean;
  /** Whether the sessions were read. */
  readonly isRead: boolean;
}

export const noState: ServiceState = {
  sessions: new Map(),
  policy: undefined,
  latest: undefined,
  problem: undefined,
  isKeyRequired: false,
  isRead: false,
};

/** The service lists this many sessions in one response. */
const maxListed = 1_000;
/** How often everything is read, since no event reports a session that opens, in milliseconds. */
const interval = 5_000;
/** Changes within this time are shown together, in milliseconds. */
const pause = 50;

export class Feed {
  readonly #api: ServiceApi;
  readonly #onState: (state: ServiceState) => void;
  readonly #ending = new AbortController();
  readonly #history = new History();
  /** The states that arrived since the sessions were last requested: newer than what that response has. */
  #arrived = new Map<string, SessionState>();
  /** The sessions that closed since the sessions were last requested: that response may still have them. */
  #closed = new Set<string>();
  #state = noState;
  #poll: ReturnType<typeof setTimeout> | undefined;
  #publication: ReturnType<typeof setTimeout> | undefined;

  constructor(api: ServiceApi, onState: (state: ServiceState) => void) {
    this.#api = api;
    this.#onState = onState;
  }

  start(): void {
    void this.#follow();
    void this.#repeat();
  }

  stop(): void {
    this.#ending.abort();
    clearTimeout(this.#poll);
    clearTimeout(this.#publication);
  }

  /** The states of a session that this page saw, first the oldest. */
  listMoments(id: string): readonly SessionMoment[] {
    return this.#history.of(id);
  }

  /** Reads sessions and policies. */
  async refresh(): Promise<void> {
    this.#arrived = new Map();
    this.#closed = new Set();
    const [sessions, policy] = await Promise.allSettled([
      this.#api.sessions(maxListed),
      this.#api.policy(),
    ]);
    const failures = [sessions, policy].flatMap((each) =>
      each.status === 'rejected' ? [each.reason as Error] : [],
    );
    if (sessions.status === 'fulfilled') this.#take(sessions.value);
    this.#change({
      policy: policy.status === 'fulfilled' ? policy.value : undefined,
      problem: failures[0]?.message,
      isKeyRequired: failures.some(isUnidentified),
      isRead: this.#state.isRead || sessions.status === 'fulfilled',
    });
  }

  async #repeat(): Promise<void> {
    if (!document.hidden) await this.refresh();
    if (this.#isStopped) return;
    this.#poll = setTimeout(() => void this.#repeat(), interval);
  }

  async #follow(): Promise<void> {
    try {
      for await (const event of this.#api.changes(this.#ending.signal)) {
        if (event.kind === 'connected') void this.refresh();
        else if (event.kind === 'closed') this.#remove(event.id);
        else this.#addChange(event);
      }
    } catch (error) {
      // Reading the sessions fails for the same reason, and shows it.
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  #remove(id: string): void {
    this.#closed.add(id);
    this.#arrived.delete(id);
    const sessions = new Map(this.#state.sessions);
    if (!sessions.delete(id)) return;
    this.#history.retain((each) => sessions.has(each));
    this.#change({ sessions });
  }

  #addChange(event: SessionChanged): void {
    this.#closed.delete(event.id);
    this.#arrived.set(event.id, event);
    this.#history.add(event, Date.now());
    const { sessions } = this.#state;
    const next = new Map(sessions).set(event.id, event);
    if (sessions.has(event.id)) this.#change({ sessions: next, latest: event });
    else if (sessions.size < maxListed) this.#change({ sessions: sortById(next), latest: event });
    else this.#change({ latest: event });
  }

  #take(read: readonly SessionState[]): void {
    const sessions = new Map(
      read
        .filter(({ id }) => !this.#closed.has(id))
        .map((session) => [session.id, this.#arrived.get(session.id) ?? session]),
    );
    for (const session of sessions.values()) this.#history.note(session, Date.now());
    this.#history.retain((id) => sessions.has(id));
    this.#change({ sessions });
  }

  #change(part: Partial<ServiceState>): void {
    this.#state = { ...this.#state, ...part };
    this.#publication ??= setTimeout(() => {
      this.#publication = undefined;
      if (!this.#isStopped) this.#onState(this.#state);
    }, pause);
  }

  get #isStopped(): boolean {
    return this.#ending.signal.aborted;
  }
}

function isUnidentified(error: Error): boolean {
  return error instanceof ServiceError && error.status === 401;
}

/** The entries in the order of their ids, as the service lists them. */
function sortById<Value>(byId: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...byId].sort(([one], [other]) => (one < other ? -1 : 1)));
}
