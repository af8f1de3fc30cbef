// Delivers the tokens of streams: pushes them (RFC 8935) with retries, and gives them to receivers that poll (RFC 8936).
// A token stays until its receiver has accepted or refused it.

import { isMembers } from '../../json/members.ts';
import { callJson } from '../../support/call-json.ts';
import type { Destinations } from '../../support/destinations.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { OutgoingSet, OutgoingSets } from '../store/signal-store.ts';
import { pushMethod, setContentType } from '../streams.ts';
import type { Stream } from './stream.ts';

export type DeliveryOutcome = 'delivered' | 'refused' | 'failed';

export interface OutboxOptions {
  readonly store: OutgoingSets;
  /** Where events may be pushed to. */
  readonly destinations: () => Destinations;
  /** The stream as it is now, or `undefined` if it was deleted. */
  readonly stream: (id: string) => Stream | undefined;
  /** Whether this process pushes the tokens of a stream to its receiver now. */
  readonly isPushed: (stream: Stream) => boolean;
  readonly onOutcome: (outcome: DeliveryOutcome) => void;
  readonly onWarning: (warning: string) => void;
}

/** The tokens that are pushed to one receiver at once. */
const concurrency = 8;
/** How long a receiver may take to accept a token, in milliseconds. */
const timeout = 10_000;
/** The time between attempts, in milliseconds. */
const pause = 500;
const maxPause = 60_000;

interface Worker {
  isRunning: boolean;
  isWoken: boolean;
  failures: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #workers = new Map<string, Worker>();
  /** Who polls a stream that has nothing to send. */
  readonly #pollers = new Map<string, Set<() => void>>();
  readonly #ending = new AbortController();
  /** Aborted when what is pushed and polled now may no longer be. */
  #sending = new AbortController();
  #isAnswering = true;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** A stream has something to send, or may send again. */
  wake(id: string): void {
    for (const wake of this.#pollers.get(id) ?? []) wake();
    const stream = this.#options.stream(id);
    if (stream?.delivery.method !== pushMethod || stream.status === 'paused') return;
    if (!this.#options.isPushed(stream)) return;
    const worker = this.#workers.get(id) ?? {
      isRunning: false,
      isWoken: false,
      failures: 0,
      timer: undefined,
    };
    this.#workers.set(id, worker);
    worker.isWoken = true;
    if (!worker.isRunning && worker.timer === undefined) void this.#push(id, worker);
  }

  /** The oldest tokens of a stream. Waits for one until `signal` is aborted. */
  async poll(id: string, limit: number, signal: AbortSignal): Promise<readonly OutgoingSet[]> {
    const sending = this.#sending.signal;
    for (;;) {
      // Before the store is read, so that nothing is missed after it.
      const woken = this.#awaitWake(id, signal);
      const stream = this.#options.stream(id);
      const outgoingSets =
        stream === undefined || stream.status === 'paused'
          ? []
          : await this.#options.store.waiting(id, limit);
      const isOver = signal.aborted || sending.aborted || !this.#isAnswering;
      if (outgoingSets.length > 0 || isOver) {
        woken.cancel();
        return outgoingSets;
      }
      await woken.promise;
    }
  }

  /** Answers what polls now; later polls do not wait. */
  endPolls(): void {
    this.#isAnswering = false;
    for (const wakes of this.#pollers.values()) for (const wake of wakes) wake();
  }

  /** Ends what is being pushed, which is sent again as far as it may be, and answers what polls now. */
  interrupt(): void {
    this.#sending.abort();
    this.#sending = new AbortController();
    for (const wakes of this.#pollers.values()) for (const wake of wakes) wake();
  }

  end(): void {
    this.endPolls();
    this.#ending.abort();
    this.#sending.abort();
    for (const { timer } of this.#workers.values()) clearTimeout(timer);
  }

  #awaitWake(
    id: string,
    signal: AbortSignal,
  ): { readonly promise: Promise<void>; readonly cancel: () => void } {
    const wakes = this.#pollers.get(id) ?? new Set();
    this.#pollers.set(id, wakes);
    let cancel: () => void = () => {};
    const promise = new Promise<void>((resolve) => {
      cancel = () => {
        wakes.delete(cancel);
        if (wakes.size === 0) this.#pollers.delete(id);
        signal.removeEventListener('abort', cancel);
        resolve();
      };
      wakes.add(cancel);
      signal.addEventListener('abort', cancel);
    });
    return { promise, cancel };
  }

  async #push(id: string, worker: Worker): Promise<void> {
    worker.isRunning = true;
    try {
      while (worker.isWoken && !this.#ending.signal.aborted) {
        worker.isWoken = false;
        const pushed = await this.#pushAll(id);
        // A receiver that accepts some tokens is there: the others need not wait for long.
        if (pushed !== 'none') worker.failures = 0;
        if (pushed === 'all') continue;
        const longest = Math.min(maxPause, pause * 2 ** worker.failures);
        worker.failures = Math.min(worker.failures + 1, 16);
        this.#later(id, worker, longest * (0.5 + Math.random() / 2));
        break;
      }
    } catch (error) {
      this.#options.onWarning(`events wait for ${id}: ${formatErrorMessage(error)}`);
      this.#later(id, worker, maxPause);
    }
    worker.isRunning = false;
  }

  #later(id: string, worker: Worker, wait: number): void {
    if (this.#ending.signal.aborted) return;
    worker.timer = setTimeout(() => {
      worker.timer = undefined;
      this.wake(id);
    }, wait);
    worker.timer.unref();
  }

  /** Pushes what waits. Returns how much of the last tokens need not be sent again. */
  async #pushAll(id: string): Promise<'all' | 'some' | 'none'> {
    const { store, stream: find, isPushed } = this.#options;
    for (;;) {
      const stream = find(id);
      if (stream === undefined || stream.status === 'paused' || !isPushed(stream)) return 'all';
      const sets = await store.waiting(id, concurrency);
      if (sets.length === 0) return 'all';
      const outcomes = await Promise.all(
        sets.map((outgoingSet) => this.#pushOne(stream, outgoingSet)),
      );
      const settled = sets.filter((_, index) => outcomes[index] !== 'failed').map(({ jti }) => jti);
      await store.settle(id, settled);
      if (settled.length < sets.length || this.#ending.signal.aborted) {
        return settled.length > 0 ? 'some' : 'none';
      }
    }
  }

  async #pushOne({ id, delivery }: Stream, { token, jti }: OutgoingSet): Promise<DeliveryOutcome> {
    const { destinations, onWarning, onOutcome } = this.#options;
    const { signal } = this.#sending;
    let outcome: DeliveryOutcome = 'failed';
    try {
      const { status, body } = await callJson({
        method: 'POST',
        url: new URL(delivery.endpoint_url),
        body: token,
        timeout,
        authorization: delivery.authorization_header,
        contentType: setContentType,
        destinations: destinations(),
        signal,
      });
      if (status === 202 || status === 200 || status === 204) outcome = 'delivered';
      else if (status === 400 && isMembers(body) && typeof body.err === 'string') {
        onWarning(`${id}: the receiver refuses ${jti}: ${body.err}: ${body.description}`);
        outcome = 'refused';
      } else onWarning(`${id}: the receiver answered ${status}; ${jti} is sent again`);
    } catch (error) {
      if (signal.aborted) return outcome;
      onWarning(`${id}: cannot push: ${formatErrorMessage(error)}`);
    }
    onOutcome(outcome);
    return outcome;
  }
}
