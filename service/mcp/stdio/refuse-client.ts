// Answers a client for a guard that did not start: takes its input, and returns the answer to its first request. Clients
// show the error of a request, and not what a program writes to standard error.

import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCodes, type Message, type MessageProblem, readMessage } from '../protocol/message.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import { createLineReader } from './line-reader.ts';

/** For how long a client has to send its first request, in milliseconds. */
const waitPeriod = 2_000;
/** The length of the longest first request, in bytes. */
const maxMessageBytes = 1_048_576;

/** Resolves with the answer, without a line feed, or `undefined` if there is no request in time. Destroys the input. */
export async function refuseClient(input: Readable, reason: string): Promise<string | undefined> {
  const waiting = new AbortController();
  let answer: string | undefined;
  const { read } = createLineReader(
    maxMessageBytes,
    (line) => {
      answer ??= createAnswer(readMessage(line), reason);
      if (answer !== undefined) waiting.abort();
    },
    () => {},
  );
  const end = () => waiting.abort();
  input.on('data', read).once('end', end).once('error', end).once('close', end);
  if (input.readableEnded || input.destroyed) end();
  await delay(waitPeriod, undefined, { signal: waiting.signal }).catch(() => {});
  input.destroy();
  return answer;
}

function createAnswer(message: Message | MessageProblem, reason: string): string | undefined {
  if (message.kind !== 'request') return undefined;
  return createErrorResponse(message.id, errorCodes.internal, reason);
}
