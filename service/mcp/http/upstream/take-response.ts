// The responses of a server over HTTP: gives the relay what they contain.

import type { Peer } from '../../peer.ts';
import { errorCodes, readMessage } from '../../protocol/message.ts';
import { createErrorResponse } from '../../protocol/replies.ts';
import { type Exchange, endsWithConnection, isRequest, type Sent } from '../exchanges/exchange.ts';
import { type Hold, readBody } from '../limited-body.ts';
import { createTooLongFailure } from './reading.ts';
import { takeEvents } from './take-events.ts';

interface Taken {
  readonly sent: Sent;
  /** Whether the message was sent by the client itself. */
  readonly isOwn: boolean;
  readonly hold: Hold;
  /** Aborted when nothing more of the response is taken. */
  readonly signal: AbortSignal;
}

/** Gives the relay what a response contains, and the client its status. */
export async function takeResponse(
  exchange: Exchange,
  response: Response,
  peer: Peer,
  { sent, isOwn, hold, signal }: Taken,
): Promise<void> {
  const { client, maxMessageBytes, inTurn, onSession } = exchange;
  const session = response.headers.get('mcp-session-id');
  if (session !== null) onSession(session);
  const type = parseMediaType(response);
  if (response.ok && type === 'text/event-stream') {
    if (isOwn) client.stream(selectHeaders(response));
    const { isAnswered, isResumable } = await takeEvents(exchange, response, peer, {
      sent,
      hold,
      signal,
    });
    // A client can continue its stream elsewhere.
    if (!isAnswered && !(isOwn && isResumable) && isRequest(sent))
      throw new Error('it ended without an answer');
    if (isOwn) client.end(200, {}, '');
    return;
  }
  const body = await readBody(response.body ?? [], maxMessageBytes, hold);
  if (body === undefined) throw createTooLongFailure(maxMessageBytes);
  const release = hold(() => body.length);
  try {
    await inTurn(() => {
      signal.throwIfAborted();
      takeBody(exchange, { response, body }, peer, { sent, isOwn });
    });
  } finally {
    release();
  }
}

interface ReadResponse {
  readonly response: Response;
  readonly body: Buffer;
}

/** Gives the relay the body of a response, if it is a message, and the client its status. */
function takeBody(
  exchange: Exchange,
  { response, body }: ReadResponse,
  peer: Peer,
  { sent, isOwn }: Pick<Taken, 'sent' | 'isOwn'>,
): void {
  const { relay, client, onWarning } = exchange;
  if (isOwn) client.answerWith(response.status);
  // A server may also state a status with its answer, such as 400 for an unknown revision.
  const isMessage =
    parseMediaType(response) === 'application/json' && readMessage(body).kind !== 'problem';
  const answered = isMessage ? relay.fromServer(body, client, peer) : undefined;
  // A server may answer a notification, or with a message that is dropped: then the relay sends nothing.
  if (response.ok && (isMessage || !isRequest(sent))) {
    const isUnanswered = isRequest(sent) && answered !== sent.id;
    if (isUnanswered) lose(exchange, sent, 'the server has not answered the request', peer);
    if (isOwn) client.endUnanswered();
    return;
  }
  // The client must not read anything else as a message. Its request is answered by an error, if it is not yet.
  if (!isMessage) onWarning(`the server answered with ${response.status}: ${readBeginning(body)}`);
  const status = response.ok ? 502 : response.status;
  if (isOwn) client.answerWith(status);
  const text = `the server answered with the status ${response.status}`;
  // A gateway that gives up says nothing about its server.
  const isRefused = response.status >= 400 && response.status < 500;
  if (isRefused || endsWithConnection(sent)) fail(exchange, sent, text, peer);
  else lose(exchange, sent, text, peer);
  if (isOwn) client.end(status, selectRefusalHeaders(response), 'the server refused it\n');
}

/** The length of an answer that a warning shows, in characters. */
const maxShown = 1_000;

function readBeginning(body: Buffer): string {
  const text = body.toString('utf8', 0, 4 * maxShown);
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}

/** Upper case and parameters do not matter. */
function parseMediaType({ headers }: Response): string {
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** A request that the server has not begun, or does not go on with, gets an error. */
export function fail({ relay, client }: Exchange, sent: Sent, text: string, peer: Peer): void {
  if (!isRequest(sent)) return;
  relay.fromServer(
    Buffer.from(createErrorResponse(sent.id, errorCodes.internal, text)),
    client,
    peer,
  );
}

/** A request whose answer cannot come any more gets an error. The server may work on it. */
export function lose({ relay, client }: Exchange, sent: Sent, text: string, peer: Peer): void {
  if (isRequest(sent)) relay.loseAnswer(sent.id, text, client, peer);
}

/** The headers of the server that the client gets. */
function selectHeaders(response: Response): Record<string, string> {
  const names = ['content-type', 'www-authenticate', 'mcp-session-id', 'retry-after', 'allow'];
  const found = names.map((name) => [name, response.headers.get(name)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== null)) as Record<string, string>;
}

/** Those of an answer without a message. */
function selectRefusalHeaders(response: Response): Record<string, string> {
  return { ...selectHeaders(response), 'content-type': 'text/plain' };
}
