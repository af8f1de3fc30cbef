// Whose each session is, since when, and which members of its context were set by those who may change it: a request that
// only names a session cannot replace them. Stored with the sessions.

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

export class SessionOwner {
  readonly #type: unknown;
  readonly #id: unknown;
  readonly #context: ReadonlySet<string>;
  /** Milliseconds since the epoch; undefined: the session was stored without it. */
  readonly openedAt: number | undefined;

  constructor(type: unknown, id: unknown, context: Iterable<string>, openedAt: number | undefined) {
    this.#type = type;
    this.#id = id;
    this.#context = new Set(context);
    this.openedAt = openedAt;
  }

  /** The same owner after a change. A change may state the subject in part. */
  changedBy({ subject, context }: Owned): SessionOwner {
    const { type = this.#type, id = this.#id } = subject ?? {};
    return new SessionOwner(type, id, [...this.#context, ...context], this.openedAt);
  }

  isOf(subject: unknown): boolean {
    return isMembers(subject) && subject.type === this.#type && subject.id === this.#id;
  }

  /** The context without the members that the session has of its own. */
  without(context: Members): Members {
    return Object.fromEntries(Object.entries(context).filter(([name]) => !this.#context.has(name)));
  }

  toText(id: string): string {
    const subject = [this.#type, this.#id];
    return JSON.stringify({ id, subject, context: [...this.#context], opened_at: this.openedAt });
  }
}

export class SessionOwners {
  readonly #owners = new StoredMap<SessionOwner>({
    toText: (id, owner) => owner.toText(id),
    fromText: (text) => {
      const { id, subject, context, opened_at: openedAt } = JSON.parse(text);
      return [id, new SessionOwner(subject[0], subject[1], context, openedAt)];
    },
  });

  /** Reads the owners of a store, and writes changes to it when `saved` is called. */
  async persistTo(store: SessionStore): Promise<void> {
    await this.#owners.persistTo(store);
  }

  get(id: string): SessionOwner | undefined {
    return this.#owners.get(id);
  }

  /** `openedAt`: of a session that was opened now. */
  add(id: string, owned: Owned, openedAt?: number): void {
    const known = this.#owners.get(id) ?? new SessionOwner(undefined, undefined, [], openedAt);
    this.#owners.set(id, known.changedBy(owned));
  }

  remove(id: string): void {
    this.#owners.delete(id);
  }

  /** Resolves when all changes until now are stored; they are kept for the next attempt if they cannot be. */
  async saved(): Promise<void> {
    await this.#owners.saved();
  }
}
