// Calls that wait for a person who answers in another process, through the store.

import type { ApprovalState, Store } from '../store/store.ts';
import type { ApprovalQuestion } from './asking.ts';
import { idKey, type RequestMessage } from './message.ts';

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
}

export class TerminalQuestions<Call extends { readonly message: RequestMessage }> {
  readonly #options: TerminalOptions;
  readonly #waiting = new Map<string, Waiting<Call>>();
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

  /** Calls once, with the answer; undefined: nobody answered in time. */
  wait(
    call: Call,
    question: ApprovalQuestion,
    continuation: (state: ApprovalState | undefined) => void,
  ): void {
    const { now, askTimeout } = this.#options;
    const deadline = Math.min(now() + askTimeout, question.expiresAt);
    this.#waiting.set(idKey(call.message.id), { call, question, deadline, continuation });
    this.#timer ??= setInterval(() => this.#poll(), pollInterval);
  }

  cancel(key: string): boolean {
    const isCancelled = this.#waiting.delete(key);
    this.#stopIfIdle();
    return isCancelled;
  }

  end(refuse: (call: Call) => void): void {
    for (const { call } of this.#waiting.values()) refuse(call);
    this.#waiting.clear();
    this.#stopIfIdle();
  }

  #poll(): void {
    for (const [key, { question, deadline, continuation }] of [...this.#waiting]) {
      const state = this.#findState(question);
      const isLate = this.#options.now() >= deadline;
      if (state === 'pending' && !isLate) continue;
      this.#waiting.delete(key);
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
