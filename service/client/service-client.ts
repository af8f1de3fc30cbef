// The client of a service: evaluations, searches and sessions over HTTP, by `fetch` alone, so that it runs in Node, browsers,
// Deno, Bun and workers. An evaluation that cannot be had is a denial, unless the caller prefers the error.

import { isMembers, type Members } from '../json/members.ts';
import { type DecisionCallOptions, type OnFailure, requestDecision } from './decide.ts';
import {
  createDenial,
  type Evaluation,
  readEvaluation,
  readSessionState,
  type SessionState,
} from './evaluation.ts';
import {
  type ApprovalOfCall,
  buildApprovalBody,
  type EvaluationRequest,
  type EvaluationsRequest,
  type SearchRequests,
  type SessionOpening,
} from './requests.ts';
import { type FoundEntities, search } from './search.ts';
import { type FollowOptions, followServerEvents, type ServerEvent } from './server-events.ts';
import { createInvalidAnswerError, ServiceError } from './service-error.ts';
import { SessionClient } from './session-client.ts';
import { followServiceEvents, type ServiceEvent } from './session-events.ts';
import { type CallOptions, Transport, type TransportOptions } from './transport.ts';

export interface ServiceClientOptions extends TransportOptions {
  /** Whether an evaluation that cannot be had is a denial or an error. Default: `deny`. */
  readonly onFailure?: OnFailure;
}

export interface EvaluateOptions extends DecisionCallOptions {
  /** The id of the session that decides it. */
  readonly session?: string | undefined;
}

/** The header that names the session which decides an evaluation. */
const sessionHeader = 'nhipol-session';

export class ServiceClient {
  readonly #transport: Transport;
  readonly #onFailure: OnFailure;
  readonly #closing = new AbortController();

  constructor({ onFailure = 'deny', ...options }: ServiceClientOptions) {
    this.#transport = new Transport(options);
    this.#onFailure = onFailure;
  }

  /** Decides a request, in a session if one is named. */
  evaluate(request: EvaluationRequest, options: EvaluateOptions = {}): Promise<Evaluation> {
    const { session, ...rest } = options;
    const headers = createHeaders(session);
    return requestDecision(
      this.#parts,
      { path: '/access/v1/evaluation', body: request, headers },
      rest,
    );
  }

  /**
   * Decides several requests, and returns their evaluations in the same order. With a semantic that stops early, the
   * evaluations after it are missing.
   */
  async evaluations(
    request: EvaluationsRequest,
    { session, onFailure = this.#onFailure, traceparent, ...options }: EvaluateOptions = {},
  ): Promise<readonly Evaluation[]> {
    const { evaluations: items, options: batch } = request;
    if (items.length === 0) return [];
    const isShort = (batch?.evaluations_semantic ?? 'execute_all') !== 'execute_all';
    const traced = traceparent === undefined ? {} : { traceparent };
    try {
      const path = '/access/v1/evaluations';
      const headers = { ...createHeaders(session), ...traced };
      const call = { method: 'POST', path, body: request, headers, ...options } as const;
      const evaluations = readList(await this.#transport.send(call), 'evaluations').map(
        readEvaluation,
      );
      const isComplete = isShort
        ? evaluations.length <= items.length
        : evaluations.length === items.length;
      if (!isComplete || evaluations.length === 0) {
        throw createInvalidAnswerError('the response has another number of evaluations');
      }
      return evaluations;
    } catch (error) {
      if (onFailure === 'throw' || !(error instanceof ServiceError)) throw error;
      return items.map(() => createDenial(error));
    }
  }

  /** Yields the entities for which a request would be permitted. Each page is requested when it is needed. */
  search<Kind extends keyof SearchRequests>(
    kind: Kind,
    request: SearchRequests[Kind],
    options: CallOptions & { readonly pageSize?: number } = {},
  ): AsyncGenerator<FoundEntities[Kind], void> {
    return search(this.#transport, kind, request, options);
  }

  /** Approves one evaluation without a session, once. Returns the id of the approval. */
  async approve(approval: ApprovalOfCall, options: CallOptions = {}): Promise<string> {
    const call = { method: 'POST', path: '/approvals', body: buildApprovalBody(approval) } as const;
    const value = await this.#transport.send({ ...call, ...options });
    if (isMembers(value) && typeof value.id === 'string') return value.id;
    throw createInvalidAnswerError('the response is not an approval');
  }

  /** Opens a session with what is known about an identity. */
  async open(
    opening: SessionOpening,
    options: CallOptions = {},
  ): Promise<{ readonly session: SessionClient; readonly state: SessionState }> {
    const call = { method: 'POST', path: '/sessions', body: opening, ...options } as const;
    const state = readSessionState(await this.#transport.send(call));
    return { session: this.session(state.id), state };
  }

  /** A session that is open. Nothing is requested. */
  session(id: string): SessionClient {
    return new SessionClient(id, { ...this.#parts, closed: this.#closing.signal });
  }

  /** Yields the open sessions in the order of their ids. */
  async *sessions(options: CallOptions = {}): AsyncGenerator<SessionState, void> {
    for (let after: unknown = ''; typeof after === 'string'; ) {
      const path = `/sessions?limit=1000&after=${encodeURIComponent(after)}`;
      const page = await this.#transport.send({ method: 'GET', path, ...options });
      yield* readList(page, 'sessions').map(readSessionState);
      after = (page as Members).next_after;
    }
  }

  /** Yields the changes of all sessions. After `connected`, changes of before may have been missed. */
  changes(options: FollowOptions = {}): AsyncGenerator<ServiceEvent, void> {
    const closed = this.#closing.signal;
    const signals = options.signal === undefined ? [closed] : [closed, options.signal];
    const open = (ending: AbortSignal) => this.#transport.open('/changes', ending);
    return followServiceEvents(open, { ...options, signal: AbortSignal.any(signals) });
  }

  /** Yields the security events that arrive at the service, as the stream at `/signals` describes them. */
  arrivals(options: FollowOptions = {}): AsyncGenerator<ServerEvent, void> {
    const closed = this.#closing.signal;
    const signals = options.signal === undefined ? [closed] : [closed, options.signal];
    const open = (ending: AbortSignal) => this.#transport.open('/signals', ending);
    return followServerEvents(open, { ...options, signal: AbortSignal.any(signals) });
  }

  /** Ends everything that follows sessions. */
  close(): void {
    this.#closing.abort();
  }

  get #parts() {
    return { transport: this.#transport, onFailure: this.#onFailure };
  }
}

function createHeaders(session: string | undefined): Record<string, string> {
  return session === undefined ? {} : { [sessionHeader]: session };
}

function readList(value: unknown, name: string): readonly unknown[] {
  const list = isMembers(value) ? value[name] : undefined;
  if (Array.isArray(list)) return list;
  throw createInvalidAnswerError(`the response has no ${name}`);
}
