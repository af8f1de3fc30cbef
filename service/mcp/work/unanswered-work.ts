// A request of the client that the server got and has not answered: the owner of what may go on at the server.
//
//   sent  the server has the request, or a part of it, and its answer can come
//   lost  its answer cannot come by the connection of the request any more, but the server may work on it
//   over  the server has answered, or what became of the request cannot be known any more
//
// Until it is over it stays under the decision, whether or not its client waits for it: it is decided again when something changed that
// may restrict it, and when its answers end. The guard itself cancels it, when the client leaves it, when it is lost, when it is no
// longer permitted, and when access is revoked, and repeats that until it is over. The cancellation of a client does not reach the
// server, which might not accept it.

import type { EngineSession } from '../../engine/engine-session.ts';
import type { Trigger } from '../../log/entry.ts';
import type { Permission } from '../calls/permission.ts';
import type { Passage } from '../passage.ts';
import type { MessageId } from '../protocol/message.ts';
import type { RelayOptions } from '../relay-options.ts';
import { Deadline, decideAgain, type PermittedWork } from './decide-again.ts';
import { RepeatedStop } from './repeated-stop.ts';

/** Why the server stops what its client cancelled. */
export const cancelledByClient = 'the client cancelled it';

/** Why the server stops what it can no longer answer. */
export const answerLost = 'the connection for its answer was lost';

/** How long lost work stays under the decision, in milliseconds. */
const lostPeriod = 3_600_000;

interface SentWork {
  readonly id: MessageId;
  /** `undefined` if it needed no decision. */
  readonly permitted: PermittedWork | undefined;
  readonly passage: Passage;
  /** Takes a newer permission. Returns why the work cannot go on with it, or `undefined` if it can. */
  readonly renew: (permission: Permission) => string | undefined;
  /** Answers the client, which waits for the server no longer. */
  readonly refuse: (reason: string) => void;
  /** Nobody can know any more what became of it. */
  readonly forget: () => void;
}

export interface WorkOptions extends Pick<RelayOptions, 'mode' | 'now' | 'onWarning'> {
  readonly session: () => EngineSession;
  /** Called when work is forgotten. */
  readonly onForgotten: () => void;
}

export class UnansweredWork {
  readonly #options: WorkOptions;
  readonly #sent: SentWork;
  readonly #deadline = new Deadline();
  #state: 'sent' | 'lost' | 'over' = 'sent';
  #isAwaited = true;
  #isStopped = false;
  #stop: RepeatedStop | undefined;
  /** Runs while the work is lost. */
  #timer: ReturnType<typeof setTimeout> | undefined;

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
    return this.#sent.permitted !== undefined && !this.#isStopped && this.#state !== 'over';
  }

  /** Whether the server has not taken the cancellation of the work. */
  get isStopping(): boolean {
    return this.#stop?.isTaken === false;
  }

  /** Decides the work again when the first of its answers ends. */
  watch(validUntil: number | undefined): void {
    const { mode, now } = this.#options;
    const end = mode === 'observe' ? undefined : validUntil;
    this.#deadline.set(end, now, () => this.recheck('time'));
  }

  recheck(trigger: Trigger): void {
    const { permitted } = this.#sent;
    if (permitted === undefined || !this.isDecided) return;
    const permission = decideAgain(this.#options.session(), permitted, trigger);
    const problem = typeof permission === 'string' ? permission : this.#renew(permission);
    // A recheck that revokes has stopped all work already.
    if (problem !== undefined && this.isDecided) this.stop(problem);
  }

  #renew(permission: Permission): string | undefined {
    const problem = this.#sent.renew(permission);
    if (problem === undefined) this.watch(permission.validUntil);
    return problem;
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

  /**
   * The work is no longer permitted: the server gets a cancellation, also if it got one because the client had left. Returns whether
   * the client waited.
   */
  stop(reason: string): boolean {
    this.#isStopped = true;
    this.#deadline.clear();
    const hasLeft = this.refuse(reason);
    if (!hasLeft) this.#cancel(reason);
    return hasLeft;
  }

  /** The answer cannot come by this connection any more: the client, which got an error, does not wait. */
  lose(reason: string): void {
    if (this.#state !== 'sent') return;
    this.#state = 'lost';
    this.#timer = setTimeout(() => this.#forget(), lostPeriod);
    this.#timer.unref();
    if (!this.leave(reason) && this.#stop === undefined) this.#cancel(reason);
  }

  #cancel(reason: string): void {
    if (this.#state === 'over') return;
    const { passage, id } = this.#sent;
    this.#stop?.end();
    this.#stop = new RepeatedStop(() => passage.stopAtServer(id, reason));
  }

  #forget(): void {
    const { id, forget } = this.#sent;
    const { onWarning, onForgotten } = this.#options;
    if (this.isStopping) {
      onWarning(
        `the server has not taken the cancellation of the request ${JSON.stringify(id)}: its work may go on`,
      );
    }
    forget();
    onForgotten();
  }

  /** The server answered, or has ended. */
  end(): void {
    this.#state = 'over';
    this.#stop?.end();
    this.#deadline.clear();
    clearTimeout(this.#timer);
  }
}
