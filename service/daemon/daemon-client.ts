// The messages between a client and the daemon that guards its server. Takes the streams of both, and passes on each line as it is. If the
// connection ends, because the daemon was killed or the server has ended, each request without an answer gets an error.

import type { Duplex, Readable, Writable } from 'node:stream';
import { buildIdKey, errorCodes, type MessageId, readMessage } from '../mcp/protocol/message.ts';
import { createErrorResponse } from '../mcp/protocol/replies.ts';
import { createLineReader } from '../mcp/stdio/line-reader.ts';

export interface DaemonClientOptions {
  /** The streams of the client. */
  readonly input: Readable;
  readonly output: Writable;
  readonly socket: Duplex;
  /** The length of the longest message of the client, in bytes. */
  readonly maxMessageBytes: number;
}

export interface DaemonClientEnd {
  /** Whether the client ended its input before the connection ended. */
  readonly hasClientLeft: boolean;
  /** The number of requests that got an error. */
  readonly unanswered: number;
}

const lineFeed = Buffer.from('\n');

/** Resolves when the connection to the daemon or the output of the client has ended. Destroys the socket. */
export async function relayByDaemon({
  input,
  output,
  socket,
  maxMessageBytes,
}: DaemonClientOptions): Promise<DaemonClientEnd> {
  const requests = new OpenIds();
  const fromClient = createLineReader(maxMessageBytes, requests.noteRequest, () => {});
  // The daemon limits what it sends.
  const fromDaemon = createLineReader(
    Number.POSITIVE_INFINITY,
    (line) => {
      requests.noteAnswer(line);
      const isRead = output.write(Buffer.concat([line, lineFeed]));
      if (!isRead) socket.pause();
    },
    () => {},
  );
  let hasClientLeft = false;
  input.on('data', fromClient.read).once('end', () => {
    hasClientLeft = true;
  });
  output.on('drain', () => socket.resume());
  socket.on('data', fromDaemon.read);
  input.pipe(socket);
  await new Promise<void>((resolve) => {
    for (const event of ['end', 'error', 'close']) socket.on(event, () => resolve());
    output.on('error', () => resolve());
  });
  input.unpipe(socket);
  socket.destroy();
  const unanswered = requests.all;
  const text = 'not permitted: the connection to the daemon has ended';
  for (const id of unanswered)
    output.write(`${createErrorResponse(id, errorCodes.internal, text)}\n`);
  return { hasClientLeft, unanswered: unanswered.length };
}

/** The ids of requests without an answer. A client may send one twice, and then gets two answers. */
class OpenIds {
  readonly #open = new Map<string, MessageId[]>();

  get all(): readonly MessageId[] {
    return [...this.#open.values()].flat();
  }

  readonly noteRequest = (line: Uint8Array): void => {
    const message = readMessage(line);
    if (message.kind !== 'request') return;
    const key = buildIdKey(message.id);
    this.#open.set(key, [...(this.#open.get(key) ?? []), message.id]);
  };

  noteAnswer(line: Uint8Array): void {
    const message = readMessage(line);
    if (message.kind !== 'response' || message.id === null) return;
    const key = buildIdKey(message.id);
    const [, ...others] = this.#open.get(key) ?? [];
    if (others.length === 0) this.#open.delete(key);
    else this.#open.set(key, others);
  }
}
