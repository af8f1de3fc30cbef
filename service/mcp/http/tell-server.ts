// The messages of the guard itself to a server over HTTP, such as cancellations. They do not end with the request of the client that began
// the exchange: that client may have left long ago. A cancellation that the server does not take is sent again.

import { setTimeout as delay } from 'node:timers/promises';
import type { Peer } from '../peer.ts';
import { repeatDelay } from '../repeat-delay.ts';
import { type Exchange, isRequest, type Sent } from './exchange.ts';
import { postUpstream } from './fetch-upstream.ts';
import { describeAbort, startReading } from './reading.ts';
import { fail, takeResponse } from './take-response.ts';

/** How long the server has to take a message of the guard, in milliseconds. */
const takePeriod = 30_000;

/** `isNeeded`: whether a notification that was not taken has to be sent again. */
export function tellServer(
  exchange: Exchange,
  message: string,
  peer: Peer,
  isNeeded: () => boolean,
): void {
  const sent: Sent = JSON.parse(message);
  const told = { message, sent, peer };
  if (isRequest(sent)) void tellOnce(exchange, told);
  else exchange.onCancelled(tellUntilTaken(exchange, told, isNeeded));
}

interface Told {
  readonly message: string;
  readonly sent: Sent;
  readonly peer: Peer;
}

/** A request that fails gets an error, like one that the server refuses: it is repeated by the one who sent it. */
async function tellOnce(exchange: Exchange, told: Told): Promise<void> {
  if (!(await isTaken(exchange, told)))
    fail(exchange, told.sent, 'the server did not take it', told.peer);
}

async function tellUntilTaken(
  exchange: Exchange,
  told: Told,
  isNeeded: () => boolean,
): Promise<void> {
  for (let attempts = 1; !(await isTaken(exchange, told)); attempts += 1) {
    if (!isNeeded()) return;
    const { closing } = exchange;
    await delay(repeatDelay(attempts), undefined, { ref: false, signal: closing }).catch(() => {});
    if (closing.aborted || !isNeeded()) return;
  }
}

async function isTaken(exchange: Exchange, { message, sent, peer }: Told): Promise<boolean> {
  const { closing, onWarning } = exchange;
  const { signal, hold, end } = startReading(closing, exchange.hold, takePeriod);
  try {
    const response = await postUpstream(exchange, { message, sent, isOwn: false, signal });
    if (isRequest(sent)) {
      await takeResponse(exchange, response, peer, { sent, isOwn: false, hold });
      return true;
    }
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered with the status ${response.status}`);
    return true;
  } catch (error) {
    const what = typeof sent.method === 'string' ? sent.method : 'an answer of the guard';
    if (!closing.aborted) onWarning(`the server did not take ${what}: ${describeAbort(error)}`);
    return false;
  } finally {
    end();
  }
}
