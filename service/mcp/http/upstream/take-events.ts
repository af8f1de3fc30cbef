// The messages of a server in a stream of server-sent events.

import { createParser } from 'eventsource-parser';
import type { Peer } from '../../peer.ts';
import type { Exchange, Sent } from '../exchanges/exchange.ts';
import type { Hold } from '../limited-body.ts';
import { createTooLongFailure } from './reading.ts';

interface Ended {
  /** Whether the stream contained the answer to the message that was sent. */
  readonly isAnswered: boolean;
  /** Whether the client can continue the stream from one of its events. */
  readonly isResumable: boolean;
}

interface TakenEvents {
  readonly sent: Sent;
  readonly hold: Hold;
  /** Aborted when nothing more of the stream is taken. */
  readonly signal: AbortSignal;
}

interface WaitingEvent {
  readonly id: string | undefined;
  readonly data: string;
  readonly retry: number | undefined;
}

/** Ends with the answer to the message that was sent: nothing after it would reach the client. */
export async function takeEvents(
  { relay, client, maxMessageBytes, inTurn, onWarning }: Exchange,
  response: Response,
  peer: Peer,
  { sent, hold, signal }: TakenEvents,
): Promise<Ended> {
  let isAnswered = false;
  let isResumable = false;
  let retry: number | undefined;
  /** The length of what was read of the next event. */
  let begun = 0;
  const waiting: WaitingEvent[] = [];
  let problem: Error | undefined;
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
      waiting.push({ id, data, retry });
      retry = undefined;
    },
    onError: ({ type, message }) => {
      if (type === 'max-buffer-size-exceeded') problem = createTooLongFailure(maxMessageBytes);
      else onWarning(`the server sent an invalid event: ${message}`);
    },
  });
  const take = (event: WaitingEvent) => {
    // A client that continues its stream elsewhere gets there what was not taken here.
    signal.throwIfAborted();
    const { id, data } = event;
    isResumable ||= id !== undefined && id !== '';
    // The gate of the relay is also that of events, whose ids are texts of the server.
    const isOpen = relay.explainClosing(client.facts) === undefined;
    if (isOpen) client.position(id, event.retry);
    // A stream may begin with an event without data, from which a client can continue.
    if (data === '' && isOpen) client.prime();
    if (data === '' || isAnswered) return;
    const answered = relay.fromServer(Buffer.from(data), client, peer);
    isAnswered = answered !== undefined && answered === sent.id;
  };
  const decoder = new TextDecoder();
  const release = hold(() => waiting.reduce((sum, { data }) => sum + data.length, begun));
  try {
    for await (const chunk of response.body ?? []) {
      begun += chunk.length;
      parser.feed(decoder.decode(chunk, { stream: true }));
      for (let event = waiting[0]; event !== undefined; event = waiting[0]) {
        const next = event;
        await inTurn(() => take(next));
        waiting.shift();
      }
      if (problem !== undefined) throw problem;
      // A client that reads slowly gets what the server sends later, and so does the guard.
      await client.drain();
      if (isAnswered) break;
    }
    return { isAnswered, isResumable };
  } finally {
    release();
  }
}
