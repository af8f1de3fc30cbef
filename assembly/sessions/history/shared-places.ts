// Stores the events of all sessions of a module, for tracks whose keys identify something that several sessions have in
// common. `language/evaluator/history.ts` defines the meaning.
//
// The state of such a track is like that of any track with a key, but in the module, and its places are found by the hash
// of the key. A stamp has the number of its event: the same event has the same number in every module, so that lists of
// two modules can be united (see shared-snapshot.ts), and a session finds its own last decision, which does not count for
// itself.
//
// The state of a track consists of the stamps of events without a known key, and the stamp of the last event that was
// dropped. Its index is a `SharedIndex`; then for each bucket 1 + the index of its first place, and for each bucket 1 + the
// index of the record of its first session (see links.ts); 0: there is none. The addresses of its chunks follow: places are
// allocated in chunks when keys need them, because a policy may allow many more keys than there are.

import { take } from '../../memory/blocks';
import { lengthIn, pointerIn, wordIn } from '../../memory/cells';
import { hashedBytes, hashedWord } from '../records/answer-key';
import { classOf, giveBlock, takeBlock } from '../records/blocks';
import { SHARED_BYTES, SHARED_COUNT, TRACK_COUNT, TRACKS } from '../layout';
import { idAt } from './recall';
import { SessionId } from '../records/session';
import {
  decisionTime, forgetPlace, frontOf, hasPending, History, isOf, isOver, KeyKind, KeyPlace, lostOf, newestIn, placeBytes,
  SizedBlock, Stamp, stampsOf, startAt, takeSizedBlock, Track, trackAt,
} from './tracks';
// As in terms.ts, these come last.
import { isCounter, loseAmount } from './counters';

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
  /** 1 + the index of the place that changed last (see `Taken`); 0: none changed. */
  changed!: u32;
  /** Any number of events with any key may have occurred up to this instant, as in `Stamp`. */
  lostForAll!: u64;
  /** For counters: the period in which places before `next` were looked at, and none of them was over. */
  searched!: u64;
  next!: u32;
  /** As in `Head`. */
  head!: u32;
}

/** The values of `KeyPlace.isTaken`. From `CHANGED` on: that, plus 1 + the index of the place that changed before, or 0. */
namespace Taken {
  export const FREE: u32 = 0;
  export const SAVED: u32 = 1;
  export const CHANGED: u32 = 2;
}

/** The head of a track: the events without a known key, and what was dropped. */
export namespace Head {
  /** It changed. */
  export const CHANGED: u32 = 1;
  /** A record of it was restored. */
  export const RESTORED: u32 = 2;
}

/** The number of places of a chunk is a power of two. */
const CHUNK_BITS: i32 = 6;
const CHUNK_PLACES: i32 = 1 << CHUNK_BITS;

/** The address of the state of all these tracks; 0: no session was opened yet. */
let shared: usize = 0;

