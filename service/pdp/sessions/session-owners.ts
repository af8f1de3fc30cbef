// Whose each session is, since when, who used it and who approved calls in it, and which members of its context were set by
// those who may change it: a request that only names a session cannot replace them. Stored with the sessions.

import type { SessionStore } from '@nhipol/runtime';
import { isMembers, type Members } from '../../json/members.ts';
import { addFormer, type FormerKeys } from '../../store/former-keys.ts';
import { StoredMap } from '../../store/stored-map.ts';

/** The subject that a part of a request states, and the names of members of its context. */
export interface Owned {
  readonly subject: { readonly type: unknown; readonly id: unknown } | undefined;
  readonly context: readonly string[];
}

export function readOwners({ subject, context }: Members): Owned {
  return {
    subject: isMembers(subject) ? { type: subject.type, id: subject.id } : undefined,
    context: isMembers(context) ? Object.keys(context) : [],
  };
}

interface OwnerState {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly context?: Iterable<string>;
  /** Milliseconds since the epoch, or `undefined` if the session was stored without it. */
  readonly openedAt?: number | undefined;
  /** The caller that has it, or its tenant, or `undefined` if the session was stored without it. */
  readonly holder?: string | undefined;
  /** The ids of the callers that opened, changed or used it, and of those that approved calls in it. */
  readonly users?: Iterable<string>;
  readonly approvers?: Iterable<string>;
  /** Whether it is being opened, so that no caller knows that it is open. */
  readonly opening?: boolean;
  /** The keys that events found it with before. */
  readonly former?: readonly FormerKeys[];
}

export class SessionOwner {
  readonly #type: unknown;
  readonly #id: unknown;
  readonly #context: ReadonlySet<string>;
  readonly openedAt: number | undefined;
  readonly holder: string | undefined;
  readonly users: ReadonlySet<string>;
  readonly approvers: ReadonlySet<string>;
  readonly isOpening: boolean;
  readonly former: readonly FormerKeys[];

  constructor(state: OwnerState) {
    this.#type = state.type;
    this.#id = state.id;
    this.#context = new Set(state.context);
    this.openedAt = state.openedAt;
    this.holder = state.holder;
    this.users = new Set(state.users);
    this.approvers = new Set(state.approvers);
    this.isOpening = state.opening === true;
    this.former = state.former ?? [];
  }

  /** The same owner after a change. A change may state the subject in part. */
  applyChange({ subject, context }: Owned): SessionOwner {
    const { type = this.#type, id = this.#id } = subject ?? {};
    return this.#with({ type, id, context: [...this.#context, ...context] });
  }

  /** The same owner after a caller used the session, or approved a call in it. */
  after(part: 'users' | 'approvers', by: string): SessionOwner {
    return this.#with({ [part]: [...this[part], by] });
  }

  /** The same owner while the session is being opened, or afterwards. */
  whileOpening(opening: boolean): SessionOwner {
    return this.#with({ opening });
  }

  /** The same owner after events find the session by other keys. */
  afterKeys(former: FormerKeys): SessionOwner {
    return this.#with({ former: addFormer(this.former, former) });
  }

  #with(changed: OwnerState): SessionOwner {
    const { openedAt, holder, users, approvers, isOpening: opening, former } = this;
    const own = { type: this.#type, id: this.#id, context: this.#context };
    return new SessionOwner({
      ...own,
      openedAt,
      holder,
      users,
      approvers,
      opening,
      former,
      ...changed,
    });
  }

  isSubject(subject: unknown): boolean {
    return isMembers(subject) && subject.type === this.#type && subject.id === this.#id;
  }

  /** The context without the members that the session has of its own. */
  without(context: Members): Members {
    return Object.fromEntries(Object.entries(context).filter(([name]) => !this.#context.has(name)));
  }

  toText(id: string): string {
    return JSON.stringify({
      id,
      subject: [this.#type, this.#id],
      context: [...this.#context],
      opened_at: this.openedAt,
      holder: this.holder,
      users: [...this.users],
      approvers: [...this.approvers],
      ...(this.isOpening ? { opening: true } : {}),
      ...(this.former.length > 0 ? { former: this.former } : {}),
    });
  }
}

export class SessionOwners {
  /** The number of open sessions of each holder. */
  readonly #counts = new Map<string, number>();
  readonly #owners = new StoredMap<SessionOwner>({
    toText: (id, owner) => owner.toText(id),
    fromText: (text) => {
      const { id, subject, opened_at: openedAt, ...rest } = JSON.parse(text);
      return [id, new SessionOwner({ type: subject[0], id: subject[1], openedAt, ...rest })];
    },
  });

  /** Reads the owners of a store, and writes changes to it when `flush` is called. */
  async attachStore(store: SessionStore): Promise<void> {
    await this.#owners.attachStore(store);
  }

  /** The sessions that are open. There may be owners of others: of one that was being opened, or that was not restored. */
  setOpen(ids: readonly string[]): void {
    this.#counts.clear();
    for (const id of ids) this.#count(this.get(id)?.holder, 1);
  }

  /** The number of open sessions of a holder. */
  countSessions(holder: string): number {
    return this.#counts.get(holder) ?? 0;
  }

  #count(holder: string | undefined, change: 1 | -1): void {
    if (holder === undefined) return;
    const count = this.countSessions(holder) + change;
    if (count === 0) this.#counts.delete(holder);
    else this.#counts.set(holder, count);
  }

  get(id: string): SessionOwner | undefined {
    return this.#owners.get(id);
  }

  /** A session was opened now. `holder`: the caller or tenant that has it. */
  open(id: string, owned: Owned, holder: string, openedAt: number): void {
    this.#owners.set(id, new SessionOwner({ holder, openedAt }).applyChange(owned));
    this.#count(holder, 1);
  }

  change(id: string, owned: Owned): void {
    const owner = this.#owners.get(id) ?? new SessionOwner({});
    this.#owners.set(id, owner.applyChange(owned));
  }

  /** Nobody may use the session until it is open, and a restart does not find it. */
  setOpening(id: string, isOpening: boolean): void {
    const owner = this.#owners.get(id);
    if (owner !== undefined) this.#owners.set(id, owner.whileOpening(isOpening));
  }

  /** Events find the session by other keys from now on. */
  noteFormer(id: string, former: FormerKeys): void {
    const owner = this.#owners.get(id) ?? new SessionOwner({});
    this.#owners.set(id, owner.afterKeys(former));
  }

  /** A caller used the session, or approved a call in it. */
  note(id: string, part: 'users' | 'approvers', by: string): void {
    const owner = this.#owners.get(id);
    if (owner === undefined || owner[part].has(by)) return;
    this.#owners.set(id, owner.after(part, by));
  }

  /** A session was closed. */
  remove(id: string): void {
    const owner = this.#owners.get(id);
    if (owner === undefined) return;
    this.#count(owner.holder, -1);
    this.#owners.delete(id);
  }

  /** Resolves when all changes until now are stored; they are kept for the next attempt if they cannot be. */
  async flush(): Promise<void> {
    await this.#owners.flush();
  }
}
