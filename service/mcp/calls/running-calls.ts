// The calls that the server got and has not answered. The id of a call stays reserved until the server answers it, also if nobody
// waits for that.

import type { Call } from '../../engine/call.ts';
import type { Decision } from '../../engine/engine-session.ts';
import type { Trigger } from '../../log/entry.ts';
import { buildIdKey, type MessageId } from '../protocol/message.ts';
import { limitedDifferently } from '../work/decide-again.ts';
import { UnansweredWork, type WorkOptions } from '../work/unanswered-work.ts';
import type { DecidedCall, RunningCall } from './given-call.ts';
import { combinePermission } from './permission.ts';
import type { RefuseCall } from './refuse-call.ts';

export class RunningCalls {
  readonly #options: WorkOptions;
  readonly #refuse: RefuseCall;
  readonly #running = new Map<string, RunningCall>();

  constructor(options: WorkOptions, refuse: RefuseCall) {
    this.#options = options;
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

  /** Whether a client waits for the answer to any call. */
  get hasAwaited(): boolean {
    return this.all.some(({ work }) => work.isAwaited);
  }

  /** Whether the client waits for the answer to a call. */
  isAwaited(id: MessageId): boolean {
    return this.#running.get(buildIdKey(id))?.work.isAwaited === true;
  }

  /** The decisions of the calls that the server has not answered. */
  get calls(): readonly Call[] {
    return this.all.flatMap(({ calls }) => calls);
  }

  /** Sends the server a call that is permitted. */
  start(decidedCall: DecidedCall, permits: readonly Decision[]): void {
    const { permission, isContradictory } = combinePermission(permits.map(({ answer }) => answer));
    if (isContradictory) {
      const name = String(decidedCall.message.params.name);
      this.#options.session().logRefusal(`${name}: ${limitedDifferently}`);
      if (this.#options.mode === 'enforce') {
        this.#refuse(decidedCall, limitedDifferently);
        return;
      }
    }
    const { message, passage, calls } = decidedCall;
    const key = buildIdKey(message.id);
    const approval = permits.find((permit) => permit.approval)?.approval ?? decidedCall.approval;
    const work = new UnansweredWork(this.#options, {
      id: message.id,
      passage,
      permitted: { calls, approval },
      renew: (newer) => {
        running.permission = newer;
        return undefined;
      },
      refuse: (reason) => this.#refuse(decidedCall, `stopped while it ran: ${reason}`),
      forget: () => void this.take(key),
    });
    const running: RunningCall = { ...decidedCall, approval, permission, work };
    this.#running.set(key, running);
    work.watch(permission.validUntil);
    if (passage.passToServer(decidedCall.bytes, () => running.permission)) return;
    this.take(key);
    const reason = passage.closedReason ?? '';
    this.#options.session().logRefusal(`${String(message.params.name)}: ${reason}`);
    this.#refuse(decidedCall, reason);
  }

  /** Decides all calls again. */
  recheckAll(trigger: Trigger): void {
    const all = this.all.filter(({ work }) => work.isDecided);
    if (all.length === 0) return;
    this.#options.session().recheckTogether(() => {
      for (const { work } of all) work.recheck(trigger);
    });
  }

  /** Stops a call that runs. Returns whether its client waited for it, or `undefined` if there is no such call. */
  stop(key: string, reason: string): boolean | undefined {
    return this.#running.get(key)?.work.stop(reason);
  }

  /** The client has left. */
  refuseAll(reason: string): void {
    for (const { work } of this.all) work.refuse(reason);
  }

  /** No call is permitted any more. */
  stopAll(reason: string): void {
    for (const { work } of this.all) work.stop(reason);
  }

  /** The client does not wait for a call any more. */
  leave(key: string, reason: string): void {
    this.#running.get(key)?.work.leave(reason);
  }

  /** A call that runs, or `undefined` if there is none. */
  find(key: string): RunningCall | undefined {
    return this.#running.get(key);
  }

  /** The server answered a call. Returns it, or `undefined` if there is none. */
  take(key: string): RunningCall | undefined {
    const running = this.#running.get(key);
    running?.work.end();
    this.#running.delete(key);
    return running;
  }

  /** The server ended: it answers nothing any more. */
  clear(): void {
    for (const key of [...this.#running.keys()]) this.take(key);
  }
}
