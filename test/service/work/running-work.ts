// The model of a request that a server works on: whether the guard permits it, whether its client waits for it, and which cancellations
// the server must have taken. It knows nothing of the guard but what docs/guard.md promises.

import type { Revision, WorkMethod } from './work-guard.ts';
import type { WorkPlan, WorkServer } from './work-server.ts';

export interface WorkKind {
  readonly plan: WorkPlan;
  readonly revision: Revision;
  readonly method: WorkMethod;
}

/** The plans after which the server goes on, although the connection cannot bring its answer any more. */
const losing: ReadonlySet<WorkPlan> = new Set([
  ...(['cut', 'end', '202', '200', '500', '502', '503', '504'] as const),
]);
/** The plans that end the request. */
const ending: ReadonlySet<WorkPlan> = new Set(['answer', '404']);
/** The plans whose streams a client can continue. */
const resumable: ReadonlySet<WorkPlan> = new Set(['polled', 'resumable']);

/** A cancellation that the server must take. */
interface Due {
  /** The number of cancellations that it had taken before. */
  readonly since: number;
  /** The reasons of those that are enough, or `undefined` if each is: a later reason may have come before an earlier one was taken. */
  readonly reasons: Set<string> | undefined;
}

export class RunningWork {
  readonly id: number;
  readonly kind: WorkKind;
  /** Its index at the server. */
  readonly index: number;
  readonly #server: WorkServer;
  readonly #due: Due[] = [];
  /** Whether the server goes on, as far as the guard can know. */
  isRunning = true;
  /** Whether its client waits, and is permitted to. */
  isAwaited = true;
  /** Whether it was stopped because something ended its permission. */
  isStopped = false;
  /** Whether its client has lost the connection, and may continue the stream. */
  isLeft = false;

  constructor(id: number, kind: WorkKind, index: number, server: WorkServer) {
    this.id = id;
    this.kind = kind;
    this.index = index;
    this.#server = server;
  }

  get isStateless(): boolean {
    return this.kind.revision === '2026-07-28';
  }

  get isResumable(): boolean {
    return resumable.has(this.kind.plan) && !this.isStateless;
  }

  /** The server has treated the request as its plan says. */
  begin(): void {
    const { plan } = this.kind;
    if (ending.has(plan)) this.end();
    else if (losing.has(plan)) this.lose();
    else if (plan === 'polled') this.leave();
  }

  /** The connection has ended without an answer. */
  lose(): void {
    if (!this.isRunning) return;
    if (this.isAwaited) this.#expectStop();
    this.isAwaited = false;
  }

  /** The client has closed the connection. */
  leave(): void {
    if (!this.isRunning || !this.isAwaited) return;
    if (this.isResumable) this.isLeft = true;
    else this.lose();
  }

  /** The permission ends for a reason, also that of work that ended before for another one. */
  stop(reason: string): void {
    if (!this.isRunning) return;
    for (const { reasons } of this.#due) reasons?.add(reason);
    this.#expectStop(reason);
    this.isAwaited = false;
    this.isStopped = true;
  }

  #expectStop(reason?: string): void {
    const reasons = reason === undefined ? undefined : new Set([reason]);
    this.#due.push({ since: this.#server.taken.length, reasons });
  }

  /** The server has answered. */
  end(): void {
    this.isRunning = false;
    this.isAwaited = false;
  }

  /** Whether what ended its permission has reached the server. */
  get isSettled(): boolean {
    if (!this.isRunning || this.#due.length === 0) return true;
    // Since 2026-07-28 the end of the connection is the cancellation.
    if (this.isStateless) return !this.#server.isOpen(this.index);
    return this.#due.every(({ since, reasons }) =>
      this.#server.taken.slice(since).some(({ requestId, reason = '' }) => {
        return requestId === this.id && (reasons === undefined || reasons.has(reason));
      }),
    );
  }

  /** Whether the server had taken a cancellation of it when it had taken this number in all. */
  isCancelled(taken = this.#server.taken.length): boolean {
    return this.#server.taken.slice(0, taken).some(({ requestId }) => requestId === this.id);
  }

  /** An answer of the server that a client recognizes. */
  get result(): object {
    const text = `the answer to ${this.id}`;
    if (this.kind.method === 'tools/call') return { content: [{ type: 'text', text }] };
    return { contents: [{ uri: `file:///${this.id}`, text }] };
  }

  hasAnswer(text: string): boolean {
    return text.includes(`the answer to ${this.id}"`);
  }
}
