// A request of the client that the server got and has not answered. Until it is answered it stays under the decision, whether or not its
// client waits for it: it is decided again when something changed that may restrict it, and when its answers end. The guard itself
// cancels it, when the client leaves it, when it is no longer permitted, and when access is revoked. The cancellation of a client does
// not reach the server, which might not accept it.

import type { EngineSession } from '../engine/engine-session.ts';
import type { Trigger } from '../log/entry.ts';
import { Deadline, decideAgain, type PermittedWork } from './decide-again.ts';
import type { MessageId } from './message.ts';
import type { Passage } from './passage.ts';
import type { Permission } from './permission.ts';
import type { RelayOptions } from './relay-options.ts';
import { cancellation } from './replies.ts';

/** Why the server stops what its client cancelled. */
export const cancelledByClient = 'the client cancelled it';

interface SentWork {
  readonly id: MessageId;
  /** `undefined`: it needed no decision. */
  readonly permitted: PermittedWork | undefined;
  readonly passage: Passage;
  /** Takes a newer permission. */
  readonly renew: (permission: Permission) => void;
  /** Answers the client, which waits for the server no longer. */
  readonly refuse: (reason: string) => void;
}

export interface WorkOptions extends Pick<RelayOptions, 'mode' | 'now'> {
  readonly session: () => EngineSession;
}

export class UnansweredWork {
  readonly #options: WorkOptions;
  readonly #sent: SentWork;
  readonly #deadline = new Deadline();
  #isAwaited = true;
  #isStopped = false;
  #isAnswered = false;
  #cancellations = 0;

  constructor(options: WorkOptions, sent: SentWork) {
    this.#options = options;
    this.#sent = sent;
  }

  /** Whether the client waits for the answer: it has not left, and the work was not stopped. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** Whether the work can be decided again. */
  get isDecided(): boolean {
    return this.#sent.permitted !== undefined && !this.#isStopped && !this.#isAnswered;
  }

  /** Decides the work again when the first of its answers ends. */
  watch(validUntil: number | undefined): void {
    const { mode, now } = this.#options;
    const end = mode === 'observe' ? undefined : validUntil;
    this.#deadline.set(end, now, () => this.recheck('time'));
  }

  recheck(trigger: Trigger): void {
    const { permitted, renew } = this.#sent;
    if (permitted === undefined || !this.isDecided) return;
    const permission = decideAgain(this.#options.session(), permitted, trigger);
    if (typeof permission === 'object') {
      renew(permission);
      this.watch(permission.validUntil);
    } else if (this.isDecided) {
      // A recheck that revokes has stopped all work already.
      this.stop(permission);
    }
  }

  /** The client does not wait any more: the server gets a cancellation. Returns whether the client waited. */
  leave(reason: string): boolean {
    if (!this.#isAwaited) return false;
    this.#isAwaited = false;
    this.#cancel(reason);
    return true;
  }

  /** The same for a client that has to be answered. Returns whether it waited. */
  refuse(reason: string): boolean {
    const hasLeft = this.leave(reason);
    if (hasLeft) this.#sent.refuse(reason);
    return hasLeft;
  }

  /** The work is no longer permitted: the server gets a cancellation, also if it got one because the client had left. */
  stop(reason: string): void {
    this.#isStopped = true;
    this.#deadline.clear();
    if (!this.refuse(reason)) this.#cancel(reason);
  }

  #cancel(reason: string): void {
    const { passage, id } = this.#sent;
    this.#cancellations += 1;
    const number = this.#cancellations;
    // The id may be that of another request after the answer.
    const isNeeded = () => !this.#isAnswered && number === this.#cancellations;
    if (!this.#isAnswered) passage.tellServer(cancellation(id, reason), isNeeded);
  }

  /** The server answered, or has ended. */
  end(): void {
    this.#isAnswered = true;
    this.#deadline.clear();
  }
}
