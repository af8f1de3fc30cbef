// Calls another service with JSON.

import { parseUntrusted } from '../json/parse-untrusted.ts';
import { callUrl, type UrlCall } from './call-url.ts';

export interface JsonCall extends Pick<UrlCall, 'method' | 'url' | 'destinations' | 'signal'> {
  /** The header of that name. */
  readonly authorization?: string | undefined;
  readonly body?: unknown;
  /** Default: JSON. */
  readonly contentType?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface JsonReply {
  readonly status: number;
  /** `undefined` if the body is empty, not JSON, or ambiguous. */
  readonly body: unknown;
}

const defaultTimeout = 10_000;

/** Rejects if there is no response. */
export async function callJson(call: JsonCall): Promise<JsonReply> {
  const { method, url, destinations, signal, authorization, body } = call;
  const { contentType = 'application/json', timeout = defaultTimeout } = call;
  const { status, text } = await callUrl({
    method,
    url,
    destinations,
    signal,
    timeout,
    headers: {
      accept: 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status, body: parseUntrusted(text) };
}
