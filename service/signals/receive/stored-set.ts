// Tokens as they are stored: their names, and the canonical keys of the subjects of their events.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isMembers } from '../../json/members.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import type { SetId, StoredSet } from '../store/signal-store.ts';
import { readSubject } from '../subjects/subject.ts';
import { listIdentifyingKeys } from '../subjects/subject-index.ts';

/** The text that identifies a token. */
export function nameSet({ issuer, jti }: SetId): string {
  return JSON.stringify([issuer, jti]);
}

/** The keys that each session has one of that the event is about. */
export function listEventKeys({ subject }: SecurityEvent): readonly string[] {
  return subject === undefined ? [] : listIdentifyingKeys(readSubject(subject));
}

/**
 * The type of an event, a digest of whom it is about and which claims it has, and one of everything that it says, except for its
 * time. Newer events with the same one have the same effect.
 */
function buildTypeKey({ type, issuer, subject, claims }: SecurityEvent): string {
  const { event_timestamp: _, ...said } = claims;
  const about = computeDigest({ subject, claims: [...claimPaths(said, '$')].sort() });
  return `${type} ${about}.${computeDigest({ issuer, subject, said })}`;
}

function computeDigest(value: object): string {
  return createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('base64url');
}

function* claimPaths(value: unknown, path: string): Iterable<string> {
  if (!isMembers(value)) {
    yield path;
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    yield* claimPaths(member, `${path}.${JSON.stringify(name)}`);
  }
}

/**
 * The type, the subject and the claims that events have in common whose facts replace each other; a session that the newest one is about is
 * one that the others are about. An entry of an earlier version has nothing in common with others.
 */
export function readGroup(indexed: string): string {
  const [, about] = /^(.* [^ .]+)\.[^ ]*$/s.exec(indexed) ?? [];
  return about ?? indexed;
}

/** The type of the event in an index. */
export function readType(indexed: string): string {
  const end = indexed.lastIndexOf(' ');
  return end === -1 ? indexed : indexed.slice(0, end);
}

export function toStoredSet({ issuer, jti, events }: VerifiedSet, receivedAt: number): StoredSet {
  const index = events.flatMap((event) => {
    const type = buildTypeKey(event);
    return listEventKeys(event).map((key) => ({ key, type, time: event.time }));
  });
  return { issuer, jti, receivedAt, events: JSON.stringify(events), index };
}

export function toVerifiedSet({ issuer, jti, events }: StoredSet): VerifiedSet {
  return { issuer, jti, events: JSON.parse(events) };
}
