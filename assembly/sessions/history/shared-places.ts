// Stores the events of all sessions of a module, for tracks whose keys identify something that several sessions have in
// common. `language/evaluator/history.ts` defines the meaning.
//
// The state of such a track is like that of any track with a key, but in the module, and its places are found by the hash
// of the key. A stamp has the number of its event: the same event has the same number in every module, so that lists of
// two modules can be united (see shared-snapshot.ts), and a session finds its own last decision, which does not count for
// itself.
//
// The index of a track is a `SharedIndex`; then for each bucket 1 + the index of its first place, and for each bucket
// 1 + the index of the record of its first session (see links.ts); 0: there is none.

import { take } from '../../memory/blocks';
import { lengthIn, pointerIn, wordIn } from '../../memory/cells';
import { hashedBytes, hashedWord } from '../records/answer-key';
import { SHARED_BYTES, TRACK_COUNT, TRACKS } from '../layout';
import { idAt } from './recall';
import { SessionId } from '../records/session';
import {
  decisionTime, forgetPlace, frontOf, hasPending, History, isOf, isOver, KeyPlace, lostOf, newestIn, placeAt, placeBytes,
  raise, SizedBlock, Stamp, stampsOf, takeSizedBlock, Track, trackAt,
} from './tracks';

/** A stamp of the events of all sessions. In a list of a sum, it continues as in `Summand` (see shared-sums.ts). */
@unmanaged
export class SharedStamp {
  /** As in `Stamp`. */
  instant!: u64;
  /** The number of the event. */
  event!: u64;
}

/** The end of the row of a track of the events of all sessions, in place of the slot of a stored value. */
@unmanaged
export class SharedTrack {
  /** The offset of its index. */
  indexAt!: u32;
  /** The number of buckets, which is a power of two. */
  buckets!: u32;
  /** Its number among these tracks. */
  number!: u32;
}

@unmanaged
class SharedIndex {
  /** The number of places that were ever in use; these come first. */
  used!: u32;
  reserved!: u32;
}

/** The address of the state of all these tracks; 0: no session was opened yet. */
let shared: usize = 0;

/** Returns false if there is no room. */
export function makeShared(): bool {
  if (shared != 0) return true;
  shared = take(SHARED_BYTES);
  if (shared != 0) memory.fill(shared, 0, SHARED_BYTES);
  return shared != 0;
}

// @ts-ignore: decorator
@inline
export function isShared(track: Track): bool {
  return changetype<usize>(track) >= TRACKS + <usize>TRACK_COUNT * offsetof<Track>();
}

// @ts-ignore: decorator
@inline
export function sharedTrackAt(at: i32): Track {
  return trackAt(TRACKS, TRACK_COUNT + at);
}

/** The stamps of events whose key is not known. */
// @ts-ignore: decorator
@inline
export function keylessOf(track: Track): usize {
  return shared + <usize>track.stateAt;
}

/** The stamp of the last event that was dropped. */
// @ts-ignore: decorator
@inline
export function lostOfTrack(track: Track): usize {
  return keylessOf(track) + stampsOf(track);
}

// @ts-ignore: decorator
@inline
export function stampAt(track: Track, list: usize, at: i32): SharedStamp {
  return changetype<SharedStamp>(list + <usize>at * <usize>track.stampSize);
}

// @ts-ignore: decorator
@inline
export function isLater(a: SharedStamp, b: SharedStamp): bool {
  return a.instant > b.instant || (a.instant == b.instant && a.event > b.event);
}

// @ts-ignore: decorator
@inline
export function sharedOf(track: Track): SharedTrack {
  return changetype<SharedTrack>(changetype<usize>(track) + offsetof<Track>('slotCell'));
}

// @ts-ignore: decorator
@inline
function indexIn(track: Track): SharedIndex {
  return changetype<SharedIndex>(shared + <usize>sharedOf(track).indexAt);
}

/** Where 1 + the index of the first place of a bucket is. */
function firstPlaceAt(track: Track, bucket: u32): usize {
  return changetype<usize>(indexIn(track)) + offsetof<SharedIndex>() + (<usize>bucket << 2);
}

/** The bucket of the key in a cell, which is known. */
export function bucketOf(track: Track, cell: usize): u32 {
  const hash = track.isBytesKey == 0
    ? hashedWord(0, wordIn(cell))
    : hashedBytes(0, pointerIn(cell), lengthIn(cell));
  return bucketIn(track, hash);
}

function bucketIn(track: Track, hash: u64): u32 {
  return <u32>(hash ^ (hash >> 32)) & (sharedOf(track).buckets - 1);
}

/** Where 1 + the index of the first record of a bucket is. */
export function firstRecordAt(track: Track, bucket: u32): usize {
  return firstPlaceAt(track, sharedOf(track).buckets + bucket);
}

