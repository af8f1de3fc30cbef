// The requests of the client, other than calls of tools, that the server has not answered. Those that the policy decided are
// decided again like calls that run: a subscription goes on for as long as it is permitted.

import type { Call } from '../../engine/call.ts';
import type { Trigger } from '../../log/entry.ts';
import { limitProblem } from '../calls/limited-result.ts';
import type { Permission } from '../calls/permission.ts';
import type { ClientFacts } from '../client.ts';
import type { Passage } from '../passage.ts';
import {
  buildIdKey,
  errorCodes,
  type MessageId,
  type RequestMessage,
} from '../protocol/message.ts';
import type { ClientMethod } from '../protocol/methods.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { PermittedWork } from '../work/decide-again.ts';
import { OpenRequests } from '../work/open-requests.ts';
import { cancelledByClient, UnansweredWork, type WorkOptions } from '../work/unanswered-work.ts';

export interface PendingRequest {
  readonly request: RequestMessage;
  readonly method: ClientMethod;
  /** The client when it sent the request. */
  readonly facts: ClientFacts;
  readonly passage: Passage;
  /** Its decision, or `undefined` if it needed none. */
  readonly permitted: PermittedRequest | undefined;
}

export interface PermittedRequest extends PermittedWork {
  /** When it was decided first. */
  readonly permission: Permission;
}

interface AnsweredRequest extends PendingRequest {
  /** Whether the client waits for the answer. */
  readonly isAwaited: boolean;
}

interface Pending extends PendingRequest {
  /** As the request was decided last. */
  permission: Permission | undefined;
  readonly work: UnansweredWork;
}

type PendingOptions = WorkOptions & Pick<RelayOptions, 'resultLimits'>;

const subscribing = 'subscriptions/listen';

export class PendingRequests {
  readonly #options: PendingOptions;
  readonly #open = new OpenRequests<Pending>();

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The length of the requests that are not answered. */
  get bytes(): number {
    return this.#open.bytes;
  }

  /** Whether the client waits for no answer. */
  get isIdle(): boolean {
    return !this.#open.all.some(({ work }) => work.isAwaited);
  }

  /** Whether the server has answered all requests that the policy decided. */
  get isAnswered(): boolean {
    return this.#permitted.length === 0;
  }

  /** Whether the id is reserved. */
  has(id: MessageId): boolean {
    return this.#open.has(id);
  }

  /** Whether the client waits for the answer to the request with exactly this id. */
  isAwaited(id: MessageId): boolean {
    return this.#open.find(id)?.work.isAwaited === true;
  }

  /** Whether the client waits for what a subscription sends it. `id`: `undefined` for any that the client has open. */
  isSubscribed(id: MessageId | undefined): boolean {
    const named = id === undefined ? undefined : this.#open.findInAnySpelling(id);
    const open = id === undefined ? this.#open.all : named === undefined ? [] : [named];
    const subscriptions = open.filter(({ request }) => request.method === subscribing);
    // Before 2026-07-28, nothing is sent for a subscription that is open.
    const isNone = id === undefined && subscriptions.length === 0;
    return (
      isNone || (subscriptions.length > 0 && subscriptions.every(({ work }) => work.isAwaited))
    );
  }

  /** The task that an open request with this id is about, or `undefined` if it is about none. */
  findTask(id: MessageId): unknown {
    return this.#open.find(id)?.request.params.taskId;
  }

