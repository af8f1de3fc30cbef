// The calls of tools of one client, from its request to the answer of the server. A call reaches the server only if it was
// permitted. Its tool is listed first if it is not known.

import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { Trigger } from '../../log/entry.ts';
import type { Passage } from '../passage.ts';
import {
  buildIdKey,
  errorCodes,
  listIdSpellings,
  type MessageId,
  type ResponseMessage,
} from '../protocol/message.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import type { ServerQuestions } from '../questions/server-questions.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { ToolLister } from '../tools/tool-lister.ts';
import { answerLost, cancelledByClient } from '../work/unanswered-work.ts';
import { CallDecisions } from './call-decisions.ts';
import { CallResults } from './call-results.ts';
import type { GivenCall } from './given-call.ts';
import { createCallRefuser, type RefuseCall } from './refuse-call.ts';
import { RunningCalls } from './running-calls.ts';

export interface ToolCallsOptions {
  readonly options: RelayOptions;
  readonly session: () => EngineSession;
  /** Called when a call is forgotten whose answer was lost. */
  readonly onForgotten: () => void;
  readonly lister: ToolLister;
  readonly questions: ServerQuestions;
}

export class ToolCalls {
  readonly #options: RelayOptions;
  readonly #session: () => EngineSession;
  readonly #lister: ToolLister;
  readonly #refuse: RefuseCall;
  /** Calls that wait for the list of tools, by their ids. */
  readonly #waiting = new Map<string, GivenCall>();
  readonly #running: RunningCalls;
  readonly #decisions: CallDecisions;
  readonly #results: CallResults;

  constructor({ options, session, onForgotten, lister, questions }: ToolCallsOptions) {
    this.#options = options;
    this.#session = session;
    this.#lister = lister;
    this.#refuse = createCallRefuser(options);
    this.#running = new RunningCalls({ ...options, session, onForgotten }, this.#refuse);
    const shared = { running: this.#running, refuse: this.#refuse };
    const parts = { options, session, lister, questions, ...shared };
    this.#decisions = new CallDecisions(parts);
    this.#results = new CallResults(parts);
  }

  call(given: GivenCall): void {
    const { message, passage } = given;
    const { name, arguments: values = {} } = message.params;
    if (typeof name !== 'string' || !isMembers(values)) {
      this.#session().logRefusal('a call without a name or with invalid arguments');
      const text = 'a call has a `name`, a string, and `arguments`, an object';
      passage.tellClient(createErrorResponse(message.id, errorCodes.invalidParams, text));
      return;
    }
    const state = this.#options.inventory.find(name);
    if (state.kind !== 'unlisted') {
      this.#decisions.start(given, name, state);
      return;
    }
    const key = buildIdKey(message.id);
    this.#waiting.set(key, given);
    this.#lister.list(message.params, passage, () => {
      // The call may be cancelled, and its id be that of another one.
      if (this.#waiting.get(key) !== given) return;
      this.#waiting.delete(key);
      const { closedReason } = passage;
      if (closedReason !== undefined) this.refuseClosed(given, closedReason);
      else this.#decisions.start(given, name, this.#options.inventory.find(name));
    });
  }

  /** Refuses a call of a client that may not be served. */
  refuseClosed(
    given: Pick<GivenCall, 'message' | 'traits' | 'passage'>,
    closedReason: string,
  ): void {
    const { method, params } = given.message;
    this.#session().logRefusal(`${method} ${JSON.stringify(params.name)}: ${closedReason}`);
    this.#refuse(given, closedReason);
  }

  /** Whether an id of the client is that of a call which the client or the server waits for, in any spelling. */
  isOpen(id: MessageId): boolean {
    return listIdSpellings(id).some(
      (key) => this.#waiting.has(key) || this.#running.has(key) || this.#decisions.asked.has(key),
    );
  }

  /** Whether the server carries out a call whose answer the client waits for. */
  isAwaited(id: MessageId): boolean {
    return this.#running.isAwaited(id);
  }

  /** Whether the server has answered all calls that it got. */
  get isAnswered(): boolean {
    return this.#running.size === 0;
  }

  /** The number of calls that have no answer of the server. */
  get size(): number {
    return this.#waiting.size + this.#running.size + this.#decisions.asked.size;
  }

