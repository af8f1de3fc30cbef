// Responses and calls that go on last only while their client may request them: each ends when its token expires, and when the
// token is no longer accepted, because its key was removed. A stream also ends after a revoke.

import type { ClientFacts } from '../../client.ts';
import { tokenExpired } from '../../passage.ts';
import type { TokenVerifier } from '../token-verifier.ts';

interface Lease {
  readonly authorization: string | undefined;
  /** The client by its token, or `undefined` if it has none. */
  readonly client: ClientFacts | undefined;
  /** Whether access was revoked meanwhile. */
  readonly isRevoked: () => boolean;
  /** Whether what was requested goes on, although its stream has ended. */
  readonly isOpen: () => boolean;
  readonly end: (reason: string) => void;
}

/** How often ends of tokens are looked for, in milliseconds. */
const interval = 1_000;
/** All tokens are verified again each time that this many intervals have passed. */
const intervalsOfRecheck = 15;

export class TokenLeases {
  readonly #verifier: TokenVerifier | undefined;
  readonly #leases = new Set<Lease>();
  /** The leases of requests that go on after their streams have ended. */
  readonly #lingering = new Set<Lease>();
  readonly #timer: ReturnType<typeof setInterval>;
  #intervals = 0;

  constructor(verifier: TokenVerifier | undefined) {
    this.#verifier = verifier;
    this.#timer = setInterval(() => this.#look(), interval);
    this.#timer.unref();
  }

  /**
   * `end`: called once when the client may no longer have its response, until the returned function is called and what was requested has
   * ended.
   */
  add(lease: Lease): () => void {
    // The id of a request that has ended may be that of the new one.
    this.#dropEnded();
    this.#leases.add(lease);
    return () => {
      if (lease.isOpen()) this.#lingering.add(lease);
      else this.#leases.delete(lease);
    };
  }

  #dropEnded(): void {
    for (const lease of this.#lingering) {
      if (lease.isOpen()) continue;
      this.#lingering.delete(lease);
      this.#leases.delete(lease);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#leases.clear();
    this.#lingering.clear();
  }

  #look(): void {
    this.#dropEnded();
    this.#intervals += 1;
    const isRecheck = this.#intervals % intervalsOfRecheck === 0;
    for (const lease of this.#leases) {
      if (lease.client !== undefined && hasExpired(lease.client)) this.#end(lease, tokenExpired);
      else if (lease.isRevoked()) this.#end(lease, 'access was revoked');
      else if (isRecheck && lease.client !== undefined) void this.#recheck(lease);
    }
  }

  async #recheck(lease: Lease): Promise<void> {
    const client = await this.#verifier?.(lease.authorization);
    // While the keys cannot be read, nothing new is known about the token.
    const isRefused = client !== undefined && 'status' in client && client.status !== 503;
    if (isRefused) this.#end(lease, 'the token is no longer accepted');
  }

  #end(lease: Lease, reason: string): void {
    this.#lingering.delete(lease);
    if (this.#leases.delete(lease)) lease.end(reason);
  }
}

/** Whether the token of a client has expired. */
export function hasExpired({ validUntil }: ClientFacts): boolean {
  return validUntil !== undefined && validUntil <= Date.now();
}
