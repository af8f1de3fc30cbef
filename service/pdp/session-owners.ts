// Whose each session is, since when, who used it and who approved calls in it, and which members of its context were set by
// those who may change it: a request that only names a session cannot replace them. Stored with the sessions.

import type { SessionStore } from '@nhipol/runtime';
import { isMembers, type Members } from '../json/members.ts';
import { StoredMap } from '../store/stored-map.ts';

/** The subject that a part of a request states, and the names of members of its context. */
export interface Owned {
  readonly subject: { readonly type: unknown; readonly id: unknown } | undefined;
  readonly context: readonly string[];
}

export function ownersIn({ subject, context }: Members): Owned {
  return {
    subject: isMembers(subject) ? { type: subject.type, id: subject.id } : undefined,
    context: isMembers(context) ? Object.keys(context) : [],
  };
}

interface OwnerState {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly context?: Iterable<string>;
  /** Milliseconds since the epoch; undefined: the session was stored without it. */
  readonly openedAt?: number | undefined;
  /** The caller that has it, or its tenant; undefined: the session was stored without it. */
  readonly holder?: string | undefined;
  /** The ids of the callers that opened, changed or used it, and of those that approved calls in it. */
  readonly users?: Iterable<string>;
  readonly approvers?: Iterable<string>;
}

export class SessionOwner {
  readonly #type: unknown;
  readonly #id: unknown;
  readonly #context: ReadonlySet<string>;
  readonly openedAt: number | undefined;
  readonly holder: string | undefined;
  readonly users: ReadonlySet<string>;
  readonly approvers: ReadonlySet<string>;

  constructor(state: OwnerState) {
    this.#type = state.type;
    this.#id = state.id;
    this.#context = new Set(state.context);
    this.openedAt = state.openedAt;
    this.holder = state.holder;
    this.users = new Set(state.users);
    this.approvers = new Set(state.approvers);
  }

  /** The same owner after a change. A change may state the subject in part. */
  changedBy({ subject, context }: Owned): SessionOwner {
    const { type = this.#type, id = this.#id } = subject ?? {};
    return this.#with({ type, id, context: [...this.#context, ...context] });
  }

  /** The same owner after a caller used the session, or approved a call in it. */
  after(part: 'users' | 'approvers', by: string): SessionOwner {
    return this.#with({ [part]: [...this[part], by] });
  }

  #with(changed: OwnerState): SessionOwner {
    const { openedAt, holder, users, approvers } = this;
    const own = { type: this.#type, id: this.#id, context: this.#context };
    return new SessionOwner({ ...own, openedAt, holder, users, approvers, ...changed });
  }

  isOf(subject: unknown): boolean {
    return isMembers(subject) && subject.type === this.#type && subject.id === this.#id;
  }

  /** The context without the members that the session has of its own. */
  without(context: Members): Members {
    return Object.fromEntries(Object.entries(context).filter(([name]) => !this.#context.has(name)));
  }

  toText(id: string): string {
    return JSON.stringify({
      ...{ id, subject: [this.#type, this.#id], context: [...this.#context] },
      ...{ opened_at: this.openedAt, holder: this.holder },
      ...{ users: [...this.users], approvers: [...this.approvers] },
    });
  }
}

export class SessionOwners {
  readonly #owners = new StoredMap<SessionOwner>({
    toText: (id, owner) => owner.toText(id),
    fromText: (text) => {
      const { id, subject, opened_at: openedAt, ...rest } = JSON.parse(text);
      return [id, new SessionOwner({ type: subject[0], id: subject[1], openedAt, ...rest })];
    },
  });

  /** Reads the owners of a store, and writes changes to it when `saved` is called. */
  async persistTo(store: SessionStore): Promise<void> {
    await this.#owners.persistTo(store);
  }

  get(id: string): SessionOwner | undefined {
    return this.#owners.get(id);
  }

  /** A session was opened now. `holder`: the caller or tenant that has it. */
  open(id: string, owned: Owned, holder: string, openedAt: number): void {
    this.#owners.set(id, new SessionOwner({ holder, openedAt }).changedBy(owned));
  }

  change(id: string, owned: Owned): void {
    const known = this.#owners.get(id) ?? new SessionOwner({});
    this.#owners.set(id, known.changedBy(owned));
  }

  /** A caller used the session, or approved a call in it. */
  note(id: string, part: 'users' | 'approvers', by: string): void {
    const known = this.#owners.get(id);
    if (known === undefined || known[part].has(by)) return;
    this.#owners.set(id, known.after(part, by));
  }

  remove(id: string): void {
    this.#owners.delete(id);
  }

  /** Resolves when all changes until now are stored; they are kept for the next attempt if they cannot be. */
  async saved(): Promise<void> {
    await this.#owners.saved();
  }
}
