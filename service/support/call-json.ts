// Calls another service with JSON. Redirects are refused, because the credentials are for this URL; so is plain HTTP to
// another machine, and a response that is too long.

import { isLoopback } from './loopback.ts';

export interface JsonCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** The header of that name. */
  readonly authorization?: string | undefined;
  readonly body?: unknown;
  /** Default: JSON. */
  readonly contentType?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface JsonReply {
  readonly status: number;
  /** undefined: the body is empty or not JSON. */
  readonly body: unknown;
}

const defaultTimeout = 10_000;
const maxLength = 4 * 1024 * 1024;

/** Rejects if there is no response. */
export async function callJson(call: JsonCall): Promise<JsonReply> {
  const { method, url, authorization, body, contentType = 'application/json' } = call;
  const { timeout = defaultTimeout, signal } = call;
  expectPrivate(url);
  const timedOut = AbortSignal.timeout(timeout);
  const response = await fetch(url, {
    method,
    redirect: 'error',
    signal: signal === undefined ? timedOut : AbortSignal.any([timedOut, signal]),
    headers: {
      accept: 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: parsed(await textOf(response)) };
}

/** Throws for a URL whose requests others could read. */
function expectPrivate({ protocol, hostname, href }: URL): void {
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new Error(`${href}: expected https`);
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxLength) throw new Error(`the response is longer than ${maxLength} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
