// The keys of an issuer of tokens. After a rotation the first token with a new key is verified, too: an unknown key is
// looked for in a key set that was read after the token arrived.

import { setTimeout as delay } from 'node:timers/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWTHeaderParameters,
} from 'jose';
import { callUrl } from '../support/call-url.ts';
import type { Destinations } from '../support/destinations.ts';

export type KeySource = (
  header: JWTHeaderParameters,
  token: FlattenedJWSInput,
) => Promise<CryptoKey>;

/** The shortest time between two readings of a key set, in milliseconds. */
const pause = 1_000;
/** How old a key set may be, so that a key which was removed from it is no longer used, in milliseconds. */
const refreshInterval = 60_000;
/** How old it may be if the issuer does not answer, in milliseconds. */
const maxAge = 300_000;
const timeout = 5_000;

export function createKeySource(
  keys: URL | JSONWebKeySet,
  destinations: (url: URL) => Destinations,
): KeySource {
  return keys instanceof URL ? createRemoteKeys(keys, destinations(keys)) : createLocalJWKSet(keys);
}

function createRemoteKeys(url: URL, destinations: Destinations): KeySource {
  let readAt = Number.NEGATIVE_INFINITY;
  const read = createRemoteJWKSet(url, {
    cooldownDuration: pause,
    cacheMaxAge: maxAge,
    timeoutDuration: timeout,
    [customFetch]: async () => {
      readAt = performance.now();
      const headers = { accept: 'application/json' };
      const reply = await callUrl({ method: 'GET', url, destinations, headers, timeout });
      return new Response(reply.text, { status: reply.status });
    },
  });
  let refreshing: Promise<void> | undefined;
  return async (header, token) => {
    const arrivedAt = performance.now();
    if (Number.isFinite(readAt) && arrivedAt - readAt >= refreshInterval) {
      // If that fails, the known keys are used until they are too old.
      refreshing ??= read.reload().catch(() => {});
    }
    await refreshing;
    refreshing = undefined;
    try {
      return await read(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || readAt >= arrivedAt) throw error;
      await delay(Math.max(0, readAt + pause - performance.now()));
      if (readAt < arrivedAt) await read.reload();
      return read(header, token);
    }
  };
}
