// What a host keeps of a session beside the module: which one it is, what was answered last, and who works for it.

import type { EffectName } from '../abi.ts';
import type { Answer } from '../answer.ts';
import type { Living } from './carry-over.ts';
import type { KeptCall } from './kept-calls.ts';

export class HeldSession implements Living {
  readonly id: string;
  /** In the module of the present policy. */
  handle: number;
  /** Of the last answer; undefined: there is none. */
  effect: EffectName | undefined;
  /** Known if the policy asks for the digest of the call. */
  call: KeptCall;
  #work: AbortController | undefined;

  constructor(id: string, handle: number, effect: EffectName | undefined, call: KeptCall) {
    this.id = id;
    this.handle = handle;
    this.effect = effect;
    this.call = call;
  }

  get isAsked(): boolean {
    return this.effect !== undefined;
  }

  /** Aborted when the session is revoked or closed. */
  get abortSignal(): AbortSignal {
    this.#work ??= new AbortController();
    return this.#work.signal;
  }

  notice({ effect, reasons }: Answer): void {
    this.effect = effect;
    if (effect === 'revoke') this.#stop(`was revoked: ${reasons.join(', ')}`);
  }

  close(): void {
    this.#stop('was closed');
  }

  #stop(why: string): void {
    this.#work?.abort(new DOMException(`the session \`${this.id}\` ${why}`, 'AbortError'));
  }
}
