// The requests of the client, other than calls of tools, that the server has not answered. Those that the policy decided are
// decided again like calls that run: a subscription goes on for as long as it is permitted.

import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import type { Trigger } from '../../log/entry.ts';
import type { ClientFacts } from '../client.ts';
import { Deadline, decideAgain, type PermittedWork } from '../decide-again.ts';
import { errorCodes, type MessageId, type RequestMessage } from '../message.ts';
import type { Method } from '../methods.ts';
import { OpenRequests } from '../open-requests.ts';
import type { Passage } from '../passage.ts';
import type { RelayOptions } from '../relay-options.ts';
import { cancellation, errorReply } from '../replies.ts';

export interface PendingRequest {
  readonly request: RequestMessage;
  readonly method: Method;
  /** The client when it sent the request. */
  readonly facts: ClientFacts;
  readonly passage: Passage;
  /** Its decision, or `undefined` if it needed none. */
  readonly permitted: PermittedRequest | undefined;
}

export interface PermittedRequest extends PermittedWork {
  /** Milliseconds since the epoch, or `undefined` if its answer has no end. */
  readonly validUntil: number | undefined;
}

interface Pending extends PendingRequest {
  readonly deadline: Deadline;
}

export class PendingRequests {
  readonly #options: Pick<RelayOptions, 'mode' | 'now'>;
  readonly #session: () => EngineSession;
  readonly #open = new OpenRequests<Pending>();

  constructor(options: Pick<RelayOptions, 'mode' | 'now'>, session: () => EngineSession) {
    this.#options = options;
    this.#session = session;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The length of the requests that are not answered. */
  get bytes(): number {
    return this.#open.bytes;
  }

  get isIdle(): boolean {
    return this.#open.awaited.length === 0;
  }

  /** Whether the id is reserved. */
  has(id: MessageId): boolean {
    return this.#open.has(id);
  }

  /** Whether the client waits for the answer to the request with exactly this id. */
  isAwaited(id: MessageId): boolean {
    return this.#open.find(id) !== undefined;
  }

  /** The decisions of the requests that the client waits for. */
  get calls(): readonly Call[] {
    return this.#open.awaited.flatMap(({ permitted }) => permitted?.calls ?? []);
  }

  /** `bytes`: the length of the request. */
  add(given: PendingRequest, bytes: number): void {
    const pending: Pending = { ...given, deadline: new Deadline() };
    this.#open.add(given.request.id, pending, bytes);
    this.#watch(pending, given.permitted?.validUntil);
  }

  /** Decides the request again when its answer ends. */
  #watch(pending: Pending, validUntil: number | undefined): void {
    const { mode, now } = this.#options;
    const end = mode === 'observe' ? undefined : validUntil;
    pending.deadline.set(end, now(), () => this.#recheck(pending, 'time'));
  }

  /** Decides all requests that the client waits for again. */
  recheckAll(trigger: Trigger): void {
    const all = this.#open.awaited.filter(({ permitted }) => permitted !== undefined);
    if (all.length === 0) return;
    this.#session().recheckTogether(() => {
      for (const pending of all) this.#recheck(pending, trigger);
    });
  }

  #recheck(pending: Pending, trigger: Trigger): void {
    const { permitted, request } = pending;
    if (permitted === undefined || this.#open.find(request.id) !== pending) return;
    const permission = decideAgain(this.#session(), permitted, trigger);
    if (typeof permission === 'string') this.stop(request.id, permission);
    else this.#watch(pending, permission.validUntil);
  }

  /** Stops a request: its client gets a refusal, and the server a cancellation. Returns whether the client waited for it. */
  stop(id: MessageId, reason: string): boolean {
    const pending = this.#open.find(id);
    if (pending === undefined || !this.cancel(id)) return false;
    pending.passage.tellServer(cancellation(id, reason));
    pending.passage.tellClient(errorReply(id, errorCodes.denied, `not permitted: ${reason}`));
    return true;
  }

  /** Stops all requests that the policy decided: access was revoked, or the client has left. */
  stopPermitted(reason: string): void {
    for (const { request, permitted } of this.#open.awaited) {
      if (permitted !== undefined) this.stop(request.id, reason);
    }
  }

  /** The client cancelled the request. Returns whether its answer was waited for, so that the server has to stop it. */
  cancel(id: MessageId): boolean {
    this.#open.find(id)?.deadline.clear();
    return this.#open.abandon(id);
  }

  /** The answer came. Returns the request, `abandoned` if nobody waits for the answer, or `undefined` if there is none. */
  take(id: MessageId): PendingRequest | 'abandoned' | undefined {
    const pending = this.#open.take(id);
    if (typeof pending === 'object') pending.deadline.clear();
    return pending;
  }

  /** The server ended: it answers nothing any more. */
  serverEnded(): void {
    for (const { request, passage, deadline } of this.#open.awaited) {
      deadline.clear();
      passage.tellClient(errorReply(request.id, errorCodes.internal, 'the server ended'));
    }
    this.#open.clear();
  }
}
