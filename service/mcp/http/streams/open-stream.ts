// The stream of messages that a server sends on its own: one GET of a client. It ends when the client may not be served any more.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { formatErrorMessage } from '../../../support/message-of.ts';
import type { Relay } from '../../relay.ts';
import type { Exchanges } from '../exchanges/exchanges.ts';
import type { Unanswered } from '../exchanges/unanswered.ts';
import { createReply } from '../reply.ts';
import { sendRefusal, tokenChallenge } from '../send-refusal.ts';
import type { Sender } from '../sender.ts';
import { listen } from '../upstream/upstream.ts';
import type { OpenStreams } from './open-streams.ts';

export interface StreamParts {
  readonly relay: Relay;
  readonly streams: OpenStreams;
  readonly exchanges: Exchanges;
  readonly onWarning: (warning: string) => void;
}

export async function openStream(
  request: IncomingMessage,
  response: ServerResponse,
  sender: Sender,
  { relay, streams, exchanges, onWarning }: StreamParts,
): Promise<void> {
  const { client, owner } = sender;
  const problem = streams.findProblem(owner, client !== undefined);
  if (problem !== undefined) {
    sendRefusal(response, 429, problem);
    return;
  }
  streams.add(owner);
  response.once('close', () => streams.remove(owner));
  const reply = createReply(response, undefined, client);
  const end = (reason: string) => {
    unanswered.abort();
    // The end of a response to a reader that does not read would stay in memory.
    if (response.writableNeedDrain) response.destroy();
    else if (relay.isRevoked) reply.end(403, {}, `${reason}\n`);
    else reply.end(401, tokenChallenge, `${reason}\n`);
  };
  const release = exchanges.leaseStream(request, sender, end, () => relay.isRevoked);
  const leave = (each: Unanswered) => {
    each.abort();
    each.leave();
  };
  const unanswered = exchanges.listUnanswered(response, leave, release);
  const exchange = exchanges.open(request, response, {
    relay,
    isKept: true,
    client: reply,
    isOwn: () => false,
    owner,
    unanswered,
  });
  if (request.headers['last-event-id'] !== undefined)
    response.once('close', exchanges.left.resume(relay));
  try {
    await listen(exchange);
  } catch (error) {
    if (exchange.unanswered.signal.aborted) return;
    onWarning(`the stream of the server ended: ${formatErrorMessage(error)}`);
    reply.end(502, {}, '');
  }
}
