// A message of a client over HTTP: one POST for each.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Guard } from '../guard.ts';
import { tokenExpired } from '../passage.ts';
import { errorCodes, type Message, type MessageProblem, readMessage } from '../protocol/message.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import type { Relay } from '../relay.ts';
import { endsWithConnection, type Sent } from './exchanges/exchange.ts';
import type { Exchanges } from './exchanges/exchanges.ts';
import { hasExpired } from './exchanges/token-leases.ts';
import type { Unanswered } from './exchanges/unanswered.ts';
import { findHeaderProblem, findSessionProblem, isStateless } from './headers/headers.ts';
import { findParameterProblem } from './headers/parameter-headers.ts';
import type { HttpSessions } from './http-sessions.ts';
import { createReply } from './reply.ts';
import { sendRefusal, tokenChallenge } from './send-refusal.ts';
import type { Sender } from './sender.ts';
import { createUpstreamPeer } from './upstream/upstream.ts';

export interface PostParts {
  readonly guard: Guard;
  readonly sessions: HttpSessions;
  readonly exchanges: Exchanges;
}

interface FoundRelay {
  readonly relay: Relay;
  readonly isKept: boolean;
  /** Called when the response has ended. */
  readonly end: () => void;
}

export async function takePost(
  request: IncomingMessage,
  response: ServerResponse,
  sender: Sender,
  parts: PostParts,
): Promise<void> {
  const { client, owner } = sender;
  const { guard, sessions, exchanges } = parts;
  const bytes = await exchanges.readBody(request, owner);
  if (bytes === undefined) {
    response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
    response.end('the message is too long\n');
    return;
  }
  if (client !== undefined && hasExpired(client)) {
    (sender.known ?? sessions.findRelay(client))?.refuse(`a message: ${tokenExpired}`);
    sendRefusal(response, 401, tokenExpired, tokenChallenge);
    return;
  }
  const message = readMessage(bytes);
  const mismatch = message.kind === 'problem' ? undefined : findMismatch(request, message, guard);
  if (mismatch !== undefined) {
    const id = message.kind === 'request' ? message.id : undefined;
    const text = createErrorResponse(id, errorCodes.headerMismatch, mismatch);
    response.writeHead(400, { 'content-type': 'application/json' }).end(text);
    return;
  }
  // A client that has closed its connection already waits for nothing.
  if (message.kind === 'request' && response.destroyed) return;
  const { relay, isKept, end } = findRelay(request, message, sender, parts);
  response.once('close', end);
  const id = answerId(message);
  const reply = createReply(response, id, client);
  let isPassed = false;
  const isOwn = (sent: Sent) => {
    const own = sent.method === undefined || id === undefined || JSON.stringify(sent.id) === id;
    isPassed ||= own;
    return own;
  };
  let release = () => {};
  const isCancelledByEnd = message.kind === 'request' && endsWithConnection(message);
  const isLeft = message.kind === 'request' && !isCancelledByEnd;
  const isOpen =
    message.kind === 'request' ? exchanges.latest.begin(relay, message.id) : () => false;
  const leave = (each: Unanswered) => {
    // Since 2026-07-28, that is how a client cancels its request.
    if (isCancelledByEnd) each.abort();
    else if (isLeft && isOpen()) {
      const leaveRequest = () => relay.leave(message.id, reply, peer);
      if (reply.isResumable()) each.releaseStream();
      if (reply.isResumable()) exchanges.left.add(relay, isOpen, leaveRequest);
      else leaveRequest();
    }
    each.leave();
  };
  const unanswered = exchanges.listUnanswered(response, leave, () => release());
  const exchange = exchanges.open(request, response, {
    relay,
    isKept,
    client: reply,
    isOwn,
    owner,
    unanswered,
  });
  if (message.kind === 'request') {
    const { id: requestId } = message;
    release = exchanges.leaseRequest(request, sender, isOpen, (reason) => {
      if (isOpen()) relay.stop(requestId, reason);
      reply.end(401, tokenChallenge, `${reason}\n`);
    });
  }
  const peer = createUpstreamPeer(exchange);
  relay.fromClient(bytes, reply, peer);
  // Nothing answers a notification or a response that the relay refused.
  if (id === undefined && !isPassed) reply.end(202, {}, '');
}

/** How the headers differ from the message, or `undefined` if they do not. */
function findMismatch(
  { headers }: IncomingMessage,
  message: Message,
  guard: Guard,
): string | undefined {
  const isRequired = isStateless(headers, message);
  return (
    findSessionProblem(headers, message) ??
    findHeaderProblem(headers, message) ??
    findParameterProblem(headers, message, (name) => guard.findTool(name), isRequired)
  );
}

/**
 * All messages of a session of MCP have its relay, which knows the ids that are in use. Without a session, a request of
 * 2026-07-28 has a relay of its own, and all others have the relay of their subject.
 */
function findRelay(
  request: IncomingMessage,
  message: Message | { readonly kind: 'problem' },
  { client, known }: Sender,
  { guard, sessions }: PostParts,
): FoundRelay {
  if (known !== undefined) return { relay: known, isKept: true, end: () => {} };
  if (message.kind !== 'problem' && isStateless(request.headers, message)) {
    const relay = guard.connect(client);
    return { relay, isKept: false, end: () => guard.disconnect(relay) };
  }
  const isNew = message.kind === 'request' && message.method === 'initialize';
  if (!isNew) return { relay: sessions.openRelay(client), isKept: true, end: () => {} };
  // The server answers with the id of a session, or opens none.
  const relay = guard.connect(client);
  return { relay, isKept: true, end: () => sessions.settle(relay, client) };
}

/** The id of the answer to a message as JSON, or `undefined` if it has no answer. */
function answerId(message: Message | MessageProblem): string | undefined {
  if (message.kind === 'request') return JSON.stringify(message.id);
  return message.kind === 'problem' ? JSON.stringify(message.id ?? null) : undefined;
}
