// The messages of the guard itself to a server over HTTP, such as cancellations. They do not end with the request of the client that began
// the exchange: that client may have left long ago.

import type { Peer, Stopping } from '../../peer.ts';
import { type Exchange, isRequest, type Sent } from '../exchanges/exchange.ts';
import { postUpstream } from './fetch-upstream.ts';
import { describeAbort, startReading } from './reading.ts';
import { fail, takeResponse } from './take-response.ts';

/** How long the server has to take a message of the guard, in milliseconds. */
const takePeriod = 30_000;

/** Sends a message once. A request that fails gets an error, like one that the server refuses: who sent it repeats it. */
export async function tellServer(
  exchange: Exchange,
  message: string,
  peer: Peer,
): Promise<Stopping> {
  const { closing, hold: holdBytes, onWarning } = exchange;
  if (closing.aborted) return 'ended';
  const sent: Sent = JSON.parse(message);
  const { signal, hold, end } = startReading(closing, holdBytes, takePeriod);
  try {
    const response = await postUpstream(exchange, { message, sent, isOwn: false, signal });
    if (isRequest(sent)) {
      await takeResponse(exchange, response, peer, { sent, isOwn: false, hold, signal });
    } else {
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answered with the status ${response.status}`);
    }
    return 'taken';
  } catch (error) {
    if (closing.aborted) return 'ended';
    const what = typeof sent.method === 'string' ? sent.method : 'an answer of the guard';
    onWarning(`the server did not take ${what}: ${describeAbort(error)}`);
    await exchange.inTurn(() => fail(exchange, sent, 'the server did not take it', peer));
    return 'refused';
  } finally {
    end();
  }
}
