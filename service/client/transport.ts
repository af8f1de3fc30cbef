// Calls a service with `fetch`: takes a method, a path and a body, and returns the JSON of the response, or throws a
// `ServiceError`. A call ends in time, whatever the service does.

import { parseUntrusted } from '../json/parse-untrusted.ts';
import {
  createInvalidAnswerError,
  type FailureCode,
  readServiceError,
  ServiceError,
} from './service-error.ts';

export interface TransportOptions {
  /** Where the service is, such as `http://127.0.0.1:8181`. */
  readonly url: string;
  /** How the caller is identified: by a key, or by a token, which may be made for each call. Default: not at all. */
  readonly credentials?:
    | { readonly key: string }
    | { readonly token: string | (() => string | Promise<string>) };
  /** How long a call may take, in milliseconds. Default: 5000. */
  readonly timeout?: number;
  /** Default: the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface CallOptions {
  /** Ends the call, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** In milliseconds; default: the timeout of the client. */
  readonly timeout?: number | undefined;
}

export interface ServiceCall extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const defaultTimeout = 5_000;

export class Transport {
  readonly #options: TransportOptions;
  readonly #base: string;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = options.url.replace(/\/+$/, '');
  }

  /** Returns the JSON of the response, or `undefined` if it has no body. */
  async send({ body, ...call }: ServiceCall): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#inTime(call, async (signal) => {
      const response = await this.#fetch(call, signal, text);
      const answer = await response.text();
      const value = parseUntrusted(answer);
      if (!response.ok) throw readServiceError(response.status, value);
      if (value === undefined && answer !== '')
        throw createInvalidAnswerError('the response is not JSON with unique names');
      return value;
    });
  }

  /** Returns a response whose body goes on until `signal` is aborted; only its beginning must come in time. */
  async open(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const ending = new AbortController();
    const end = () => ending.abort(signal.reason);
    signal.addEventListener('abort', end, { once: true });
    const call: ServiceCall = {
      method: 'GET',
      path,
      headers: { accept: 'text/event-stream' },
      signal,
    };
    return this.#inTime(call, async (inTime) => {
      inTime.addEventListener('abort', () => ending.abort(inTime.reason), { once: true });
      const response = await this.#fetch(call, ending.signal);
      if (!response.ok)
        throw readServiceError(response.status, parseUntrusted(await response.text()));
      if (response.body === null) throw createInvalidAnswerError('the response has no body');
      return response.body;
    });
  }

  async #fetch(
    { method, path, headers }: Omit<ServiceCall, 'body'>,
    signal: AbortSignal,
    body?: string,
  ): Promise<Response> {
    const call = this.#options.fetch ?? fetch;
    return call(`${this.#base}${path}`, {
      method,
      headers: {
        ...(await this.#credentials()),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      // Credentials go to nobody else.
      redirect: 'manual',
      signal,
    });
  }

  async #credentials(): Promise<Record<string, string>> {
    const { credentials } = this.#options;
    if (credentials === undefined) return {};
    if ('key' in credentials) return { 'x-api-key': credentials.key };
    const { token } = credentials;
    if (typeof token === 'string') return { authorization: `Bearer ${token}` };
    try {
      return { authorization: `Bearer ${await token()}` };
    } catch (cause) {
      throw new ServiceError('the token of the caller is not available', { cause });
    }
  }

  /** Aborts the signal of the call when its time is over, or its caller ends it. */
  async #inTime<Result>(
    { signal, timeout = this.#options.timeout ?? defaultTimeout }: CallOptions,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    const ending = new AbortController();
    const end = () => ending.abort(signal?.reason);
    signal?.addEventListener('abort', end, { once: true });
    const late = createFailure('timeout', `the service did not answer within ${timeout} ms`);
    const timer = setTimeout(() => ending.abort(late), timeout);
    const ended = new Promise<never>((_, reject) => {
      ending.signal.addEventListener('abort', () => reject(ending.signal.reason), { once: true });
    });
    try {
      return await Promise.race([call(ending.signal), ended]);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (ending.signal.aborted) throw late;
      if (error instanceof ServiceError) throw error;
      throw createFailure('unreachable', 'the service cannot be reached', error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }
}

function createFailure(code: FailureCode, detail: string, cause?: unknown): ServiceError {
  return new ServiceError(detail, { code, cause });
}
