// What a host keeps of a session beside the module: which one it is, what was answered last, and who works for it.

import type { Answer, EffectName } from '../contract/index.ts';
import type { Living } from './migrate.ts';
import type { KeptCall } from './session-calls.ts';

export class HeldSession implements Living {
  readonly id: string;
  /** In the module of the present policy. */
  handle: number;
  /** Of the last answer; undefined: there is none. */
  effect: EffectName | undefined;
  /** Known if the policy asks for the digest of the call. */
  call: KeptCall;
  /** It was revoked, for good. */
  isRevoked: boolean;
  #work: AbortController | undefined;

  constructor(id: string, handle: number, effect: EffectName | undefined, call: KeptCall) {
    this.id = id;
    this.handle = handle;
    this.effect = effect;
    this.isRevoked = effect === 'revoke';
    this.call = call;
  }

  get isAsked(): boolean {
    return this.effect !== undefined;
  }

  /** Aborted when the session is revoked or closed, or the engine fails. */
  get abortSignal(): AbortSignal {
    this.#work ??= new AbortController();
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

  /** No answer can be relied on any more: all work for the session ends. */
  fail(why: string): void {
    this.effect = 'deny';
    this.#stop(`is denied, as the engine failed: ${why}`);
  }

  #stop(why: string): void {
    this.#work?.abort(new DOMException(`the session \`${this.id}\` ${why}`, 'AbortError'));
  }
}
