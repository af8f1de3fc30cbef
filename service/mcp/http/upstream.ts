// The server of a guard over HTTP: sends it messages of a client, and gives the relay what it answers.

import { createParser } from 'eventsource-parser';
import type { Members } from '../../json/members.ts';
import { toOneLine } from '../framing.ts';
import { errorCodes, isId, type MessageId, readMessage } from '../message.ts';
import type { Peer } from '../peer.ts';
import type { Relay } from '../relay.ts';
import { errorReply } from '../replies.ts';
import { statedHeaders } from './headers.ts';
import { type Hold, readBody } from './limited-body.ts';
import type { ParameterHeaders } from './parameter-headers.ts';
import type { Reply } from './reply.ts';
import type { Unanswered } from './unanswered.ts';

export interface Exchange {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The `Authorization` of the request that came last by the relay, if the server gets it. */
  readonly latestAuthorization: () => string | undefined;
  readonly relay: Relay;
  readonly client: Reply;
  readonly maxMessageBytes: number;
  /** Counts bytes of the server that wait for the client. `end`: gives them up. */
  readonly hold: (size: () => number, end: () => void) => () => void;
  /** A request that is aborted counts as failed. */
  readonly unanswered: Unanswered;
  /** Whether the HTTP response to the client depends on that to this message, which the client itself sent. */
  readonly isOwn: (message: Sent) => boolean;
  /** Called with the response to each notification that is sent. */
  readonly onNotified: (taken: Promise<void>) => void;
  /** Called with the session that the server opened, before its answer. */
  readonly onSession: (id: string) => void;
  readonly onWarning: (warning: string) => void;
  /** The headers that repeat arguments of a call of a tool. */
  readonly parameterHeaders: ParameterHeaders;
}

/** The parts of a message that its headers repeat. */
export interface Sent {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: Members;
}

/** Sends each message by its own request. */
export function upstreamPeer(exchange: Exchange): Peer {
  const peer: Peer = {
    send: (given) => {
      const message = toOneLine(given);
      const sent: Sent = JSON.parse(Buffer.from(message).toString('utf8'));
      const isOwn = exchange.isOwn(sent);
      const posted = post(exchange, message, sent, isOwn, peer);
      if (sent.id === undefined) exchange.onNotified(posted);
      exchange.unanswered.wait(posted).catch((error: unknown) => {
        const isGivenUp = error instanceof GivenUp;
        if (!exchange.unanswered.signal.aborted) {
          const reason = reasonOf(error);
          exchange.onWarning(isGivenUp ? reason : `the server cannot be reached: ${reason}`);
        }
        const text = isGivenUp ? error.message : 'the MCP server cannot be reached';
        if (isOwn) exchange.client.answerWith(502);
        fail(exchange, sent, text, peer);
        if (isOwn) exchange.client.end(502, { 'content-type': 'text/plain' }, `${text}\n`);
      });
    },
  };
  return peer;
}