  /** The length of these calls, in bytes. */
  get bytes(): number {
    let sum = 0;
    for (const calls of [this.#waiting.values(), this.#running.all, this.#decisions.asked.all]) {
      for (const { bytes } of calls) sum += bytes.length;
    }
    return sum;
  }

  /** Whether no call waits for the server. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && !this.#running.hasAwaited;
  }

  /** Whether the guard asked the client with this id. */
  isAsking(id: MessageId): boolean {
    return this.#decisions.asked.isAsking(id);
  }

  /** Whether the message is the answer to a question of the guard. */
  takeAnswer(message: ResponseMessage, closedReason: string | undefined): boolean {
    return this.#decisions.asked.takeAnswer(message, closedReason);
  }

  /** The client cancelled a call, or left it. */
  cancel(requestId: MessageId, passage: Passage, reason = cancelledByClient): void {
    const key = buildIdKey(requestId);
    if (this.#decisions.asked.cancel(key, passage) || this.#waiting.delete(key)) return;
    this.#running.leave(key, reason);
  }

  /** Ends a call for another reason than a decision: its client gets a refusal. Returns whether the client waited for it. */
  stopOne(id: MessageId, reason: string): boolean {
    const key = buildIdKey(id);
    const hasWaited = this.#running.stop(key, reason);
    if (hasWaited !== undefined) return hasWaited;
    const open = [...this.#waiting.values(), ...this.#decisions.asked.all];
    const given = open.find(({ message }) => buildIdKey(message.id) === key);
    if (given === undefined) return false;
    this.cancel(id, given.passage);
    this.#refuse(given, reason);
    return true;
  }

  /**
   * Whether the message is the answer of the server to a call. `passage`: where the answer goes, which may be another
   * connection of the client than that of the call.
   */
  complete(message: ResponseMessage, bytes: Uint8Array, passage: Passage): boolean {
    const called = this.#running.take(message.id === null ? '' : buildIdKey(message.id));
    if (called === undefined) return false;
    this.#results.complete(called, message, bytes, passage);
    return true;
  }

  /**
   * The answer to a call cannot come by its connection any more: its client gets an error, and the server a cancellation. Returns false if
   * there is no such call.
   */
  lose(message: ResponseMessage, bytes: Uint8Array, passage: Passage): boolean {
    const lost = this.#running.find(message.id === null ? '' : buildIdKey(message.id));
    if (lost === undefined) return false;
    const { isAwaited } = lost.work;
    // The outcome that is recorded may restrict the call itself, whose client gets the error.
    lost.work.lose(answerLost);
    if (isAwaited)
      this.#results.complete({ ...lost, work: { isAwaited } }, message, bytes, passage);
    return true;
  }

  /** Whether the server has not taken the cancellation of a call. */
  get isStopping(): boolean {
    return this.#running.all.some(({ work }) => work.isStopping);
  }

  /** The calls that the server has not answered. */
  get running(): readonly Call[] {
    return this.#running.calls;
  }

  /**
   * Records a message of the server that reaches the client now: it may be about each call that the server has not answered,
   * or goes on with as a task, also if the client made it by another connection. `others`: the calls that it is about besides. Returns whether the
   * client may get it.
   */
  deliver(others: readonly Call[], bytes: number): boolean {
    const calls = new Set([...this.#session().runningCalls, ...others]);
    return this.deliverResult([...calls], bytes);
  }

  /** The same for a message that is about these calls alone. */
  deliverResult(calls: readonly Call[], bytes: number): boolean {
    return this.#results.recordDelivery(calls, bytes);
  }

  /** The calls that go on as the task that a message names. */
  callsOfTask({ taskId }: Members): readonly Call[] {
    if (taskId === undefined) return [];
    return this.#options.state.serverTasks.listCalls(this.#session(), taskId);
  }

  /** Decides all calls that run again: something changed that may restrict them. */
  recheckAll(trigger: Trigger): void {
    this.#running.recheckAll(trigger);
  }

  /** The server ended: it answers nothing any more. */
  serverEnded(): void {
    this.end('the server ended');
    this.#running.clear();
  }

  /** Nothing is permitted any more: stops what runs, and refuses what waits. */
  end(reason: string): void {
    this.#running.stopAll(reason);
    this.#refuseWaiting(reason);
  }

  /** The client has left: what runs is cancelled, and stays under the decision until the server has answered. */
  leave(reason: string): void {
    this.#running.refuseAll(reason);
    this.#refuseWaiting(reason);
  }

  #refuseWaiting(reason: string): void {
    for (const given of this.#waiting.values()) this.#refuse(given, reason);
    this.#waiting.clear();
    this.#decisions.asked.end(reason);
    this.#lister.end();
  }
}
