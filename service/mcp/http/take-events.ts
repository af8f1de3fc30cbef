// The messages of a server in a stream of server-sent events.

import { createParser } from 'eventsource-parser';
import type { Peer } from '../peer.ts';
import type { Exchange, Sent } from './exchange.ts';
import type { Hold } from './limited-body.ts';
import { tooLong } from './reading.ts';

interface Ended {
  /** Whether the stream contained the answer to the message that was sent. */
  readonly isAnswered: boolean;
  /** Whether the client can continue the stream from one of its events. */
  readonly isResumable: boolean;
}

/** Ends with the answer to the message that was sent: nothing after it would reach the client. */
export async function takeEvents(
  { relay, client, maxMessageBytes, onWarning }: Exchange,
  response: Response,
  peer: Peer,
  { sent, hold }: { readonly sent: Sent; readonly hold: Hold },
): Promise<Ended> {
  let isAnswered = false;
  let isResumable = false;
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
      isResumable ||= id !== undefined && id !== '';
      // The gate of the relay is also that of events, whose ids are texts of the server.
      const isOpen = relay.explainClosing(client.facts) === undefined;
      if (isOpen) client.position(id, retry);
      retry = undefined;
      // A stream may begin with an event without data, from which a client can continue.
      if (data === '' && isOpen) client.prime();
      if (data === '' || isAnswered) return;
      const answered = relay.fromServer(Buffer.from(data), client, peer);
      isAnswered = answered !== undefined && answered === sent.id;
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
      if (isAnswered) break;
    }
    return { isAnswered, isResumable };
  } finally {
    release();
  }
}
