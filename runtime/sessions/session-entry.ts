// The data of a session that a host stores outside of the module: its id, its latest answer, and its abort signal.

import type { Answer, EffectName } from '../contract/index.ts';
import type { MigratingSession } from './migration/migrate.ts';

export class SessionEntry implements MigratingSession {
  readonly id: string;
  /** In the module of the current policy. */
  handle: number;
  /** The effect of the latest answer, or `undefined` if there is none. */
  effect: EffectName | undefined;
  /** Permanent. */
  isRevoked: boolean;
  #work: AbortController | undefined;
  /** Why work for the session ended, for a signal that is requested later. */
  #stopped: DOMException | undefined;

  constructor(id: string, handle: number, effect: EffectName | undefined) {
    this.id = id;
    this.handle = handle;
    this.effect = effect;
    this.isRevoked = effect === 'revoke';
  }

  get isAsked(): boolean {
    return this.effect !== undefined;
  }

  /** Aborted when the session is revoked or closed, or the engine fails. */
  get abortSignal(): AbortSignal {
    if (this.#work === undefined) {
      this.#work = new AbortController();
      if (this.#stopped !== undefined) this.#work.abort(this.#stopped);
    }
    return this.#work.signal;
  }

  notice({ effect, reasons }: Answer): void {
    this.effect = effect;
    if (effect !== 'revoke') return;
    this.isRevoked = true;
    this.#stop(`was revoked: ${reasons.join(', ')}`);
  }

  close(): void {
    this.#stop('was closed');
  }

  /** No answer is reliable any more: all work for the session ends. */
  fail(why: string): void {
    this.effect = 'deny';
    this.#stop(`is denied, as the engine failed: ${why}`);
  }

  #stop(why: string): void {
    this.#stopped ??= new DOMException(`the session \`${this.id}\` ${why}`, 'AbortError');
    this.#work?.abort(this.#stopped);
  }
}
