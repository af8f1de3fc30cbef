// Decisions by a service over HTTP. All sessions that are watched share one stream of changes; after a lost connection
// the state of each is read again, so that no change is missed.

import { RevokedError, type ServiceClient, ServiceError } from '../client/index.ts';
import { createSessionClosedError } from '../client/service-error.ts';
import { type Backend, type BackendEvent, Listeners } from './backend.ts';

export interface RemoteOptions {
  /** How long the service may be out of contact before requests in watched sessions end, in milliseconds. Default: 60000. */
  readonly maxOutage?: number;
  /** How long a request waits until its session is watched, in milliseconds. Default: 5000. */
  readonly watchTimeout?: number;
  /**
   * Whether the requests share a stream of all sessions. Set it to false in workers, where a request cannot use the
   * connection of another; then each has a stream of its session. Default: true.
   */
  readonly isShared?: boolean;
}

/** How long a stream stays open that no request needs, in milliseconds. */
const lingering = 10_000;

export function remoteBackend(client: ServiceClient, options: RemoteOptions = {}): Backend {
  const { maxOutage = 60_000, watchTimeout = 5_000, isShared = true } = options;
  const shared = new SharedStream(client, maxOutage);
  return {
    decide: (request, { session, traceparent }) =>
      client.evaluate(request, { session, traceparent, onFailure: 'throw' }),
    watch: async (session, listener) => {
      const watch = isShared
        ? shared.watch(session, listener)
        : watchAlone(client, maxOutage, session, listener);
      try {
        await awaitInTime(watch.ready, watchTimeout);
      } catch (error) {
        watch.end();
        throw error;
      }
      return watch.end;
    },
  };
}

interface Watching {
  readonly ready: Promise<unknown>;
  readonly end: () => void;
}

function watchAlone(
  client: ServiceClient,
  maxOutage: number,
  session: string,
  listener: (event: BackendEvent) => void,
): Watching {
  const watch = client.session(session).watch({
    maxOutage,
    onEvent: (evaluation) => listener({ kind: 'changed', evaluation }),
  });
  const { signal, ready, end } = watch;
  signal.addEventListener('abort', () => {
    // A revocation is an event of its own.
    if (!(signal.reason instanceof RevokedError)) listener({ kind: 'lost', error: signal.reason });
  });
  // A session that is not open refuses the request by its decision.
  return { ready: ready.catch((error) => expectUnknown(error)), end };
}

function expectUnknown(error: unknown): void {
  if (!(error instanceof ServiceError) || error.status !== 404) throw error;
}

async function awaitInTime(ready: Promise<unknown>, timeout: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ServiceError('the session cannot be watched in time', { code: 'timeout' });
    timer = setTimeout(() => reject(error), timeout);
  });
  try {
    await Promise.race([ready, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Stream {
  readonly connected: Promise<void>;
  readonly end: () => void;
}

class SharedStream {
  readonly #client: ServiceClient;
  readonly #maxOutage: number;
  readonly #listeners = new Listeners();
  #stream: Stream | undefined;
  #lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ServiceClient, maxOutage: number) {
    this.#client = client;
    this.#maxOutage = maxOutage;
  }

  watch(session: string, listener: (event: BackendEvent) => void): Watching {
    clearTimeout(this.#lingering);
    const remove = this.#listeners.add(session, listener);
    this.#stream ??= this.#open();
    const end = () => {
      remove();
      clearTimeout(this.#lingering);
      if (this.#listeners.sessions.length > 0) return;
      this.#lingering = setTimeout(() => this.#close(), lingering);
      // In Node, a program may end meanwhile.
      if (typeof this.#lingering === 'object') this.#lingering.unref();
    };
    return { ready: this.#stream.connected, end };
  }

  #close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): Stream {
    const ending = new AbortController();
    let connect: () => void = () => {};
    let fail: (error: unknown) => void = () => {};
    const connected = new Promise<void>((resolve, reject) => {
      connect = resolve;
      fail = reject;
    });
    connected.catch(() => {});
    const stream = { connected, end: () => ending.abort() };
    const run = async () => {
      let isFirst = true;
      const options = { signal: ending.signal, maxOutage: this.#maxOutage };
      for await (const event of this.#client.changes(options)) {
        if (event.kind === 'closed') {
          this.#listeners.notify(event.id, { kind: 'lost', error: createSessionClosedError() });
        } else if (event.kind !== 'connected') {
          this.#listeners.notify(event.id, { kind: 'changed', evaluation: event });
        } else if (isFirst) connect();
        else this.#readAll();
        isFirst = false;
      }
      throw new ServiceError('the client was closed');
    };
    run().catch((error) => {
      if (this.#stream === stream) this.#stream = undefined;
      fail(error);
      if (!ending.signal.aborted) this.#listeners.notifyAll({ kind: 'lost', error });
    });
    return stream;
  }

  /** Changes may have been missed. */
  #readAll(): void {
    for (const session of this.#listeners.sessions) {
      this.#client
        .session(session)
        .read()
        .then(
          (evaluation) => this.#listeners.notify(session, { kind: 'changed', evaluation }),
          (error) => this.#listeners.notify(session, { kind: 'lost', error }),
        );
    }
  }
}
