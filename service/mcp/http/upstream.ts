// The server of a guard over HTTP: sends it messages of a client, and gives the relay what it answers.

import { toOneLine } from '../framing.ts';
import type { Peer } from '../peer.ts';
import { cancellation } from '../replies.ts';
import { type Exchange, isRequest, type Sent } from './exchange.ts';
import { fetchUpstream, postUpstream } from './fetch-upstream.ts';
import { describeAbort, GivenUp, startReading } from './reading.ts';
import { fail, takeResponse } from './take-response.ts';
import { tellServer } from './tell-server.ts';

/** Sends each message by its own request. */
export function upstreamPeer(exchange: Exchange): Peer {
  const { client, unanswered, onWarning } = exchange;
  const peer: Peer = {
    send: (given) => {
      const message = toOneLine(given);
      const sent: Sent = JSON.parse(Buffer.from(message).toString('utf8'));
      const isOwn = exchange.isOwn(sent);
      unanswered.wait(post(exchange, message, { sent, isOwn }, peer)).catch((error: unknown) => {
        const isGivenUp = error instanceof GivenUp;
        const isLate = unanswered.signal.aborted;
        const reason = describeAbort(error);
        if (!isLate) onWarning(isGivenUp ? reason : `the server cannot be reached: ${reason}`);
        const text = isGivenUp ? error.message : 'the MCP server cannot be reached';
        if (isOwn) client.answerWith(502);
        // The server may go on with what the guard does not wait for any more.
        if ((isGivenUp || isLate) && isRequest(sent)) peer.tell?.(cancellation(sent.id, text), no);
        fail(exchange, sent, text, peer);
        if (isOwn) client.end(502, { 'content-type': 'text/plain' }, `${text}\n`);
      });
    },
    tell: (message, isNeeded) => tellServer(exchange, message, peer, isNeeded),
  };
  return peer;
}

const no = () => false;

async function post(
  exchange: Exchange,
  message: Uint8Array | string,
  posting: { readonly sent: Sent; readonly isOwn: boolean },
  peer: Peer,
): Promise<void> {
  const { signal, hold, end } = startReading(exchange.unanswered.signal, exchange.hold);
  try {
    const response = await postUpstream(exchange, { message, ...posting, signal });
    await takeResponse(exchange, response, peer, { ...posting, hold });
  } finally {
    end();
  }
}

/** Opens the stream of messages that the server sends on its own. */
export async function listen(exchange: Exchange): Promise<void> {
  const { url, headers, unanswered } = exchange;
  const { signal, hold, end } = startReading(unanswered.signal, exchange.hold);
  const accept = { accept: 'text/event-stream' };
  try {
    const response = await fetchUpstream(url, { headers: { ...headers, ...accept }, signal });
    await takeResponse(exchange, response, upstreamPeer(exchange), { sent: {}, isOwn: true, hold });
  } finally {
    end();
  }
}
