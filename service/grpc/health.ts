// Health checking of gRPC (grpc.health.v1): reports whether the service should get requests, as `/readyz` does.

import {
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { serviceNames } from './services.ts';

interface HealthRequest {
  readonly service?: string;
}

interface HealthResponse {
  readonly status: number;
}

type Watcher = ServerWritableStream<HealthRequest, HealthResponse>;

const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

/** How often watched readiness is looked at, in milliseconds. */
const interval = 1_000;
/** Everybody may check health, so that watchers are few. */
const maxWatchers = 100;

export class Health {
  readonly #isReady: () => boolean;
  /** Watchers, and what each was sent last. */
  readonly #watchers = new Map<Watcher, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(isReady: () => boolean) {
    this.#isReady = isReady;
    this.#timer = setInterval(() => this.update(), interval);
    this.#timer.unref();
  }

  get handlers() {
    return {
      Check: (
        { request: { service = '' } }: ServerUnaryCall<HealthRequest, HealthResponse>,
        reply: sendUnaryData<HealthResponse>,
      ) => {
        if (serviceNames.has(service)) reply(null, { status: this.#status() });
        else reply({ code: status.NOT_FOUND, details: `no service ${service}` });
      },
      Watch: (watcher: Watcher) => this.#watch(watcher),
    };
  }

  /** Notifies watchers if the readiness has changed. */
  update(): void {
    for (const [watcher, last] of this.#watchers) {
      const now = this.#status();
      if (last === serviceUnknown || last === now) continue;
      this.#watchers.set(watcher, now);
      watcher.write({ status: now });
    }
  }

  end(): void {
    clearInterval(this.#timer);
    for (const watcher of this.#watchers.keys()) watcher.end();
    this.#watchers.clear();
  }

  #watch(watcher: Watcher): void {
    if (this.#watchers.size >= maxWatchers) {
      watcher.emit('error', { code: status.RESOURCE_EXHAUSTED, details: 'too many watchers' });
      return;
    }
    const { service = '' } = watcher.request;
    const first = serviceNames.has(service) ? this.#status() : serviceUnknown;
    this.#watchers.set(watcher, first);
    watcher.on('cancelled', () => this.#watchers.delete(watcher));
    watcher.write({ status: first });
  }

  #status(): number {
    return this.#isReady() ? serving : notServing;
  }
}