/** Returns false if there is no room. */
export function makeShared(): bool {
  if (shared != 0) return true;
  shared = take(SHARED_BYTES);
  if (shared == 0) return false;
  memory.fill(shared, 0, SHARED_BYTES);
  for (let at = 0; at < SHARED_COUNT; at += 1) noteHeadChange(sharedTrackAt(at));
  return true;
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
  const hash = track.keyKind == KeyKind.WORD
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

/** Where the address of a chunk is; 0: it was not allocated. */
function chunkAt(track: Track, chunk: i32): usize {
  return firstPlaceAt(track, sharedOf(track).buckets << 1) + (<usize>chunk << 2);
}

/** The address of a place that is or was in use. */
export function sharedPlaceAt(track: Track, at: i32): usize {
  return <usize>load<u32>(chunkAt(track, at >> CHUNK_BITS)) + <usize>(at & (CHUNK_PLACES - 1)) * placeBytes(track);
}

export function countPlaces(track: Track): i32 {
  return <i32>indexIn(track).used;
}

/** The index of the place that `findShared` or `placeIn` returned last. */
let foundAt: i32 = 0;

/** 1 + the index of the place that `findShared` or `placeIn` returned last. */
export function placeNumber(): u32 {
  return <u32>foundAt + 1;
}

/** The place of the key in a cell, which belongs to the bucket; 0: it has none. */
function findIn(track: Track, bucket: u32, cell: usize): usize {
  let next = load<u32>(firstPlaceAt(track, bucket));
  while (next != 0) {
    foundAt = next - 1;
    const place = sharedPlaceAt(track, foundAt);
    if (isOf(track, place, cell)) return place;
    next = changetype<KeyPlace>(place).next;
  }
  return 0;
}

/** The place of the key, or a new one: a free one, or one whose events have all expired; 0: there is none. */
export function placeIn(track: Track, bucket: u32, cell: usize, latest: i64): usize {
  freedBucket = -1;
  isLossShared = false;
  const found = findIn(track, bucket, cell);
  if (found != 0) return found;
  let key: u64 = 0;
  if (track.keyKind == KeyKind.WORD) key = wordIn(cell);
  else {
    const length = <usize>lengthIn(cell);
    const block = takeSizedBlock(length);
    if (block == 0) return 0;
    memory.copy(block + offsetof<SizedBlock>(), pointerIn(cell), length);
    key = <u64>block;
  }
  const at = nextPlace(track, latest);
  if (at < 0) {
    if (track.keyKind != KeyKind.WORD) giveKey(<usize>key);
    return 0;
  }
  const place = sharedPlaceAt(track, at);
  const taken = changetype<KeyPlace>(place).isTaken;
  if (taken != Taken.FREE) forget(track, place, at);
  memory.fill(place, 0, placeBytes(track));
  const taking = changetype<KeyPlace>(place);
  taking.key = key;
  // A place that changed stays in the list.
  taking.isTaken = max<u32>(taken, Taken.SAVED);
  const lost = changetype<Stamp>(lostOfTrack(track)).instant;
  if (!isCounter(track)) changetype<Stamp>(lostOf(place)).instant = lost;
  else if (lost != 0) loseAmount(track, place, lost);
  const first = firstPlaceAt(track, bucket);
  taking.next = load<u32>(first);
  store<u32>(first, at + 1);
  foundAt = at;
  return place;
}

/** The index of a place that a new key can take; -1: there is none. */
function nextPlace(track: Track, latest: i64): i32 {
  const index = indexIn(track);
  const used = <i32>index.used;
  if (used < track.keyCount) {
    if (!makeChunk(track, used)) return -1;
    index.used = used + 1;
    return used;
  }
  return isCounter(track) ? nextCounter(track, index, latest) : nextList(track, used, latest);
}

/** Allocates the chunk of the next place if it is its first one; returns false if there is no room. */
function makeChunk(track: Track, used: i32): bool {
  if ((used & (CHUNK_PLACES - 1)) != 0) return true;
  const places = min(CHUNK_PLACES, track.keyCount - used);
  const bytes = <usize>places * placeBytes(track);
  const chunk = take(bytes);
  if (chunk == 0) return false;
  memory.fill(chunk, 0, bytes);
  store<u32>(chunkAt(track, used >> CHUNK_BITS), <u32>chunk);
  return true;
}

function nextList(track: Track, used: i32, latest: i64): i32 {
  for (let at = 0; at < used; at += 1) {
    if (isOver(track, newestIn(track, sharedPlaceAt(track, at) + frontOf(track)).instant, latest)) return at;
  }
  return -1;
}

/** All counters of a period are over at once, so that each place is looked at once in a period. */
function nextCounter(track: Track, index: SharedIndex, latest: i64): i32 {
  const start = startAt(track, latest);
  if (index.searched != start) {
    index.searched = start;
    index.next = 0;
  }
  for (let at = <i32>index.next; at < <i32>index.used; at += 1) {
    const place = sharedPlaceAt(track, at);
    if (newestIn(track, place + frontOf(track)).instant >= start) continue;
    index.next = at + 1;
    return at;
  }
  index.next = index.used;
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
    link = sharedPlaceAt(track, load<u32>(link) - 1) + offsetof<KeyPlace>('next');
  }
  store<u32>(link, changetype<KeyPlace>(place).next);
  freedBucket = bucket;
  if (!isCounter(track)) shareLoss(track, changetype<Stamp>(lostOf(place)).instant);
  if (!isFollowed || !keepFreed(track, changetype<KeyPlace>(place).key)) forgetPlace(track, place);
}

/** Events of the key that loses its place can be those of any key without one. */
function shareLoss(track: Track, lost: u64): void {
  isLossShared = lost > changetype<Stamp>(lostOfTrack(track)).instant;
  if (!isLossShared) return;
  raiseInstant(lostOfTrack(track), lost);
  noteHeadChange(track);
}

/** Frees the block of a key. */
function giveKey(block: usize): void {
  giveBlock(block, classOf(<usize>changetype<SizedBlock>(block).length + offsetof<SizedBlock>()));
}

function hashOf(track: Track, place: usize): u64 {
  const key = changetype<KeyPlace>(place).key;
  if (track.keyKind == KeyKind.WORD) return hashedWord(0, key);
  const block = <usize>key;
  return hashedBytes(0, block + offsetof<SizedBlock>(), changetype<SizedBlock>(block).length);
}

