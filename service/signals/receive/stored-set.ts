// Tokens as they are stored: their names, and the canonical keys of the subjects of their events.

import type { SecurityEvent } from '../sets/security-event.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import type { SetId, StoredSet } from '../store/signal-store.ts';
import { allKeys, readSubject } from '../subjects/subject.ts';

/** The text that identifies a token. */
export function nameOf({ issuer, jti }: SetId): string {
  return JSON.stringify([issuer, jti]);
}

export function keysOfEvent({ subject }: SecurityEvent): readonly string[] {
  return subject === undefined ? [] : allKeys(readSubject(subject));
}

export function stored({ issuer, jti, events }: VerifiedSet, receivedAt: number): StoredSet {
  const index = events.flatMap((event) =>
    keysOfEvent(event).map((key) => ({ key, type: event.type, time: event.time })),
  );
  return { issuer, jti, receivedAt, events: JSON.stringify(events), index };
}

export function setOf({ issuer, jti, events }: StoredSet): VerifiedSet {
  return { issuer, jti, events: JSON.parse(events) };
}
