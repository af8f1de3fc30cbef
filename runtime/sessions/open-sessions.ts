// The open sessions, by the ids of the host and by the handles of the module.

import { sessionErrors } from '../contract/index.ts';
import type { SessionEntry } from './session-entry.ts';
import { createAnswerError, noSession, SessionError } from './session-error.ts';

export class OpenSessions {
  readonly #byId = new Map<string, SessionEntry>();
  readonly #byHandle = new Map<number, SessionEntry>();

  get size(): number {
    return this.#byId.size;
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  [Symbol.iterator](): IterableIterator<SessionEntry> {
    return this.#byId.values();
  }

  find(id: string): SessionEntry | undefined {
    return this.#byId.get(id);
  }

  findHandle(handle: number): SessionEntry | undefined {
    return this.#byHandle.get(handle);
  }

  /** Throws a `SessionError` if there is none. */
  expect(id: string): SessionEntry {
    const held = this.#byId.get(id);
    if (held === undefined) throw new SessionError(id, noSession);
    return held;
  }

  /** Throws a `SessionError` if there is one. */
  expectNone(id: string): void {
    if (!this.#byId.has(id)) return;
    const { expected, found } = sessionErrors.session_exists;
    throw new SessionError(id, createAnswerError('session_exists', expected, found));
  }

  add(held: SessionEntry): void {
    this.#byId.set(held.id, held);
    this.#byHandle.set(held.handle, held);
  }

  delete({ id, handle }: SessionEntry): void {
    this.#byId.delete(id);
    this.#byHandle.delete(handle);
  }

  /** Moves the sessions to another module, with their handles there. */
  move(handles: ReadonlyMap<string, number>): void {
    this.#byHandle.clear();
    for (const held of this) {
      held.handle = handles.get(held.id) ?? 0;
      this.#byHandle.set(held.handle, held);
    }
  }
}
