// Polls a stream (RFC 8936): requests tokens, has each of them accepted, and reports with the next request which were
// accepted and which are not acceptable. What is in neither list is sent again by the transmitter.

import { setTimeout as delay } from 'node:timers/promises';
import { isMembers } from '../../json/members.ts';
import { callJson } from '../../support/call-json.ts';
import type { Destinations } from '../../support/destinations.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { SetError } from '../sets/security-event.ts';

export interface PollerOptions {
  readonly url: URL;
  /** Where the requests may go. */
  readonly destinations: Destinations;
  readonly authorization: string | undefined;
  /**
   * The time between requests in milliseconds, or `undefined` if the transmitter waits for events before it answers.
   */
  readonly interval: number | undefined;
  /** Resolves when the token may be acknowledged. Rejects with a `SetError` if it never may be. */
  readonly accept: (token: string, jti: string) => Promise<void>;
  readonly onWarning: (warning: string) => void;
}

const maxEvents = 100;
/** How long the transmitter may take to answer: it waits for events. */
const longPoll = 60_000;
/** The time between requests if the transmitter does not wait, and after failures, in milliseconds. */
const pause = 1_000;
const maxPause = 60_000;

export class Poller {
  readonly #options: PollerOptions;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #accepted: string[] = [];
  #refused = new Map<string, SetError>();
  #failures = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Acknowledges what was accepted, and ends. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    if (this.#accepted.length === 0 && this.#refused.size === 0) return;
    await this.#request({ maxEvents: 0, returnImmediately: true }).catch(() => {});
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    const { interval = pause } = this.#options;
    const returnImmediately = this.#options.interval !== undefined;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        const received = await this.#request({ maxEvents, returnImmediately }, signal);
        this.#failures = 0;
        await Promise.all([...received].map(([jti, token]) => this.#accept(jti, token)));
        const isBusy = received.size === 0 && performance.now() - startedAt < interval;
        if (isBusy) await delay(interval, undefined, { signal });
      } catch (error) {
        if (signal.aborted) return;
        await this.#reportFailure(error);
      }
    }
  }

  /** Returns the tokens by their ids. */
  async #request(wanted: object, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { url, destinations, authorization } = this.#options;
    const [accepted, refused] = [this.#accepted, this.#refused];
    const ack = accepted.length === 0 ? {} : { ack: accepted };
    const setErrs = refused.size === 0 ? {} : { setErrs: Object.fromEntries(refused) };
    const body = { ...wanted, ...ack, ...setErrs };
    const reply = await callJson({
      method: 'POST',
      url,
      destinations,
      authorization,
      body,
      timeout: longPoll,
      signal,
    });
    if (reply.status !== 200 || !isMembers(reply.body)) {
      throw new Error(`${url}: answered ${reply.status}`);
    }
    this.#accepted = this.#accepted.slice(accepted.length);
    for (const jti of refused.keys()) this.#refused.delete(jti);
    const { sets = {} } = reply.body;
    if (!isMembers(sets)) throw new Error(`${url}: \`sets\` is not an object`);
    const entries = Object.entries(sets).filter(([, token]) => typeof token === 'string');
    return new Map(entries as [string, string][]);
  }

  async #accept(jti: string, token: string): Promise<void> {
    try {
      await this.#options.accept(token, jti);
      this.#accepted.push(jti);
    } catch (error) {
      if (error instanceof SetError) this.#refused.set(jti, error);
      else this.#options.onWarning(`an event was not accepted: ${formatErrorMessage(error)}`);
    }
  }

  async #reportFailure(error: unknown): Promise<void> {
    if (this.#failures === 0) this.#options.onWarning(`cannot poll: ${formatErrorMessage(error)}`);
    const longest = Math.min(maxPause, pause * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    const { signal } = this.#ending;
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
  }
}
