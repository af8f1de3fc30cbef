// Ids of revoked sessions that are closed: no session can be opened with one of them before its lifetime is over.
// A store has a text for each, in place of the session's snapshot.

import { parseMembers } from '../request-parts.ts';

export class RevokedIds {
  readonly #lifetime: number;
  /** The instant from which each id may be used again. */
  readonly #until = new Map<string, number>();

  /** `lifetime`: for how many milliseconds an id stays revoked after its session was closed. */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  get isStored(): boolean {
    return this.#lifetime > 0;
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.#until.keys();
  }

  add(id: string, now: number, until: number = now + this.#lifetime): void {
    if (until <= now) return;
    this.#until.set(id, Math.max(until, this.#until.get(id) ?? until));
  }

  /** Removes the oldest beyond this count. */
  limitCount(count: number): void {
    for (const id of this.#until.keys()) {
      if (this.#until.size <= count) return;
      this.#until.delete(id);
    }
  }

  has(id: string, now: number): boolean {
    const until = this.#until.get(id);
    return until !== undefined && now < until;
  }

  /** Returns and removes the ids whose lifetime is over: those before the first whose lifetime is not. */
  takeExpired(now: number): readonly string[] {
    const over: string[] = [];
    for (const [id, until] of this.#until) {
      if (until > now) break;
      over.push(id);
      this.#until.delete(id);
    }
    return over;
  }

  /** The text for a store, or `undefined` if the id is not revoked. */
  getStoreText(id: string): string | undefined {
    const until = this.#until.get(id);
    return until === undefined ? undefined : formatRevoked(id, until);
  }

  /** The same for a session that is still open. */
  makeRevokedText(id: string, now: number): string {
    return formatRevoked(id, now + this.#lifetime);
  }
}

function formatRevoked(id: string, until: number): string {
  return JSON.stringify({ id, revoked_until: Number.isFinite(until) ? until : null });
}

/** The instant until which the id of the text is revoked, or `undefined` if it is another kind of text. */
export function parseRevoked(
  text: string,
): { readonly id: string; readonly until: number } | undefined {
  const { id, revoked_until: until, session } = parseMembers(text);
  if (typeof id !== 'string' || session !== undefined || until === undefined) return undefined;
  return { id, until: typeof until === 'number' ? until : Number.POSITIVE_INFINITY };
}
