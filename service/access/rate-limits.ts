// How many requests a caller may send: each has a bucket with the requests of one second, which fills again at its rate. What
// costs more than one request, such as a batch, empties it below zero, so that the next request waits until that is made up.

import { TooManyRequests } from '../pdp/problem.ts';
import type { Caller } from './caller.ts';

export interface RateLimitOptions {
  /** Requests a second of a caller whose grant states no rate, or `undefined` for any number. */
  readonly rate?: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly onLimited?: () => void;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was the number, in milliseconds. */
  at: number;
}

/** With more buckets the full ones are removed, which are as good as new ones. */
const manyBuckets = 10_000;

export class RateLimits {
  readonly #rate: number | undefined;
  readonly #now: () => number;
  readonly #onLimited: () => void;
  readonly #buckets = new Map<string, Bucket>();
  #sweepAt = manyBuckets;

  constructor({ rate, now = () => performance.now(), onLimited = () => {} }: RateLimitOptions) {
    [this.#rate, this.#now, this.#onLimited] = [rate, now, onLimited];
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Counts a request. Throws a `TooManyRequests` if the caller has sent too many; the request is not counted then. */
  count({ id, maxRate = this.#rate }: Pick<Caller, 'id' | 'maxRate'>): void {
    if (maxRate === undefined) return;
    const bucket = this.#bucket(id, maxRate);
    if (bucket.tokens < 1) {
      this.#onLimited();
      const wait = Math.ceil((1 - bucket.tokens) / maxRate);
      throw new TooManyRequests(`${id} may send ${maxRate} requests a second`, Math.max(1, wait));
    }
    bucket.tokens -= 1;
  }

  /** Counts what one request does beyond one, after it was read. */
  charge({ id, maxRate = this.#rate }: Pick<Caller, 'id' | 'maxRate'>, requests: number): void {
    if (maxRate !== undefined && requests > 0) this.#bucket(id, maxRate).tokens -= requests;
  }

  #bucket(id: string, rate: number): Bucket {
    const now = this.#now();
    const size = Math.max(1, rate);
    const bucket = this.#buckets.get(id) ?? { tokens: size, at: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1_000) * rate);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    if (this.#buckets.size > this.#sweepAt) this.#sweep(now);
    return bucket;
  }

  /** A bucket that was not used for a time is full, unless a batch is made up for. */
  #sweep(now: number): void {
    for (const [id, { tokens, at }] of this.#buckets) {
      if (tokens >= 0 && now - at > 60_000) this.#buckets.delete(id);
    }
    this.#sweepAt = Math.max(manyBuckets, this.#buckets.size * 2);
  }
}
