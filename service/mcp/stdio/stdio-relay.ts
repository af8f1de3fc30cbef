// Relays between a client on standard input and output and the process of a server, one message per line.

import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Peer } from '../peer.ts';
import { toOneLine } from '../protocol/framing.ts';
import { errorCodes } from '../protocol/message.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import type { Relay } from '../relay.ts';
import { createLineReader } from './line-reader.ts';
import type { ServerProcess } from './server-process.ts';

export interface StdioOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly server: ServerProcess;
  /** The length of the longest message, in bytes. */
  readonly maxMessageBytes: number;
  readonly onWarning: (warning: string) => void;
}

/** How long a server has to answer, and then to end, after its input has ended, in milliseconds. */
const endPeriod = 2_000;
const pollInterval = 10;

/**
 * Resolves when the client or the server ended, with the exit code of the server, or 0. Rejects if the server did not
 * start.
 */
export async function relayStdio(relay: Relay, options: StdioOptions): Promise<number> {
  try {
    return await relayUntilEnd(relay, options);
  } finally {
    // Otherwise the process would wait for its client.
    options.input.destroy();
  }
}

async function relayUntilEnd(relay: Relay, options: StdioOptions): Promise<number> {
  const { input, output, server, maxMessageBytes, onWarning } = options;
  const client = createPeer(output);
  const upstream = createPeer(server.input);
  const fromClient = createLineReader(
    maxMessageBytes,
    (line) => relay.fromClient(line, client, upstream),
    () => {
      const text = `a message is longer than ${maxMessageBytes} bytes`;
      onWarning(`refused: ${text}`);
      client.send(createErrorResponse(undefined, errorCodes.invalidRequest, text));
    },
  );
  const fromServer = createLineReader(
    maxMessageBytes,
    (line) => relay.fromServer(line, client, upstream),
    () => onWarning(`dropped a message of the server that is longer than ${maxMessageBytes} bytes`),
  );
  pump(input, fromClient.read, server.input);
  pump(server.output, fromServer.read, output);
  const clientEnded = new Promise<void>((resolve) => {
    input.once('end', resolve);
    input.once('error', () => resolve());
    output.once('error', () => resolve());
  });
  const first = await Promise.race([
    clientEnded.then(() => 'client' as const),
    server.ended.then((code) => code),
  ]);
  if (first === 'client') {
    if (fromClient.end()) onWarning('the client ended within a message, which was dropped');
    await waitForIdle(relay);
    relay.close();
    server.input.end();
    const timer = setTimeout(() => void server.stop(), endPeriod);
    await server.ended;
    clearTimeout(timer);
    await server.stop();
    return 0;
  }
  if (fromServer.end()) onWarning('the server ended within a message, which was dropped');
  relay.serverEnded();
  await server.stop();
  // After a revoke the server was stopped, and calls are refused until the client ends.
  if (!relay.isRevoked) return first;
  await clientEnded;
  relay.close();
  return 0;
}

/** A client may end its input before it has read all answers. Waits for them for a moment. */
async function waitForIdle(relay: Relay): Promise<void> {
  const end = performance.now() + endPeriod;
  while (!relay.isIdle && performance.now() < end) await delay(pollInterval);
}

function createPeer(stream: Writable): Peer {
  return {
    send: (given) => {
      if (stream.destroyed || stream.writableEnded) return;
      const message = toOneLine(given);
      if (typeof message === 'string') {
        stream.write(`${message}\n`);
      } else {
        stream.cork();
        stream.write(message);
        stream.write('\n');
        stream.uncork();
      }
    },
  };
}

/** Reads no more while the other side does not keep up. */
function pump(from: Readable, read: (chunk: Buffer) => void, to: Writable): void {
  from.on('data', (chunk: Buffer) => {
    read(chunk);
    if (!to.writableNeedDrain || to.destroyed) return;
    from.pause();
    const resume = () => {
      to.off('drain', resume).off('close', resume);
      from.resume();
    };
    to.on('drain', resume).on('close', resume);
  });
}