async function post(
  exchange: Exchange,
  message: Uint8Array | string,
  sent: Sent,
  isOwn: boolean,
  peer: Peer,
): Promise<void> {
  const { url, headers } = exchange;
  const reading = startReading(exchange);
  const send = (given: Exchange['headers']) =>
    fetchUpstream(url, {
      method: 'POST',
      headers: {
        ...statedHeaders(given, sent, exchange.parameterHeaders),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: message as BodyInit,
      signal: reading.signal,
    });
  let response = await send(headers);
  const renewed = isOwn ? undefined : renewedHeaders(exchange);
  if (response.status === 401 && renewed !== undefined) {
    await response.body?.cancel();
    response = await send(renewed);
  }
  await take(exchange, response, peer, { sent, isOwn, hold: reading.hold });
}

/**
 * The headers for what the guard itself sends when the token of the request has expired, such as the cancellation of its call,
 * or `undefined` if the client has come with no other token.
 */
function renewedHeaders({
  headers,
  latestAuthorization,
}: Exchange): Exchange['headers'] | undefined {
  const authorization = latestAuthorization();
  if (authorization === undefined || authorization === headers.authorization) return undefined;
  return { ...headers, authorization };
}

/** The guard does not read the rest of an answer. */
class GivenUp extends Error {}

interface Reading {
  readonly signal: AbortSignal;
  readonly hold: Hold;
}

/** A response of the server, which ends if too many bytes wait. */
function startReading({ unanswered, hold }: Exchange): Reading {
  const controller = new AbortController();
  const end = () => controller.abort(new GivenUp('too many bytes wait for clients'));
  return {
    signal: AbortSignal.any([unanswered.signal, controller.signal]),
    hold: (size) => hold(size, end),
  };
}

/**
 * Sends a request to the server alone: messages of another address are not those of the server, which the policy is about,
 * and the credentials of the client are not for it. Rejects if the server redirects.
 */
export async function fetchUpstream(url: URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const { status, headers } = response;
  if (status < 300 || status >= 400) return response;
  await response.body?.cancel();
  const target = JSON.stringify(headers.get('location') ?? '');
  throw new Error(
    `it redirects to ${target}, which is not followed: start the guard with the final address`,
  );
}

/** Opens the stream of messages that the server sends on its own. */
export async function listen(exchange: Exchange): Promise<void> {
  const { url, headers } = exchange;
  const { signal, hold } = startReading(exchange);
  const accept = { accept: 'text/event-stream' };
  const response = await fetchUpstream(url, { headers: { ...headers, ...accept }, signal });
  await take(exchange, response, upstreamPeer(exchange), { sent: {}, isOwn: true, hold });
}

interface Taken {
  readonly sent: Sent;
  /** Whether the message was sent by the client itself. */
  readonly isOwn: boolean;
  readonly hold: Hold;
}

async function take(
  exchange: Exchange,
  response: Response,
  peer: Peer,
  { sent, isOwn, hold }: Taken,
): Promise<void> {
  const { relay, client, maxMessageBytes, onSession, onWarning } = exchange;
  const session = response.headers.get('mcp-session-id');
  if (session !== null) onSession(session);
  const type = mediaType(response);
  if (response.ok && type === 'text/event-stream') {
    if (isOwn) client.stream(passedHeaders(response));
    await takeEvents(exchange, response, peer, hold);
    if (isOwn) client.end(200, {}, '');
    return;
  }
  const body = await readBody(response.body ?? [], maxMessageBytes, hold);
  if (body === undefined) throw tooLong(maxMessageBytes);
  if (isOwn) client.answerWith(response.status);
  // A server may also state a status with its answer, such as 400 for an unknown revision.
  const isMessage = type === 'application/json' && readMessage(body).kind !== 'problem';
  if (isMessage) relay.fromServer(body, client, peer);
  // A server may answer a notification, or with a message that is dropped: then the relay sends nothing.
  if (response.ok && (isMessage || !isRequest(sent))) {
    if (isOwn) client.endUnanswered();
    return;
  }
  // The client must not read anything else as a message. Its request is answered by an error, if it is not yet.
  if (!isMessage) onWarning(`the server answered with ${response.status}: ${beginningOf(body)}`);
  const status = response.ok ? 502 : response.status;
  if (isOwn) client.answerWith(status);
  fail(exchange, sent, `the server answered with the status ${response.status}`, peer);
  if (isOwn) client.end(status, refusalHeaders(response), 'the server refused it\n');
}

/** The length of an answer that a warning shows, in characters. */
const maxShown = 1_000;

function beginningOf(body: Buffer): string {
  const text = body.toString('utf8', 0, 4 * maxShown);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

function tooLong(maxBytes: number): GivenUp {
  return new GivenUp(`a message of the server is longer than ${maxBytes} bytes`);
}

/** Upper case and parameters do not matter. */
function mediaType({ headers }: Response): string {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** A request that the server does not answer gets an error. */
function fail({ relay, client }: Exchange, sent: Sent, text: string, peer: Peer): void {
  if (!isRequest(sent)) return;
  relay.fromServer(Buffer.from(errorReply(sent.id, errorCodes.internal, text)), client, peer);
}

function isRequest(sent: Sent): sent is Sent & { readonly id: MessageId } {
  return isId(sent.id) && sent.method !== undefined;
}

async function takeEvents(
  { relay, client, maxMessageBytes, onWarning }: Exchange,
  response: Response,
  peer: Peer,
  hold: Hold,
): Promise<void> {
  let retry: number | undefined;
  /** The length of what was read of the next event. */
  let begun = 0;
  const parser = createParser({
    maxBufferSize: maxMessageBytes,
    onRetry: (milliseconds) => {
      retry = milliseconds;
    },
    onComment: () => {
      begun = 0;
    },
    onEvent: ({ id, data }) => {
      begun = 0;
      // The gate of the relay is also that of events, whose ids are texts of the server.
      const isOpen = relay.closedReason(client.facts) === undefined;
      if (isOpen) client.position(id, retry);
      retry = undefined;
      // A stream may begin with an event without data, from which a client can continue.
      if (data === '' && isOpen) client.prime();
      if (data !== '') relay.fromServer(Buffer.from(data), client, peer);
    },
    onError: ({ type, message }) => {
      if (type === 'max-buffer-size-exceeded') throw tooLong(maxMessageBytes);
      onWarning(`the server sent an invalid event: ${message}`);
    },
  });
  const decoder = new TextDecoder();
  const release = hold(() => begun);
  try {
    for await (const chunk of response.body ?? []) {
      begun += chunk.length;
      parser.feed(decoder.decode(chunk, { stream: true }));
      // A client that reads slowly gets what the server sends later, and so does the guard.
      await client.drain();
    }
  } finally {
    release();
  }
}

/** The headers of the server that the client gets. */
function passedHeaders(response: Response): Record<string, string> {
  const names = ['content-type', 'www-authenticate', 'mcp-session-id', 'retry-after', 'allow'];
  const found = names.map((name) => [name, response.headers.get(name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== null)) as Record<string, string>;
}

/** Those of an answer without a message. */
function refusalHeaders(response: Response): Record<string, string> {
  return { ...passedHeaders(response), 'content-type': 'text/plain' };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message : error.message;
}
