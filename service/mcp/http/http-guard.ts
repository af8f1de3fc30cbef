// The guard of a server over Streamable HTTP: listens for clients, and passes on what is permitted.

import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WaitingBytes } from '../../http/waiting-bytes.ts';
import { isLoopback } from '../../support/loopback.ts';
import { messageOf } from '../../support/message-of.ts';
import type { ClientFacts } from '../client.ts';
import type { Guard } from '../guard.ts';
import { errorCodes, type Message, type MessageProblem, readMessage } from '../message.ts';
import type { Relay } from '../relay.ts';
import { errorReply } from '../replies.ts';
import { headerProblem, isStateless } from './headers.ts';
import { HttpSessions } from './http-sessions.ts';
import { readBody } from './limited-body.ts';
import { OpenStreams } from './open-streams.ts';
import { parameterHeaders, parameterProblem } from './parameter-headers.ts';
import { createReply } from './reply.ts';
import { hasExpired, TokenLeases } from './token-leases.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { Unanswered } from './unanswered.ts';
import { type Exchange, fetchUpstream, listen, type Sent, upstreamPeer } from './upstream.ts';

export interface HttpGuardOptions {
  readonly guard: Guard;
  readonly upstream: URL;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Clients must send it as `Authorization: Bearer`, and the server does not get it; undefined: anybody may call. */
  readonly token: string | undefined;
  /** How clients are identified by their tokens; undefined: all of them are the client of the guard's own facts. */
  readonly verifier?: TokenVerifier | undefined;
  /** Whether the server gets the tokens that were verified. */
  readonly isTokenForwarded?: boolean | undefined;
  readonly maxMessageBytes: number;
  /**
   * The bytes of all bodies and answers that have not arrived or been read completely. Default: 64 MiB, or four of the longest
   * messages.
   */
  readonly maxWaitingBytes?: number | undefined;
  readonly onWarning: (warning: string) => void;
}

