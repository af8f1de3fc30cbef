// One session of a service: decides actions in it, changes it, and follows its changes.

import type { Members } from '../json/members.ts';
import { type DecisionCallOptions, type OnFailure, requestDecision } from './decide.ts';
import { type Evaluation, readSessionState, type SessionState } from './evaluation.ts';
import {
  type ApprovalOfCall,
  buildApprovalBody,
  type SessionPatch,
  type SessionQuery,
} from './requests.ts';
import type { FollowOptions } from './server-events.ts';
import { followSessionEvents, type SessionEvent } from './session-events.ts';
import type { CallOptions, Transport } from './transport.ts';
import { type Watch, type WatchOptions, watch } from './watch.ts';

export interface SessionClientOptions {
  readonly transport: Transport;
  readonly onFailure: OnFailure;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
}

/** The facts of a session; secrets are masked. */
export interface SessionDetails extends SessionState {
  readonly facts: Members;
}

export class SessionClient {
  readonly id: string;
  readonly #options: SessionClientOptions;
  readonly #path: string;

  /** Throws a `TypeError` for an id that no session can have. */
  constructor(id: string, options: SessionClientOptions) {
    if (id === '' || id === '.' || id === '..') {
      throw new TypeError(`no session can have the id ${JSON.stringify(id)}`);
    }
    this.id = id;
    this.#options = options;
    this.#path = `/sessions/${encodeURIComponent(id)}`;
  }

  /** Decides an action, which becomes part of the history of the session. */
  decide(query: SessionQuery, options: DecisionCallOptions = {}): Promise<Evaluation> {
    const path = `${this.#path}/decide`;
    return requestDecision(this.#options, { path, body: query, headers: {} }, options);
  }

  async read(options: CallOptions = {}): Promise<SessionDetails> {
    const { transport } = this.#options;
    const value = await transport.send({ method: 'GET', path: this.#path, ...options });
    const { facts = {} } = value as { readonly facts?: Members };
    return { ...readSessionState(value), facts };
  }

  patch(part: SessionPatch, options: CallOptions = {}): Promise<SessionState> {
    return this.#change('PATCH', '', part, options);
  }

  /** Records a signal that the policy declares; `occurredAt`: by default now. */
  signal(
    name: string,
    payload: Members = {},
    { occurredAt, ...options }: CallOptions & { readonly occurredAt?: Date } = {},
  ): Promise<SessionState> {
    const at = occurredAt === undefined ? {} : { occurred_at: occurredAt.toISOString() };
    return this.#change('POST', '/signals', { signal: name, payload, ...at }, options);
  }

  /** Approves one call until an instant. */
  approve(approval: ApprovalOfCall, options: CallOptions = {}): Promise<SessionState> {
    return this.#change('POST', '/approvals', buildApprovalBody(approval), options);
  }

  async close(options: CallOptions = {}): Promise<void> {
    const { transport } = this.#options;
    await transport.send({ method: 'DELETE', path: this.#path, ...options });
  }

  /**
   * Yields the state now, and each change, until the session is unknown or `signal` is aborted. After a lost connection
   * the state comes first again.
   */
  changes(options: FollowOptions = {}): AsyncGenerator<SessionEvent, void> {
    const { transport, closed } = this.#options;
    const signal = AbortSignal.any([
      closed,
      ...(options.signal === undefined ? [] : [options.signal]),
    ]);
    const path = `${this.#path}/changes`;
    return followSessionEvents((ending) => transport.open(path, ending), { ...options, signal });
  }

  /** Watches the session by a connection of its own; its signal is aborted when the session is revoked. */
  watch(options: WatchOptions = {}): Watch {
    return watch((following) => this.changes(following), options);
  }

  async #change(
    method: 'POST' | 'PATCH',
    path: string,
    body: object,
    options: CallOptions,
  ): Promise<SessionState> {
    const { transport } = this.#options;
    const call = { method, path: `${this.#path}${path}`, body, ...options };
    return readSessionState(await transport.send(call));
  }
}
