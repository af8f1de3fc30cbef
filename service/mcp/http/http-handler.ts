// Handles the HTTP requests of clients: identifies who sent each, finds its session of MCP, and refuses whom the guard does not
// serve.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { ClientFacts } from '../client.ts';
import type { Relay } from '../relay.ts';
import { Exchanges } from './exchanges/exchanges.ts';
import type { HttpGuardOptions } from './http-guard-options.ts';
import { HttpSessions } from './http-sessions.ts';
import { findRequestProblem } from './request-problem.ts';
import { sendRefusal, tokenChallenge } from './send-refusal.ts';
import { identifyOwner, type Sender } from './sender.ts';
import { openStream } from './streams/open-stream.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { takePost } from './take-post.ts';
import { fetchUpstream } from './upstream/fetch-upstream.ts';
import { waitForStops } from './upstream/wait-for-stops.ts';

/** How long the server has to take the cancellations of a session before its end, and before that of the guard, in milliseconds. */
const deletionStopPeriod = 5_000;
const closingPeriod = 2_000;
/** How long the server has to end a session, in milliseconds. */
const deletionTimeout = 30_000;

export class HttpHandler {
  readonly #options: HttpGuardOptions;
  readonly #sessions: HttpSessions;
  readonly #exchanges: Exchanges;
  readonly #streams = new OpenStreams();
  #isClosing = false;

  constructor(options: HttpGuardOptions) {
    this.#options = options;
    this.#sessions = new HttpSessions(options.guard);
    this.#exchanges = new Exchanges(options, this.#sessions);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#isClosing) {
      sendRefusal(response, 503, 'the guard ends');
      return;
    }
    const problem = findRequestProblem(request, this.#options);
    if (problem !== undefined) {
      // The body is not read, so that the connection cannot carry another request.
      response.writeHead(problem.status, { ...problem.headers, connection: 'close' });
      response.end(problem.body);
      return;
    }
    const sender = await this.#identifySender(request, response);
    if (sender === undefined) return;
    switch (request.method) {
      case 'POST': {
        const { guard } = this.#options;
        const parts = { guard, sessions: this.#sessions, exchanges: this.#exchanges };
        await takePost(request, response, sender, parts);
        break;
      }
      case 'GET':
        await this.#get(request, response, sender);
        break;
      case 'DELETE':
        await this.#delete(request, response, sender);
        break;
      default:
        response.writeHead(405, { allow: 'GET, POST, DELETE', connection: 'close' }).end();
    }
  }

  /** The guard ends: what runs is cancelled, and nobody is served any more. Resolves when the server has had some time to take it. */
  async close(): Promise<void> {
    const { guard, onWarning } = this.#options;
    this.#isClosing = true;
    guard.stopAll('the guard ends');
    if (!(await waitForStops(guard, closingPeriod))) {
      onWarning('the server has not taken the cancellation of what runs: its work may go on');
    }
    this.#sessions.close();
    this.#exchanges.close();
  }

  /** Resolves with who sent a request, or `undefined` if it was refused. */
  async #identifySender(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Sender | undefined> {
    const { verifier, onWarning } = this.#options;
    const client = await verifier?.(request.headers.authorization);
    if (client !== undefined && 'status' in client) {
      onWarning(`refused a token: ${client.problem}`);
      const headers = client.status === 401 ? tokenChallenge : {};
      sendRefusal(response, client.status, 'the token cannot be accepted', headers);
      return undefined;
    }
    try {
      await this.#options.guard.announce(client);
    } catch (error) {
      onWarning(`refused a client: ${formatErrorMessage(error)}`);
      sendRefusal(response, 503, 'it is unknown whether the client may go on');
      return undefined;
    }
    return this.#withRelay(request, response, client);
  }

  #withRelay(
    request: IncomingMessage,
    response: ServerResponse,
    client: ClientFacts | undefined,
  ): Sender | undefined {
    const session = request.headers['mcp-session-id'];
    const known = typeof session === 'string' ? this.#sessions.find(session) : undefined;
    if (typeof session === 'string' && known === undefined) {
      sendRefusal(response, 404, 'this guard knows no such session: initialize a new one');
      return undefined;
    }
    if (client !== undefined && known?.isClient(client) === false) {
      sendRefusal(response, 403, 'the session belongs to another subject');
      return undefined;
    }
    return { client, known, owner: identifyOwner(request, client) };
  }

  async #get(request: IncomingMessage, response: ServerResponse, sender: Sender): Promise<void> {
    const relay = sender.known ?? this.#sessions.findRelay(sender.client);
    if (relay === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (this.#isClosed(relay, 'the stream of the server', response, sender)) return;
    const { onWarning } = this.#options;
    const parts = { streams: this.#streams, exchanges: this.#exchanges, onWarning };
    await openStream(request, response, sender, { relay, ...parts });
  }

  /** Whether the client may not be served, so that the request was refused. */
  #isClosed(
    relay: Relay,
    what: string,
    response: ServerResponse,
    { client }: Pick<Sender, 'client'>,
  ): boolean {
    const reason = relay.explainClosing(client);
    if (reason === undefined) return false;
    relay.refuse(`${what}: ${reason}`);
    sendRefusal(response, relay.isRevoked ? 403 : 503, reason);
    return true;
  }

  async #delete(request: IncomingMessage, response: ServerResponse, sender: Sender): Promise<void> {
    const session = request.headers['mcp-session-id'];
    if (typeof session !== 'string' || sender.known === undefined) {
      sendRefusal(response, 400, 'the header `Mcp-Session-Id` is missing');
      return;
    }
    if (this.#isClosed(sender.known, 'the end of a session', response, sender)) return;
    // The server takes no cancellation of a call or a task for a session that has ended.
    this.#sessions.remove(session);
    if (!(await waitForStops(sender.known, deletionStopPeriod))) {
      sendRefusal(response, 503, 'the server has not taken the cancellation of what runs');
      return;
    }
    const headers = this.#exchanges.selectForwarded(request);
    const signal = AbortSignal.timeout(deletionTimeout);
    let status = 502;
    try {
      const answer = await fetchUpstream(this.#options.upstream, {
        method: 'DELETE',
        headers,
        signal,
      });
      status = answer.status;
      // Nothing decides what else it contains.
      await answer.body?.cancel();
    } catch (error) {
      this.#options.onWarning(`the server did not end a session: ${formatErrorMessage(error)}`);
    }
    response.writeHead(status).end();
  }
}
