// Sends a request to a URL. Redirects are not followed, because the credentials and the check of the address are for this
// URL; a response that is too long is refused.

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Destinations } from './destinations.ts';

export interface UrlCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Where the request may go: it depends on who named the URL. */
  readonly destinations: Destinations;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

export interface UrlReply {
  readonly status: number;
  readonly text: string;
}

const maxLength = 4 * 1024 * 1024;

/** Rejects if there is no response. */
export async function callUrl(call: UrlCall): Promise<UrlReply> {
  const { url, destinations, timeout, signal } = call;
  destinations.expect(url);
  const timedOut = AbortSignal.timeout(timeout);
  try {
    const ended = signal === undefined ? timedOut : AbortSignal.any([timedOut, signal]);
    const response = await send(call, ended, true);
    const { statusCode: status = 0 } = response;
    if (status >= 300 && status < 400) {
      response.destroy();
      throw new Error(`${url.origin}: answered ${status}, and redirects are not followed`);
    }
    return { status, text: await readText(response) };
  } catch (error) {
    if (!timedOut.aborted) throw error;
    throw new Error(`${url.origin}: no answer within ${timeout / 1_000} seconds`);
  }
}

function send(call: UrlCall, signal: AbortSignal, mayRepeat: boolean): Promise<IncomingMessage> {
  const { method, url, destinations, headers, body } = call;
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = open(url, {
      method,
      signal,
      agent: destinations.agent(url),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    request.once('response', resolve);
    request.once('error', (error: NodeJS.ErrnoException) => {
      // The server closed an idle connection at the moment in which it was used again.
      const isStale = mayRepeat && request.reusedSocket && error.code === 'ECONNRESET';
      if (isStale && !signal.aborted) send(call, signal, false).then(resolve, reject);
      else reject(error);
    });
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > maxLength) throw new Error(`the response is longer than ${maxLength} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