  /** Refuses the requests about a task that was stopped. Returns those whose client waited. */
  stopTask(taskId: string, reason: string): readonly RequestMessage[] {
    const about = this.#open.all.filter(({ request: { method, params } }) => {
      return method.startsWith('tasks/') && params.taskId === taskId;
    });
    return about.filter(({ work }) => work.refuse(reason)).map(({ request }) => request);
  }

  /** The decisions of the requests that the server has not answered. */
  get calls(): readonly Call[] {
    return this.#permitted.flatMap(({ permitted }) => permitted?.calls ?? []);
  }

  get #permitted(): readonly Pending[] {
    return this.#open.all.filter(({ permitted }) => permitted !== undefined);
  }

  /** `bytes`: the length of the request. Returns a function for its latest permission, or `undefined` if it needs none. */
  add(given: PendingRequest, bytes: number): (() => Permission) | undefined {
    const { request, passage, permitted } = given;
    const { id } = request;
    const work = new UnansweredWork(this.#options, {
      id,
      passage,
      permitted,
      renew: (newer) => this.#renew(pending, newer),
      refuse: (reason) =>
        passage.tellClient(createErrorResponse(id, errorCodes.denied, `not permitted: ${reason}`)),
      forget: () => void this.take(id),
    });
    const pending: Pending = { ...given, permission: permitted?.permission, work };
    this.#open.add(id, pending, bytes);
    work.watch(permitted?.permission.validUntil);
    return permitted && (() => pending.permission ?? permitted.permission);
  }

  /** Takes a newer permission. Returns why the request cannot go on with it: its result would pass without a limit. */
  #renew(pending: Pending, newer: Permission): string | undefined {
    pending.permission = newer;
    const problem = limitProblem(newer, this.#options);
    if (problem === undefined) return undefined;
    const { method, id } = pending.request;
    this.#options.session().logRefusal(`${method} ${buildIdKey(id)}: ${problem}`);
    return problem;
  }

  /** Decides all requests again. */
  recheckAll(trigger: Trigger): void {
    const all = this.#permitted.filter(({ work }) => work.isDecided);
    if (all.length === 0) return;
    this.#options.session().recheckTogether(() => {
      for (const { work } of all) work.recheck(trigger);
    });
  }

  /** Stops a request: the server gets a cancellation. Returns whether the client waited for it. */
  stop(id: MessageId, reason: string): boolean {
    return this.#open.find(id)?.work.stop(reason) === true;
  }

  /** Whether the server has not taken the cancellation of a request. */
  get isStopping(): boolean {
    return this.#open.all.some(({ work }) => work.isStopping);
  }

  /**
   * The answer to a request that the policy decided cannot come by its connection any more. Returns the request, or `undefined` if it
   * can be forgotten, because it needed no decision or began the connection.
   */
  findLost(id: MessageId): Pending | undefined {
    const pending = this.#open.find(id);
    const isKept = pending?.permitted !== undefined && pending.request.method !== 'initialize';
    return isKept ? pending : undefined;
  }

  /** Nothing is permitted any more: stops all requests that the policy decided. */
  end(reason: string): void {
    for (const { work } of this.#permitted) work.stop(reason);
  }

  /** The client has left: what the policy decided is cancelled, and stays under the decision until the server has answered. */
  leave(reason: string): void {
    for (const { work } of this.#permitted) work.refuse(reason);
  }

  /** The client does not wait for a request any more: one that the policy decided is cancelled. */
  leaveOne(id: MessageId, reason: string): void {
    const pending = this.#open.find(id);
    if (pending?.permitted !== undefined) pending.work.leave(reason);
  }

  /** The client cancelled a request. */
  cancel(id: MessageId): void {
    this.#open.find(id)?.work.leave(cancelledByClient);
  }

  /** The answer came. Returns the request, or `undefined` if there is none. */
  take(id: MessageId): AnsweredRequest | undefined {
    const pending = this.#open.take(id);
    if (typeof pending !== 'object') return undefined;
    pending.work.end();
    return { ...pending, isAwaited: pending.work.isAwaited };
  }

  /** The server ended: it answers nothing any more. */
  serverEnded(): void {
    for (const { request, passage, work } of this.#open.all) {
      work.end();
      if (!work.isAwaited) continue;
      passage.tellClient(createErrorResponse(request.id, errorCodes.internal, 'the server ended'));
    }
    this.#open.clear();
  }
}
