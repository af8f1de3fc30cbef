// Calls that wait for a person who answers in another process, through the store.

import type { ApprovalState, Store } from '../../store/store.ts';
import { buildIdKey, type RequestMessage } from '../protocol/message.ts';
import type { ApprovalQuestion } from './asking.ts';

/** How often the store is read while a call waits, in milliseconds. */
const pollInterval = 100;

interface Waiting<Call> {
  readonly call: Call;
  readonly question: ApprovalQuestion;
  readonly deadline: number;
  readonly continuation: (state: ApprovalState | undefined) => void;
}

export interface TerminalOptions {
  readonly store: Store;
  readonly askTimeout: number;
  readonly now: () => number;
  readonly onWarning: (warning: string) => void;
}

export class TerminalQuestions<Call extends { readonly message: RequestMessage }> {
  readonly #options: TerminalOptions;
  readonly #waiting = new Map<string, Waiting<Call>>();
  /** The ids of the requests that were stored for calls of this relay. */
  readonly #own = new Set<string>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#waiting.size;
  }

  get calls(): readonly Call[] {
    return [...this.#waiting.values()].map(({ call }) => call);
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Calls once, with the answer, or with `undefined` if nobody answered in time. */
  wait(
    call: Call,
    question: ApprovalQuestion & { readonly isShared: boolean },
    continuation: (state: ApprovalState | undefined) => void,
  ): void {
    const { now, askTimeout } = this.#options;
    if (!question.isShared) this.#own.add(question.id);
    const deadline = Math.min(now() + askTimeout, question.expiresAt);
    this.#waiting.set(buildIdKey(call.message.id), { call, question, deadline, continuation });
    this.#timer ??= setInterval(() => this.#poll(), pollInterval);
  }

  /** The client does not wait any more: nobody can approve its call. Returns whether the call waited. */
  cancel(key: string): boolean {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return false;
    this.#withdraw(key, waiting);
    this.#stopIfIdle();
    return true;
  }

  /** Withdraws the request, unless another call waits for the same one. */
  #withdraw(key: string, { question: { id } }: Waiting<Call>): void {
    this.#waiting.delete(key);
    const isAwaited = [...this.#waiting.values()].some(({ question }) => question.id === id);
    // Another relay may wait for a request that it stored.
    if (isAwaited || !this.#own.delete(id)) return;
    try {
      this.#options.store.withdraw(id);
    } catch (error) {
      this.#options.onWarning(`the request for an approval still waits: ${String(error)}`);
    }
  }

  end(refuse: (call: Call) => void): void {
    for (const [key, waiting] of [...this.#waiting]) {
      refuse(waiting.call);
      this.#withdraw(key, waiting);
    }
    this.#stopIfIdle();
  }

  #poll(): void {
    for (const [key, { question, deadline, continuation }] of [...this.#waiting]) {
      const state = this.#findState(question);
      const isLate = this.#options.now() >= deadline;
      if (state === 'pending' && !isLate) continue;
      this.#waiting.delete(key);
      this.#own.delete(question.id);
      continuation(state === 'pending' ? undefined : state);
    }
    this.#stopIfIdle();
  }

  /** A store that cannot be read is read again until the deadline. */
  #findState({ id }: ApprovalQuestion): ApprovalState | undefined {
    try {
      return this.#options.store.stateOf(id);
    } catch {
      return 'pending';
    }
  }

  #stopIfIdle(): void {
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