/** The number of the event of the recalled session with this order. */
export function eventNumber(order: u32, time: i64): u64 {
  const length = <i32>load<u8>(idAt, offsetof<SessionId>('length'));
  return hashedWord(hashedWord(hashedBytes(0, idAt + offsetof<SessionId>(), length), order), time);
}

/** The number of the latest decision of the recalled session, which is not an event for it yet; 0: there is none. */
export function pendingNumber(state: usize): u64 {
  return hasPending(state) ? eventNumber(changetype<History>(state).pendingOrder, decisionTime(state)) : 0;
}

/** 1 if the event is in the list and occurred from `from` on; 0 otherwise. */
export function numberIn(track: Track, list: usize, event: u64, from: u64): i32 {
  for (let at = 0; at < track.stampCount; at += 1) {
    const stamp = stampAt(track, list, at);
    if (stamp.instant < max<u64>(from, 1)) return 0;
    if (stamp.event == event) return 1;
  }
  return 0;
}

// --- places ----------------------------------------------------------------------------------------

/** The place of the key in a cell, which belongs to the bucket; 0: it has none. */
function findIn(track: Track, bucket: u32, cell: usize): usize {
  let next = load<u32>(firstPlaceAt(track, bucket));
  while (next != 0) {
    const place = placeAt(track, shared, next - 1);
    if (isOf(track, place, cell)) return place;
    next = changetype<KeyPlace>(place).next;
  }
  return 0;
}

/** The place of the key, or a new one: a free one, or the first whose events have all expired; 0: there is none. */
export function placeIn(track: Track, bucket: u32, cell: usize, latest: i64): usize {
  freedBucket = -1;
  isLossShared = false;
  const found = findIn(track, bucket, cell);
  if (found != 0) return found;
  const at = nextPlace(track, latest);
  if (at < 0) return 0;
  const place = placeAt(track, shared, at);
  if (changetype<KeyPlace>(place).isTaken != 0) forget(track, place, at);
  memory.fill(place, 0, placeBytes(track));
  const key = changetype<KeyPlace>(place);
  if (track.isBytesKey == 0) key.key = wordIn(cell);
  else {
    const length = <usize>lengthIn(cell);
    const block = takeSizedBlock(length);
    if (block == 0) return 0;
    memory.copy(block + offsetof<SizedBlock>(), pointerIn(cell), length);
    key.key = <u64>block;
  }
  key.isTaken = 1;
  memory.copy(lostOf(place), lostOfTrack(track), offsetof<Stamp>());
  const first = firstPlaceAt(track, bucket);
  key.next = load<u32>(first);
  store<u32>(first, at + 1);
  return place;
}

/** The index of a place that a new key can take; -1: there is none. */
function nextPlace(track: Track, latest: i64): i32 {
  const index = indexIn(track);
  const used = <i32>index.used;
  if (used < track.keyCount) {
    index.used = used + 1;
    return used;
  }
  for (let at = 0; at < used; at += 1) {
    const place = placeAt(track, shared, at);
    if (changetype<KeyPlace>(place).isTaken == 0) return at;
    if (isOver(track, newestIn(track, place + frontOf(track)).instant, latest)) return at;
  }
  return -1;
}

/** The bucket of the key that lost its place to another one with the last call of `placeIn`; -1: none did. */
export let freedBucket: i32 = -1;
/** Whether events of this key were dropped, which now can be those of any key without a place. */
export let isLossShared: bool = false;

/** Takes the place from its key. */
function forget(track: Track, place: usize, at: i32): void {
  const bucket = bucketIn(track, hashOf(track, place));
  let link = firstPlaceAt(track, bucket);
  while (load<u32>(link) != <u32>at + 1) {
    link = placeAt(track, shared, load<u32>(link) - 1) + offsetof<KeyPlace>('next');
  }
  store<u32>(link, changetype<KeyPlace>(place).next);
  const lost = changetype<Stamp>(lostOf(place)).instant;
  isLossShared = lost > changetype<Stamp>(lostOfTrack(track)).instant;
  raise(lostOfTrack(track), lost, 0);
  forgetPlace(track, place);
  freedBucket = bucket;
}

function hashOf(track: Track, place: usize): u64 {
  const key = changetype<KeyPlace>(place).key;
  if (track.isBytesKey == 0) return hashedWord(0, key);
  const block = <usize>key;
  return hashedBytes(0, block + offsetof<SizedBlock>(), changetype<SizedBlock>(block).length);
}

/** Assumes that events with any key were dropped up to an instant. */
export function loseForAll(track: Track, instant: u64): void {
  raise(lostOfTrack(track), instant, 0);
  const used = <i32>indexIn(track).used;
  for (let at = 0; at < used; at += 1) raise(lostOf(placeAt(track, shared, at)), instant, 0);
}

/** The place of the key in a cell; 0: it has none. */
export function findShared(track: Track, cell: usize): usize {
  return findIn(track, bucketOf(track, cell), cell);
}