/** The place of the key in a cell; 0: it has none. */
export function findShared(track: Track, cell: usize): usize {
  return findIn(track, bucketOf(track, cell), cell);
}

// --- changes ---------------------------------------------------------------------------------------

/** A key that lost its place, whose record the host still has. */
@unmanaged
export class FreedKey {
  /** As in `KeyPlace`. */
  key!: u64;
  /** The number of its track, as in `SharedTrack`. */
  number!: u32;
  /** The address of the next one, or 0. */
  next!: u32;
}

/** Whether the host takes the records of what changed. */
export let isFollowed: bool = false;
let firstFreed: usize = 0;

export function followChanges(): void {
  isFollowed = true;
}

/** Notes that a place changed; `number`: 1 + its index. */
export function noteChange(track: Track, number: u32): void {
  const place = changetype<KeyPlace>(sharedPlaceAt(track, <i32>number - 1));
  if (place.isTaken >= Taken.CHANGED) return;
  const index = indexIn(track);
  place.isTaken = Taken.CHANGED + index.changed;
  index.changed = number;
}

export function noteHeadChange(track: Track): void {
  indexIn(track).head |= Head.CHANGED;
}

/** Marks the head as restored; it did not change. */
export function noteHeadRestored(track: Track): void {
  indexIn(track).head = Head.RESTORED;
}

export function isHeadRestored(track: Track): bool {
  return (indexIn(track).head & Head.RESTORED) != 0;
}

/** Takes the change of the head; returns false if it has not changed. */
export function takeHeadChange(track: Track): bool {
  const index = indexIn(track);
  if ((index.head & Head.CHANGED) == 0) return false;
  index.head &= ~Head.CHANGED;
  return true;
}

/** Takes a change; returns 1 + the index of the place that changed, or 0. */
export function takeChange(track: Track): u32 {
  const index = indexIn(track);
  const number = index.changed;
  if (number == 0) return 0;
  const place = changetype<KeyPlace>(sharedPlaceAt(track, <i32>number - 1));
  index.changed = place.isTaken - Taken.CHANGED;
  place.isTaken = Taken.SAVED;
  return number;
}

/** Keeps a key that lost its place; returns false if there is no room, and then the host keeps a record that is over. */
function keepFreed(track: Track, key: u64): bool {
  const block = takeBlock(classOf(offsetof<FreedKey>()));
  if (block == 0) return false;
  const freed = changetype<FreedKey>(block);
  freed.key = key;
  freed.number = sharedOf(track).number;
  freed.next = <u32>firstFreed;
  firstFreed = block;
  return true;
}

/** The key that lost its place last, which `giveFreed` removes; 0: there is none. */
export function lastFreed(): usize {
  return firstFreed;
}

export function giveFreed(): void {
  const freed = changetype<FreedKey>(firstFreed);
  if (sharedTrackAt(freed.number).keyKind != KeyKind.WORD) giveKey(<usize>freed.key);
  const block = firstFreed;
  firstFreed = freed.next;
  giveBlock(block, classOf(offsetof<FreedKey>()));
}

// --- dropped events --------------------------------------------------------------------------------

/** Replaces the instant of a stamp by a later one. */
export function raiseInstant(stamp: usize, instant: u64): void {
  if (instant > load<u64>(stamp)) store<u64>(stamp, instant);
}

/** Assumes that events with any key were dropped up to an instant. */
export function loseForAll(track: Track, instant: u64): void {
  const index = indexIn(track);
  index.lostForAll = max<u64>(index.lostForAll, instant);
  raiseInstant(lostOfTrack(track), instant);
  noteHeadChange(track);
}

/** The instant up to which any number of events with any key may have occurred; 0: there is none. */
export function instantLostForAll(track: Track): u64 {
  return indexIn(track).lostForAll;
}

/** Applies to a place what was assumed for any key. */
export function takeLoss(track: Track, place: usize): void {
  const instant = indexIn(track).lostForAll;
  if (place == 0 || instant == 0) return;
  if (isCounter(track)) loseAmount(track, place, instant);
  else raiseInstant(lostOf(place), instant);
}

/**
 * The last instant at which an event of a place, or of any key without one if it is 0, was dropped; 0: none was, or it is a
 * counter, which includes them.
 */
export function lostInstant(track: Track, place: usize): u64 {
  takeLoss(track, place);
  if (place == 0) return changetype<Stamp>(lostOfTrack(track)).instant;
  return isCounter(track) ? 0 : changetype<Stamp>(lostOf(place)).instant;
}
