// The calls that the server got and has not answered. They are decided again when something changed that may restrict them, and
// when their answers end. The id of a call stays reserved until the server answers it, also if nobody waits for that.

import type { Call } from '../../engine/call.ts';
import type { Decision, EngineSession } from '../../engine/engine-session.ts';
import type { Trigger } from '../../log/entry.ts';
import { Deadline, decideAgain, limitedDifferently } from '../decide-again.ts';
import { idKey, type MessageId } from '../message.ts';
import { permissionOf } from '../permission.ts';
import type { RelayOptions } from '../relay-options.ts';
import { cancellation } from '../replies.ts';
import type { DecidedCall, RunningCall } from './given-call.ts';
import type { RefuseCall } from './refuse-call.ts';

export class RunningCalls {
  readonly #options: Pick<RelayOptions, 'mode' | 'now'>;
  readonly #session: () => EngineSession;
  readonly #refuse: RefuseCall;
  readonly #running = new Map<string, RunningCall>();

  constructor(
    options: Pick<RelayOptions, 'mode' | 'now'>,
    session: () => EngineSession,
    refuse: RefuseCall,
  ) {
    this.#options = options;
    this.#session = session;
    this.#refuse = refuse;
  }

  has(key: string): boolean {
    return this.#running.has(key);
  }

  get size(): number {
    return this.#running.size;
  }

  get all(): readonly RunningCall[] {
    return [...this.#running.values()];
  }

  get awaited(): readonly RunningCall[] {
    return this.all.filter(({ isAwaited }) => isAwaited);
  }

  /** Whether the client waits for the answer to a call. */
  isAwaited(id: MessageId): boolean {
    return this.#running.get(idKey(id))?.isAwaited === true;
  }

  /** The decisions of the calls that the server has not answered. */
  get calls(): readonly Call[] {
    return this.all.flatMap(({ calls }) => calls);
  }

  /** Sends the server a call that is permitted. */
  start(decided: DecidedCall, permits: readonly Decision[]): void {
    const permission = permissionOf(permits.map(({ answer }) => answer));
    if (permission === undefined) {
      this.#refuse(decided, limitedDifferently);
      return;
    }
    const approval = permits.find((each) => each.approval)?.approval ?? decided.approval;
    const deadline = new Deadline();
    const running: RunningCall = { ...decided, approval, permission, isAwaited: true, deadline };
    const key = idKey(decided.message.id);
    this.#running.set(key, running);
    this.#watch(running);
    if (decided.passage.passToServer(decided.bytes, permission)) return;
    this.take(key);
    const reason = decided.passage.closedReason ?? '';
    this.#session().refused(`${String(decided.message.params.name)}: ${reason}`);
    this.#refuse(decided, reason);
  }

  /** Decides the call again when the first of its answers ends. */
  #watch(running: RunningCall): void {
    const { mode, now } = this.#options;
    const validUntil = mode === 'observe' ? undefined : running.permission.validUntil;
    running.deadline.set(validUntil, now(), () => this.#recheck(running, 'time'));
  }

  /** Decides all calls that the client waits for again. */
  recheckAll(trigger: Trigger): void {
    const all = this.awaited;
    if (all.length === 0) return;
    this.#session().recheckTogether(() => {
      for (const running of all) this.#recheck(running, trigger);
    });
  }

  #recheck(running: RunningCall, trigger: Trigger): void {
    if (!running.isAwaited || this.#running.get(idKey(running.message.id)) !== running) return;
    const permission = decideAgain(this.#session(), running, trigger);
    if (typeof permission === 'string') {
      this.#stop(running, permission);
      return;
    }
    running.permission = permission;
    this.#watch(running);
  }

  /** Stops a call that runs. Returns whether its client waited for it, or `undefined` if there is no such call. */
  stop(key: string, reason: string): boolean | undefined {
    const running = this.#running.get(key);
    if (running === undefined) return undefined;
    const { isAwaited } = running;
    if (isAwaited) this.#stop(running, reason);
    return isAwaited;
  }

  stopAll(reason: string): void {
    for (const running of this.awaited) this.#stop(running, reason);
  }

  #stop(running: RunningCall, reason: string): void {
    const { message, passage } = running;
    // A recheck that revokes has ended all calls already.
    if (!this.#abandon(running)) return;
    passage.tellServer(cancellation(message.id, reason));
    this.#refuse(running, `stopped while it ran: ${reason}`);
  }

  /** The client cancelled a call. Returns whether it waited for it, so that the server has to stop it. */
  cancel(key: string): boolean {
    const running = this.#running.get(key);
    return running !== undefined && this.#abandon(running);
  }

  /** The client does not wait any more; the id stays reserved until the server answers. Returns whether it waited. */
  #abandon(running: RunningCall): boolean {
    if (!running.isAwaited) return false;
    running.deadline.clear();
    running.isAwaited = false;
    return true;
  }

  /** The server answered a call. Returns it, or `undefined` if there is none. */
  take(key: string): RunningCall | undefined {
    const running = this.#running.get(key);
    running?.deadline.clear();
    this.#running.delete(key);
    return running;
  }

  /** The server ended: it answers nothing any more. */
  clear(): void {
    this.#running.clear();
  }
}