export interface HttpGuard {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Rejects if the address cannot be used. */
export async function listenHttp(options: HttpGuardOptions): Promise<HttpGuard> {
  const handler = new Handler(options);
  const server: Server = createServer((request, response) => {
    handler.handle(request, response).catch((error: unknown) => {
      // The client has left before the end of its body.
      if (response.destroyed && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return;
      options.onWarning(`refused a request: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}${options.upstream.pathname}`,
    close: async () => {
      handler.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The least limit of the bytes that wait. */
const minWaitingBytes = 67_108_864;
const maxConnections = 10_000;
const tokenChallenge = 'Bearer error="invalid_token"';
/** How long the server has to end a session, in milliseconds. */
const deletionTimeout = 30_000;

/** Who sent a request. */
interface Sender {
  /** undefined: the client is not identified. */
  readonly client: ClientFacts | undefined;
  /** The relay of the session that the request names; undefined: it names none. */
  readonly known: Relay | undefined;
  /** Whose bytes count together. */
  readonly owner: string;
}

interface ExchangeParts extends Pick<Exchange, 'relay' | 'client' | 'isOwn' | 'unanswered'> {
  readonly facts: ClientFacts | undefined;
  readonly owner: string;
  /** Whether the relay goes on after the response, so that the server can open a session for it. */
  readonly isKept: boolean;
}

interface FoundRelay {
  readonly relay: Relay;
  readonly isKept: boolean;
  /** Called when the response has ended. */
  readonly end: () => void;
}

class Handler {
  readonly #options: HttpGuardOptions;
  readonly #sessions: HttpSessions;
  /** The exchanges that go on, which end with the guard. */
  readonly #unanswered = new Set<Unanswered>();
  readonly #waiting: WaitingBytes;
  readonly #streams = new OpenStreams();
  readonly #leases: TokenLeases;

  constructor(options: HttpGuardOptions) {
    const { maxMessageBytes, onWarning } = options;
    const { maxWaitingBytes = Math.max(minWaitingBytes, 4 * maxMessageBytes) } = options;
    this.#options = options;
    this.#sessions = new HttpSessions(options.guard);
    this.#leases = new TokenLeases(options.verifier);
    this.#waiting = new WaitingBytes(maxWaitingBytes, (owner) =>
      onWarning(`connections of ${owner} were closed: it sends or reads too slowly`),
    );
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const problem = requestProblem(request, this.#options);
    if (problem !== undefined) {
      // The body is not read, so that the connection cannot carry another request.
      response.writeHead(problem.status, { ...problem.headers, connection: 'close' });
      response.end(problem.body);
      return;
    }
    const client = await this.#options.verifier?.(request.headers.authorization);
    if (client !== undefined && 'status' in client) {
      this.#options.onWarning(`refused a token: ${client.problem}`);
      const headers = client.status === 401 ? { 'www-authenticate': tokenChallenge } : {};
      refuse(response, client.status, 'the token cannot be accepted', headers);
      return;
    }
    try {
      await this.#options.guard.announce(client);
    } catch (error) {
      this.#options.onWarning(`refused a client: ${messageOf(error)}`);
      refuse(response, 503, 'it is unknown whether the client may go on');
      return;
    }
    const session = request.headers['mcp-session-id'];
    const known = typeof session === 'string' ? this.#sessions.find(session) : undefined;
    if (typeof session === 'string' && known === undefined) {
      refuse(response, 404, 'this guard knows no such session: initialize a new one');
      return;
    }
    if (client !== undefined && known?.identify(client) === false) {
      refuse(response, 403, 'the session belongs to another subject');
      return;
    }
    const sender = { client, known, owner: ownerOf(request, client) };
    switch (request.method) {
      case 'POST':
        await this.#post(request, response, sender);
        break;
      case 'GET':
        await this.#get(request, response, sender);
        break;
      case 'DELETE':
        await this.#delete(request, response);
        break;
      default:
        response.writeHead(405, { allow: 'GET, POST, DELETE', connection: 'close' }).end();
    }
  }

  close(): void {
    this.#sessions.close();
    this.#waiting.close();
    this.#leases.close();
    for (const each of this.#unanswered) each.abort();
  }

  async #post(request: IncomingMessage, response: ServerResponse, sender: Sender): Promise<void> {
    const { owner } = sender;
    const bytes = await readBody(request, this.#options.maxMessageBytes, (size) =>
      this.#waiting.add({ owner, size, end: () => request.socket.destroy() }),
    );
    if (bytes === undefined) {
      response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
      response.end('the message is too long\n');
      return;
    }
    if (sender.client !== undefined && hasExpired(sender.client)) {
      refuse(response, 401, 'the token has expired', { 'www-authenticate': tokenChallenge });
      return;
    }
    const message = readMessage(bytes);
    const mismatch = message.kind === 'problem' ? undefined : this.#headerProblem(request, message);
    if (mismatch !== undefined) {
      const id = message.kind === 'request' ? message.id : undefined;
      const text = errorReply(id, errorCodes.headerMismatch, mismatch);
      response.writeHead(400, { 'content-type': 'application/json' }).end(text);
      return;
    }
    const id = answerId(message);
    const reply = createReply(response, id);
    const { relay, isKept, end } = this.#relayFor(request, message, sender);
    response.once('close', end);
    let isPassed = false;
    const isOwn = (sent: Sent) => {
      const own = sent.method === undefined || id === undefined || JSON.stringify(sent.id) === id;
      isPassed ||= own;
      return own;
    };
    let release = () => {};
    const unanswered = this.#unansweredFor(
      response,
      (each) => each.leave(),
      () => release(),
    );
    const exchange = this.#exchange(request, response, {
      ...{ relay, isKept, client: reply, isOwn, facts: sender.client, owner, unanswered },
    });
    const server = upstreamPeer(exchange);
    if (message.kind === 'request') {
      release = this.#lease(request, sender, (reason) => {
        relay.stop(message.id, reason, reply, server);
        reply.end(401, { 'www-authenticate': tokenChallenge }, `${reason}\n`);
      });
    }
    relay.fromClient(bytes, reply, server);
    // Nothing answers a notification or a response that the relay refused.
    if (id === undefined && !isPassed) reply.end(202, {}, '');
  }

  #headerProblem({ headers }: IncomingMessage, message: Message): string | undefined {
    const isRequired = isStateless(headers, message);
    const { guard } = this.#options;
    return (
      headerProblem(headers, message) ??
      parameterProblem(headers, message, (name) => guard.findTool(name), isRequired)
    );
  }

  /** A request of 2026-07-28 has a relay of its own; all others that of their session, or of their subject. */
  #relayFor(
    request: IncomingMessage,
    message: Message | { readonly kind: 'problem' },
    { client, known }: Sender,
  ): FoundRelay {
    const { guard } = this.#options;
    if (message.kind !== 'problem' && isStateless(request.headers, message)) {
      const relay = guard.connect(client);
      return { relay, isKept: false, end: () => guard.disconnect(relay) };
    }
    if (known !== undefined) return { relay: known, isKept: true, end: () => {} };
    const isNew = message.kind === 'request' && message.method === 'initialize';
    if (!isNew) return { relay: this.#sessions.openOf(client), isKept: true, end: () => {} };
    // The server answers with the id of a session, or opens none.
    const relay = guard.connect(client);
    return { relay, isKept: true, end: () => this.#sessions.settle(relay, client) };
  }

  /** `end`: called if the token of the client ends before the returned function is called. */
  #lease(
    { headers }: IncomingMessage,
    { client }: Sender,
    end: (reason: string) => void,
  ): () => void {
    if (client === undefined) return () => {};
    return this.#leases.add({ authorization: headers.authorization, client, end });
  }

  /**
   * `onLeft`: called when the client has left, or has got its whole response. `onEnd`: called when the server has answered
   * after that, too.
   */
  #unansweredFor(
    response: ServerResponse,
    onLeft: (each: Unanswered) => void,
    onEnd: () => void,
  ): Unanswered {
    const unanswered = new Unanswered(() => {
      this.#unanswered.delete(unanswered);
      onEnd();
    });
    this.#unanswered.add(unanswered);
    response.once('close', () => onLeft(unanswered));
    return unanswered;
  }

  async #get(request: IncomingMessage, response: ServerResponse, sender: Sender): Promise<void> {
    const { client, known, owner } = sender;
    const relay = known ?? this.#sessions.findOf(client);
    if (relay === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (relay.checkRevocation()) {
      refuse(response, 403, 'access was revoked');
      return;
    }
    const problem = this.#streams.problemOf(owner, client !== undefined);
    if (problem !== undefined) {
      refuse(response, 429, problem);
      return;
    }
    this.#streams.add(owner);
    response.once('close', () => this.#streams.remove(owner));
    const reply = createReply(response, undefined);
    const release = this.#lease(request, sender, (reason) => {
      unanswered.abort();
      // The end of a response to a reader that does not read would stay in memory.
      if (response.writableNeedDrain) response.destroy();
      else reply.end(401, { 'www-authenticate': tokenChallenge }, `${reason}\n`);
    });
    const leave = (each: Unanswered) => {
      each.abort();
      each.leave();
    };
    const unanswered = this.#unansweredFor(response, leave, release);
    const exchange = this.#exchange(request, response, {
      ...{ relay, isKept: true, client: reply, isOwn: () => false, facts: client, owner },
      unanswered,
    });
    try {
      await listen(exchange);
    } catch (error) {
      if (exchange.unanswered.signal.aborted) return;
      this.#options.onWarning(`the stream of the server ended: ${messageOf(error)}`);
      reply.end(502, {}, '');
    }
  }

  async #delete(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const session = request.headers['mcp-session-id'];
    if (typeof session !== 'string') {
      refuse(response, 400, 'the header `Mcp-Session-Id` is missing');
      return;
    }
    const headers = this.#forwarded(request);
    const signal = AbortSignal.timeout(deletionTimeout);
    let status = 502;
    try {
      const answer = await fetchUpstream(this.#options.upstream, {
        ...{ method: 'DELETE', headers, signal },
      });
      status = answer.status;
      // Nothing decides what else it contains.
      await answer.body?.cancel();
    } catch (error) {
      this.#options.onWarning(`the server did not end a session: ${messageOf(error)}`);
    }
    this.#sessions.remove(session);
    response.writeHead(status).end();
  }

  #exchange(
    request: IncomingMessage,
    response: ServerResponse,
    { facts, isKept, owner, ...parts }: ExchangeParts,
  ): Exchange {
    const { guard, upstream, maxMessageBytes, onWarning } = this.#options;
    const unread = { size: () => response.writableLength, end: () => response.destroy() };
    response.once('close', this.#waiting.add({ owner, ...unread }));
    return {
      url: upstream,
      headers: this.#forwarded(request),
      ...parts,
      maxMessageBytes,
      hold: (size, end) => this.#waiting.add({ owner, size, end }),
      parameterHeaders: parameterHeaders((name) => guard.findTool(name)),
      onSession: (id) => {
        if (!isKept) return;
        // A client that has left does not know its session.
        if (!response.destroyed) this.#sessions.add(id, parts.relay, facts);
        if (!response.headersSent) response.setHeader('mcp-session-id', id);
      },
      onWarning,
    };
  }

  /** The headers that the server gets: those of MCP, and the authorization, unless it was for the guard. */
  #forwarded({ headers }: IncomingMessage): Record<string, string> {
    const { token, verifier, isTokenForwarded = false } = this.#options;
    const isOwn = token !== undefined || (verifier !== undefined && !isTokenForwarded);
    const entries = Object.entries(headers).filter(
      ([name]) =>
        name.startsWith('mcp-') ||
        name === 'last-event-id' ||
        name === 'traceparent' ||
        (name === 'authorization' && !isOwn),
    );
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  }
}

