// Downloads a file within limits: from a URL with https or on this machine, by redirects of the same origin only, without
// compression, and no longer and no slower than allowed. Nothing beyond the limit is kept in memory.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { anyDestination } from './destinations.ts';

export interface DownloadOptions {
  readonly url: URL;
  readonly maxBytes: number;
  /** For the whole download, in milliseconds. */
  readonly timeout: number;
  /** The `ETag` of the version that is known. */
  readonly tag?: string | undefined;
}

export interface Downloaded {
  readonly bytes: Uint8Array;
  readonly tag: string | undefined;
}

const maxRedirects = 5;

/**
 * Returns the file, or `undefined` if it is the version with the given tag. Rejects with an `Error` whose message
 * begins with no URL.
 */
export async function download(options: DownloadOptions): Promise<Downloaded | undefined> {
  const { timeout } = options;
  const timedOut = AbortSignal.timeout(timeout);
  try {
    return await followRedirects(options, timedOut);
  } catch (error) {
    if (timedOut.aborted) throw new Error(`it was not complete after ${timeout / 1_000} seconds`);
    throw error;
  }
}

async function followRedirects(
  { url: first, maxBytes, tag }: DownloadOptions,
  signal: AbortSignal,
): Promise<Downloaded | undefined> {
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    anyDestination.expect(url);
    const response = await sendRequest(url, tag, signal);
    const { statusCode: status = 0, headers } = response;
    if (status === 200) {
      return { bytes: await readBytes(response, maxBytes), tag: headers.etag };
    }
    response.destroy();
    if (status === 304) return undefined;
    if (status < 300 || status >= 400 || headers.location === undefined) {
      throw new Error(`status ${status}`);
    }
    const next = URL.canParse(headers.location, url) ? new URL(headers.location, url) : undefined;
    if (next?.origin !== first.origin) {
      throw new Error(`it redirects to another origin, ${next?.origin ?? 'which is not a URL'}`);
    }
    if (redirects === maxRedirects) throw new Error('it redirects too often');
    url = next;
  }
}

function sendRequest(
  url: URL,
  tag: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = {
    'accept-encoding': 'identity',
    ...(tag === undefined ? {} : { 'if-none-match': tag }),
  };
  return new Promise((resolve, reject) => {
    open(url, { signal, headers, agent: false })
      .once('response', resolve)
      .once('error', reject)
      .end();
  });
}

async function readBytes(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = response.headers;
  const tooLong = new Error(`it is longer than ${maxBytes} bytes`);
  try {
    if (encoding !== 'identity') throw new Error(`it is encoded as ${encoding}`);
    if (Number(length) > maxBytes) throw tooLong;
    const chunks: Uint8Array[] = [];
    let read = 0;
    for await (const chunk of response) {
      read += chunk.length;
      if (read > maxBytes) throw tooLong;
      chunks.push(chunk);
    }
    if (!response.complete) throw new Error('the connection ended before its end');
    return new Uint8Array(Buffer.concat(chunks));
  } finally {
    response.destroy();
  }
}
