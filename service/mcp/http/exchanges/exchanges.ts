// The exchanges of a guard over HTTP: for each request of a client the way to the server and back, with what limits it: the bytes
// that wait, the token of the client, and the time for which the server may still answer when the client has left.

import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WaitingBytes } from '../../../http/waiting-bytes.ts';
import type { Relay } from '../../relay.ts';
import { createParameterHeaders } from '../headers/parameter-headers.ts';
import type { HttpGuardOptions } from '../http-guard-options.ts';
import type { HttpSessions } from '../http-sessions.ts';
import { readBody } from '../limited-body.ts';
import type { Sender } from '../sender.ts';
import { MessageTurns } from '../upstream/message-turns.ts';
import type { Exchange } from './exchange.ts';
import { LatestRequests } from './latest-requests.ts';
import { LeftRequests } from './left-requests.ts';
import { TokenLeases } from './token-leases.ts';
import { Unanswered } from './unanswered.ts';

/** The least limit of the bytes that wait. */
const minWaitingBytes = 67_108_864;

interface ExchangeParts extends Pick<Exchange, 'relay' | 'client' | 'isOwn' | 'unanswered'> {
  readonly owner: string;
  /** Whether the relay goes on after the response, so that the server can open a session for it. */
  readonly isKept: boolean;
}

export class Exchanges {
  readonly #options: HttpGuardOptions;
  readonly #sessions: HttpSessions;
  /** The exchanges that go on, which end with the guard. */
  readonly #unanswered = new Set<Unanswered>();
  readonly #closing = new AbortController();
  /** The requests that came last by the relays. */
  readonly #latest = new WeakMap<Relay, IncomingMessage>();
  readonly #waiting: WaitingBytes;
  readonly #leases: TokenLeases;
  readonly latest = new LatestRequests();
  readonly #turns = new MessageTurns();
  /** The requests whose clients may continue their streams. */
  readonly left: LeftRequests;

  constructor(options: HttpGuardOptions, sessions: HttpSessions) {
    const { maxMessageBytes, onWarning } = options;
    const { maxWaitingBytes = Math.max(minWaitingBytes, 4 * maxMessageBytes) } = options;
    this.#options = options;
    this.#sessions = sessions;
    // Each message that the guard sends listens, and a revoke cancels all calls: Node warns of eleven listeners.
    setMaxListeners(0, this.#closing.signal);
    this.#leases = new TokenLeases(options.verifier);
    this.left = new LeftRequests(options.resumePeriod);
    this.#waiting = new WaitingBytes(maxWaitingBytes, (owner) =>
      onWarning(`connections of ${owner} were closed: it sends or reads too slowly`),
    );
  }

  close(): void {
    this.#waiting.close();
    this.#leases.close();
    this.left.close();
    this.#closing.abort();
    for (const each of this.#unanswered) each.abort();
  }

  /** Resolves with the body of a request, or `undefined` if it is too long. `owner`: whose bytes count together. */
  readBody(request: IncomingMessage, owner: string): Promise<Buffer | undefined> {
    return readBody(request, this.#options.maxMessageBytes, (size) =>
      this.#waiting.add({ owner, size, end: () => request.socket.destroy() }),
    );
  }

  /**
   * `end`: called if the client may not be served any more before the returned function is called: its token ended, or
   * `isRevoked` returns true.
   */
  leaseStream(
    { headers }: IncomingMessage,
    { client }: Sender,
    end: (reason: string) => void,
    isRevoked: () => boolean,
  ): () => void {
    const { authorization } = headers;
    return this.#leases.add({ authorization, client, end, isRevoked, isOpen: () => false });
  }

  /**
   * The same for a request of a client, for as long as `isOpen` returns true: the stream of its answer may end before, and the client
   * continue it elsewhere.
   */
  leaseRequest(
    { headers }: IncomingMessage,
    { client }: Sender,
    isOpen: () => boolean,
    end: (reason: string) => void,
  ): () => void {
    const { authorization } = headers;
    return this.#leases.add({ authorization, client, end, isRevoked: () => false, isOpen });
  }

  /**
   * `onLeft`: called when the client has left, or has got its whole response. `onEnd`: called when the server has answered
   * after that, too.
   */
  listUnanswered(
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

  open(
    request: IncomingMessage,
    response: ServerResponse,
    { isKept, owner, ...parts }: ExchangeParts,
  ): Exchange {
    const { guard, upstream, maxMessageBytes, onWarning } = this.#options;
    const unread = { size: () => response.writableLength, end: () => response.destroy() };
    response.once('close', this.#waiting.add({ owner, ...unread }));
    this.#latest.set(parts.relay, request);
    return {
      url: upstream,
      headers: this.selectForwarded(request),
      latestAuthorization: () =>
        this.selectForwarded(this.#latest.get(parts.relay) ?? request).authorization,
      ...parts,
      maxMessageBytes,
      hold: (size, end) => this.#waiting.add({ owner, size, end }),
      inTurn: (take) => this.#turns.take(owner, take),
      parameterHeaders: createParameterHeaders((name) => guard.findTool(name)),
      closing: this.#closing.signal,
      onSession: (id) => {
        if (!isKept) return;
        // A client that has left does not know its session.
        if (!response.destroyed) this.#sessions.add(id, parts.relay, parts.client.facts);
        if (!response.headersSent) response.setHeader('mcp-session-id', id);
      },
      onWarning,
    };
  }

  /** The headers that the server gets: the headers of MCP, and the authorization, unless it was for the guard. */
  selectForwarded({ headers }: IncomingMessage): Record<string, string> {
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
