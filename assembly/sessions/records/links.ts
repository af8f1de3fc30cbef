// Links sessions to the keys of the events of all sessions that they depend on, so that an event marks them as changed. A
// session is linked to the bucket of its key, for each of these tracks, when it is evaluated.

import { isKnown } from '../../memory/cells';
import { LINKS, SHARED_COUNT } from '../layout';
import { handleOf, isRevoked, recordAt, restOf } from './records';
import { bucketOf, firstRecordAt, freedBucket, isLossShared, sharedOf, sharedTrackAt } from '../history/shared-places';
import { findAskedKey } from '../history/keys';
import { Track } from '../history/tracks';
import { scheduleSweep } from './wheel';

/** The link of a session for a track, in its state. */
@unmanaged
class Link {
  /** 1 + the bucket; 0: its key is not known. */
  bucket!: u32;
  /** 1 + the index of the next and of the previous record in the bucket; 0: there is none. */
  next!: u32;
  previous!: u32;
}

/** The bytes before the links: 1 + the index of the session's own record. */
const SELF_BYTES: usize = 4;

/** The record that is being evaluated, 1 + its index: its own events do not mark it. */
let deciding: u32 = 0;

export function setDeciding(state: usize): void {
  deciding = state == 0 ? 0 : load<u32>(state, LINKS);
}

/** Stores the index of the session's record in its state, which has no links yet. */
export function setSelf(state: usize, index: u32): void {
  store<u32>(state, index + 1, LINKS);
}

function linkOf(state: usize, number: u32): Link {
  return changetype<Link>(state + LINKS + SELF_BYTES + <usize>number * offsetof<Link>());
}

// @ts-ignore: decorator
@inline
function stateOfRecord(next: u32): usize {
  return <usize>restOf(recordAt(next - 1), next - 1).block;
}

/** Links a session to the buckets of the keys in the cells. */
export function linkSession(state: usize): void {
  for (let number = 0; number < SHARED_COUNT; number += 1) {
    const track = sharedTrackAt(number);
    const cell = findAskedKey(track);
    const bucket = isKnown(cell) ? bucketOf(track, cell) + 1 : 0;
    const link = linkOf(state, number);
    if (link.bucket == bucket) continue;
    unlink(track, number, state);
    if (bucket == 0) continue;
    const own = load<u32>(state, LINKS);
    const first = firstRecordAt(track, bucket - 1);
    const next = load<u32>(first);
    link.bucket = bucket;
    link.next = next;
    link.previous = 0;
    if (next != 0) linkOf(stateOfRecord(next), number).previous = own;
    store<u32>(first, own);
  }
}

export function unlinkSession(state: usize): void {
  for (let number = 0; number < SHARED_COUNT; number += 1) unlink(sharedTrackAt(number), number, state);
}

function unlink(track: Track, number: u32, state: usize): void {
  const link = linkOf(state, number);
  if (link.bucket == 0) return;
  const next = link.next;
  const previous = link.previous;
  if (next != 0) linkOf(stateOfRecord(next), number).previous = previous;
  if (previous != 0) linkOf(stateOfRecord(previous), number).next = next;
  else store<u32>(firstRecordAt(track, link.bucket - 1), next);
  link.bucket = 0;
}

/** Marks the sessions of a bucket as changed, except for the one that decides. */
export function markBucket(track: Track, bucket: u32): void {
  markSessions(track, bucket, deciding);
}

/** Marks the sessions that are affected because a key lost its place with the last call of `placeIn`. */
export function markFreed(track: Track): void {
  if (isLossShared) markAll(track);
  else if (freedBucket >= 0) markBucket(track, freedBucket);
}

/** Marks all sessions that have a key. */
export function markAll(track: Track): void {
  const buckets = sharedOf(track).buckets;
  for (let bucket: u32 = 0; bucket < buckets; bucket += 1) markSessions(track, bucket, 0);
}

function markSessions(track: Track, bucket: u32, but: u32): void {
  const number = sharedOf(track).number;
  let next = load<u32>(firstRecordAt(track, bucket));
  while (next != 0) {
    const session = recordAt(next - 1);
    if (next != but && !isRevoked(session)) scheduleSweep(session, handleOf(next - 1));
    next = linkOf(stateOfRecord(next), number).next;
  }
}
