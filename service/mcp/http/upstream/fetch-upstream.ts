// The HTTP requests of a guard to its server.

import type { Exchange, Sent } from '../exchanges/exchange.ts';
import { createStatedHeaders } from '../headers/headers.ts';

/** Sends the requests of `fetch`. */
interface Dispatcher {
  readonly dispatch: (options: object, handler: unknown) => boolean;
}

/** Where `fetch` keeps the dispatcher that it uses by default. */
const defaultDispatcher = Symbol.for('undici.globalDispatcher.1');

/**
 * Sends requests as `fetch` does by default, but without its limits of five silent minutes: a server may work for longer before it
 * answers.
 */
const patientDispatcher: Dispatcher = {
  dispatch: (options, handler) => {
    const dispatcher = Reflect.get(globalThis, defaultDispatcher) as Dispatcher;
    return dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler);
  },
};

/** The server does not carry out the request at this address. */
export class Redirected extends Error {}

/**
 * Sends a request to the server alone: messages of another address are not those of the server, which the policy is about,
 * and the credentials of the client are not for it. Rejects if the server redirects.
 */
export async function fetchUpstream(url: URL, given: RequestInit): Promise<Response> {
  const init = { ...given, dispatcher: patientDispatcher };
  const response = await fetch(url, { ...init, redirect: 'manual' });
  const { status, headers } = response;
  if (status < 300 || status >= 400) return response;
  await response.body?.cancel();
  const target = JSON.stringify(headers.get('location') ?? '');
  throw new Redirected(
    `it redirects to ${target}, which is not followed: start the guard with the final address`,
  );
}

interface Post {
  readonly message: Uint8Array | string;
  readonly sent: Sent;
  /** Whether the message was sent by the client itself. */
  readonly isOwn: boolean;
  readonly signal: AbortSignal;
}

/** Sends a message to the server. */
export async function postUpstream(
  exchange: Exchange,
  { message, sent, isOwn, signal }: Post,
): Promise<Response> {
  const send = (headers: Exchange['headers']) =>
    fetchUpstream(exchange.url, {
      method: 'POST',
      headers: {
        ...createStatedHeaders(headers, sent, exchange.parameterHeaders),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: message as BodyInit,
      signal,
    });
  const response = await send(exchange.headers);
  const renewed = isOwn ? undefined : renewHeaders(exchange);
  if (response.status !== 401 || renewed === undefined) return response;
  await response.body?.cancel();
  return send(renewed);
}

/**
 * The headers for what the guard itself sends when the token of the request has expired, such as the cancellation of its call,
 * or `undefined` if the client has come with no other token.
 */
function renewHeaders({ headers, latestAuthorization }: Exchange): Exchange['headers'] | undefined {
  const authorization = latestAuthorization();
  if (authorization === undefined || authorization === headers.authorization) return undefined;
  return { ...headers, authorization };
}
