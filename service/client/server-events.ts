// Server-sent events (HTML standard, section 9.2) as an iteration that outlives connections: a lost one is opened again,
// and after a time without any contact the iteration throws.

import { createParser } from 'eventsource-parser';
import { parseUntrusted } from '../json/parse-untrusted.ts';
import { createInvalidAnswerError, ServiceError } from './service-error.ts';

export interface FollowOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
  /** How long the service may be out of contact before the iteration throws, in milliseconds. Default: any time. */
  readonly maxOutage?: number | undefined;
}

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Opens a stream, until the signal is aborted. Rejects with a `ServiceError`. */
export type OpenStream = (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

/** A service sends at least a comment each 15 seconds: after this time without any byte the connection is lost. */
const maxSilence = 35_000;
/** Between attempts to connect, in milliseconds. */
const [firstPause, longestPause] = [100, 5_000];

/**
 * Yields the events of each connection. Throws the `ServiceError` of a service that refuses, or that was out of contact for
 * too long.
 */
export async function* followServerEvents(
  open: OpenStream,
  { signal, maxOutage = Number.POSITIVE_INFINITY }: FollowOptions,
): AsyncGenerator<ServerEvent, void> {
  let contact = performance.now();
  const inContact = () => {
    contact = performance.now();
  };
  let failures = 0;
  while (!isAborted(signal)) {
    let lost: ServiceError;
    try {
      for await (const event of followConnection(open, signal, inContact)) {
        failures = 0;
        yield event;
      }
      lost = new ServiceError('the stream of events ended');
    } catch (error) {
      if (isAborted(signal)) return;
      if (!(error instanceof ServiceError) || !error.isTransient) throw error;
      lost = error;
    }
    const left = maxOutage - (performance.now() - contact);
    if (left <= 0) throw lost;
    await pause(Math.min(computePause(failures), left), signal);
    failures += 1;
  }
}

/** The events of one connection, which is closed when the iteration ends. */
async function* followConnection(
  open: OpenStream,
  signal: AbortSignal | undefined,
  inContact: () => void,
): AsyncGenerator<ServerEvent, void> {
  const ending = new AbortController();
  const end = () => ending.abort(signal?.reason);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const reader = (await open(ending.signal)).getReader();
    const decoder = new TextDecoder();
    const events: ServerEvent[] = [];
    const parser = createParser({
      onEvent: ({ event = 'message', data }) => events.push({ event, data: parseData(data) }),
    });
    for (;;) {
      inContact();
      const { done, value } = await read(reader, ending);
      if (done) return;
      inContact();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* events.splice(0);
    }
  } finally {
    signal?.removeEventListener('abort', end);
    ending.abort();
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, ending: AbortController) {
  const silent = new ServiceError('the service was silent for too long');
  const timer = setTimeout(() => ending.abort(silent), maxSilence);
  try {
    return await reader.read();
  } catch (cause) {
    if (ending.signal.reason === silent) throw silent;
    throw new ServiceError('the connection was lost', { code: 'unreachable', cause });
  } finally {
    clearTimeout(timer);
  }
}

/** Random, so that many clients do not return to a service at the same moment. */
function computePause(failures: number): number {
  return Math.min(longestPause, firstPause * 2 ** failures) * (0.5 + Math.random() / 2);
}

function pause(time: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, time);
    signal?.addEventListener('abort', end);
  });
}

/** A signal changes while something is awaited. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function parseData(text: string): unknown {
  const data = parseUntrusted(text);
  if (data === undefined) throw createInvalidAnswerError('an event is not JSON with unique names');
  return data;
}
