// The server of a guard over HTTP: sends it messages of a client, and gives the relay what it answers.

import type { Peer } from '../../peer.ts';
import { toOneLine } from '../../protocol/framing.ts';
import { buildIdKey } from '../../protocol/message.ts';
import { createCancellationMessage } from '../../protocol/replies.ts';
import { type Exchange, endsWithConnection, isRequest, type Sent } from '../exchanges/exchange.ts';
import { Posting } from '../posting.ts';
import { fetchUpstream, postUpstream } from './fetch-upstream.ts';
import { hasNotBegun } from './has-not-begun.ts';
import { describeAbort, GivenUp, startReading } from './reading.ts';
import { fail, lose, takeResponse } from './take-response.ts';
import { tellServer } from './tell-server.ts';

/** Sends each message by its own request. */
export function createUpstreamPeer(exchange: Exchange): Peer {
  const { unanswered } = exchange;
  const postings = new Map<string, Posting>();
  const peer: Peer = {
    send: (given) => {
      const message = toOneLine(given);
      const sent: Sent = JSON.parse(Buffer.from(message).toString('utf8'));
      const posting = new Posting(sent, message);
      const key = isRequest(sent) ? buildIdKey(sent.id) : '';
      postings.set(key, posting);
      const posted = post(exchange, posting, peer).catch((error: unknown) =>
        exchange.inTurn(() => failPost(exchange, posting, error, peer)),
      );
      void unanswered.wait(posted).finally(() => {
        if (postings.get(key) === posting) postings.delete(key);
      });
    },
    tell: (message) => void tellServer(exchange, message, peer),
    stop: async (id, reason) => {
      const isOver = postings.get(buildIdKey(id))?.stop() === true;
      return isOver ? 'taken' : tellServer(exchange, createCancellationMessage(id, reason), peer);
    },
  };
  return peer;
}

async function post(exchange: Exchange, posting: Posting, peer: Peer): Promise<void> {
  const { sent, message } = posting;
  const reading = startReading(exchange.unanswered.signal, exchange.hold);
  const { signal, hold, end } = reading;
  const isOwn = exchange.isOwn(sent);
  posting.begin(reading);
  try {
    const response = await postUpstream(exchange, { message, sent, isOwn, signal });
    posting.noteResponse();
    await takeResponse(exchange, response, peer, { sent, isOwn, hold, signal });
  } finally {
    end();
  }
}

/** The client gets an error for a message whose exchange has ended without an answer. */
function failPost(exchange: Exchange, posting: Posting, error: unknown, peer: Peer): void {
  const { client, unanswered, onWarning } = exchange;
  const { sent, isStopped } = posting;
  const isOwn = exchange.isOwn(sent);
  if (isOwn && unanswered.isHandedOver && !isStopped) return;
  const isGivenUp = error instanceof GivenUp;
  const reason = describeAbort(error);
  if (!unanswered.signal.aborted && !isStopped) {
    onWarning(isGivenUp ? reason : `the server cannot be reached: ${reason}`);
  }
  const text = isGivenUp ? error.message : 'the MCP server cannot be reached';
  if (isOwn) client.answerWith(502);
  if (endsWithConnection(sent) || hasNotBegun(error)) fail(exchange, sent, text, peer);
  else lose(exchange, sent, text, peer);
  if (isOwn) client.end(502, { 'content-type': 'text/plain' }, `${text}\n`);
}

/** Opens the stream of messages that the server sends on its own. */
export async function listen(exchange: Exchange): Promise<void> {
  const { url, headers, unanswered } = exchange;
  const { signal, hold, end } = startReading(unanswered.signal, exchange.hold);
  const accept = { accept: 'text/event-stream' };
  try {
    const response = await fetchUpstream(url, { headers: { ...headers, ...accept }, signal });
    const taken = { sent: {}, isOwn: true, hold, signal };
    await takeResponse(exchange, response, createUpstreamPeer(exchange), taken);
  } finally {
    end();
  }
}