function ownerOf({ socket }: IncomingMessage, client: ClientFacts | undefined): string {
  if (client === undefined) return socket.remoteAddress ?? 'unknown clients';
  return `${client.identity.type}:${client.identity.id}`;
}

function refuse(response: ServerResponse, status: number, body: string, headers = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close', ...headers });
  response.end(`${body}\n`);
}

/** The id of the answer to a message as JSON; undefined: it has no answer. */
function answerId(message: Message | MessageProblem): string | undefined {
  if (message.kind === 'request') return JSON.stringify(message.id);
  return message.kind === 'problem' ? JSON.stringify(message.id ?? null) : undefined;
}

interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page of another site may reach a local port: its origin, or the name that it used, is another. */
function requestProblem(
  { headers, url = '/' }: IncomingMessage,
  { upstream, host, token }: HttpGuardOptions,
): Refused | undefined {
  const refused = (status: number, body: string, more = {}): Refused => ({
    status,
    headers: { 'content-type': 'text/plain', ...more },
    body: `${body}\n`,
  });
  const { origin, host: named = '', authorization } = headers;
  const isLocal = isLoopback(host);
  if (isLocal && !isLoopback(named.replace(/:\d+$/, ''))) return refused(403, 'unknown host');
  if (origin !== undefined && !(isLocal && isLoopback(hostOf(origin)))) {
    return refused(403, 'requests of this origin are not permitted');
  }
  if (token !== undefined && !isEqual(authorization ?? '', `Bearer ${token}`)) {
    return refused(401, 'a bearer token is required', { 'www-authenticate': 'Bearer' });
  }
  const { pathname } = new URL(url, 'http://localhost');
  return pathname === upstream.pathname ? undefined : refused(404, 'not found');
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}

/** Takes the same time for all texts of a length. */
function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
