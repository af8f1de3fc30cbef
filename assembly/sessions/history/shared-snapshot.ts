// Serializes the events of all sessions that have the key of a session, so that its JSON brings them into another module.
// Restoring unites them with those that the module has: a list consists of the newest events of both, and no event is
// in it twice, so it does not matter how often and in which order sessions of one key are restored. What is not known is
// assumed: any number of events up to the latest instant.
//
// Bytes: an `Entry`, of which `window`, `stampCount` and `identity` have the usual meaning; i64 the instant of the module;
// u64 the last instant at which an event with the key was dropped; then three lists, each a u32 and as many stamps:
// events without a known key, and of those with the key the certain ones, which a sum does not have, and all.

import { mark, release, tryAllocate } from '../../memory/arena';
import { isKnown } from '../../memory/cells';
import { putHexBytes } from '../../writing/text-writer';
import { IDENTITIES, SHARED_COUNT, TRACK_COUNT } from '../layout';
import { markAll, markBucket, markFreed } from '../records/links';
import { Entry, entryHead } from './migrate';
import { SessionRest } from '../records/session';
import {
  bucketOf, findShared, isLater, keylessOf, loseForAll, lostOfTrack, placeIn, SharedStamp, sharedTrackAt, stampAt,
} from './shared-places';
import { latestOf } from '../time';
import {
  frontOf, History, isSum, listsOf, lostOf, raise, since, Stamp, stampsOf, Track, turned,
} from './tracks';
// As in terms.ts, these come last.
import { dropUpTo } from './shared-sums';

const HEAD: usize = offsetof<History>();
const ENTRY: usize = offsetof<Entry>();
/** The bytes of the two instants after the head of an entry, and of the length of a list. */
const INSTANTS: usize = 16;
const LENGTH_BYTES: usize = 4;

// @ts-ignore: decorator
@inline
function identityOf(at: i32): u64 {
  return load<u64>(IDENTITIES + (<usize>(TRACK_COUNT + at) << 3));
}

/** The order of an entry. No session has it, so the module of another policy, which counts no events, does not keep it. */
// @ts-ignore: decorator
@inline
function orderFor(history: usize): u32 {
  return ~changetype<History>(history).order;
}

// --- serializing -----------------------------------------------------------------------------------

/** Writes the entries of the recalled session as hexadecimal digits. */
export function putShared(rest: SessionRest): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) putTrack(sharedTrackAt(at), identityOf(at), rest);
}

function putTrack(track: Track, identity: u64, rest: SessionRest): void {
  const cell = <usize>track.askedCell;
  const place: usize = isKnown(cell) ? findShared(track, cell) : 0;
  const lost = place == 0 ? lostOfTrack(track) : lostOf(place);
  const certain = place + frontOf(track);
  const all = allOf(track, place);
  const keyless = keylessOf(track);
  const hasCertain = place != 0 && !isSum(track);
  const stamps = usedIn(track, keyless) + (hasCertain ? usedIn(track, certain) : 0) + (place == 0 ? 0 : usedIn(track, all));
  const entry = changetype<Entry>(entryHead);
  entry.size = <u32>(ENTRY + INSTANTS + 3 * LENGTH_BYTES + <usize>stamps * <usize>track.stampSize);
  entry.order = orderFor(rest.block);
  entry.identity = identity;
  entry.window = track.window;
  entry.stampSize = track.stampSize;
  entry.stampCount = track.stampCount;
  entry.keyCount = track.keyCount;
  entry.placeCount = 0;
  putHexBytes(entryHead, ENTRY);
  store<i64>(entryHead, <i64>latestOf(rest));
  store<u64>(entryHead, changetype<Stamp>(lost).instant, 8);
  putHexBytes(entryHead, INSTANTS);
  putList(track, keyless);
  putList(track, hasCertain ? certain : 0);
  putList(track, place == 0 ? 0 : all);
}

function putList(track: Track, list: usize): void {
  const count = list == 0 ? 0 : usedIn(track, list);
  store<u32>(entryHead, count);
  putHexBytes(entryHead, LENGTH_BYTES);
  putHexBytes(list, <usize>count * <usize>track.stampSize);
}

/** The list of all events of a place. */
function allOf(track: Track, place: usize): usize {
  return place + frontOf(track) + listsOf(track) - stampsOf(track);
}

function usedIn(track: Track, list: usize): i32 {
  let count = 0;
  while (count < track.stampCount && stampAt(track, list, count).instant != 0) count += 1;
  return count;
}

// --- restoring -------------------------------------------------------------------------------------

/** Adds the entries of the restored session, whose facts are in the cells, to what the module stores. */
export function takeShared(start: usize, end: usize, latest: i64): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    const entry = start == end ? 0 : entryOf(track, start, end, identityOf(at));
    if (entry == 0 || !takeTrack(track, entry, latest)) lose(track, turned(latest));
  }
}

/** The entry with this identity whose lists are whole; 0: there is none. */
function entryOf(track: Track, start: usize, end: usize, identity: u64): usize {
  for (let entry = start + HEAD; entry != end; entry += <usize>changetype<Entry>(entry).size) {
    const each = changetype<Entry>(entry);
    if (each.identity == identity) return each.order == orderFor(start) && isWhole(track, entry) ? entry : 0;
  }
  return 0;
}

function isWhole(track: Track, start: usize): bool {
  const entry = changetype<Entry>(start);
  const end = start + <usize>entry.size;
  const size = <usize>track.stampSize;
  if (entry.stampSize != track.stampSize || end - start < ENTRY + INSTANTS) return false;
  let at = start + ENTRY + INSTANTS;
  for (let list = 0; list < 3; list += 1) {
    if (end - at < LENGTH_BYTES) return false;
    const count = load<u32>(at);
    at += LENGTH_BYTES;
    if (count > entry.stampCount || <usize>count > (end - at) / size || !isSorted(track, at, count)) return false;
    at += <usize>count * size;
  }
  return at == end;
}

function isSorted(track: Track, list: usize, count: i32): bool {
  for (let at = 1; at < count; at += 1) {
    if (isLater(stampAt(track, list, at), stampAt(track, list, at - 1))) return false;
  }
  return true;
}

function listAfter(track: Track, list: usize): usize {
  return list + LENGTH_BYTES + <usize>load<u32>(list) * <usize>track.stampSize;
}

/** Returns false if there is no room. */
function takeTrack(track: Track, start: usize, latest: i64): bool {
  const entry = changetype<Entry>(start);
  const keyless = start + ENTRY + INSTANTS;
  const certain = listAfter(track, keyless);
  const all = listAfter(track, certain);
  const lost = max<u64>(load<u64>(start, ENTRY + 8), max<u64>(oldestOf(entry, keyless, track), oldestOf(entry, all, track)));
  const before = max<u64>(lost, beforeWindow(track, entry, load<i64>(start, ENTRY)));
  if (load<u32>(keyless) != 0) {
    if (!unite(track, keylessOf(track), keyless)) return false;
    if (dropped != 0) loseForAll(track, dropped);
    markAll(track);
  }
  if (load<u32>(all) == 0) {
    lose(track, before);
    return true;
  }
  const cell = <usize>track.askedCell;
  const newest = stampAt(track, all + LENGTH_BYTES, 0).instant;
  const bucket: u32 = isKnown(cell) ? bucketOf(track, cell) : 0;
  const place: usize = isKnown(cell) ? placeIn(track, bucket, cell, latest) : 0;
  if (place != 0) markFreed(track);
  if (place == 0) {
    lose(track, max<u64>(before, newest));
    return true;
  }
  raise(lostOf(place), before, 0);
  markBucket(track, bucket);
  if (!isSum(track) && !unite(track, place + frontOf(track), certain)) return false;
  if (!unite(track, allOf(track, place), all)) return false;
  raise(lostOf(place), dropped, 0);
  return true;
}

/** If a shorter list was full, any number of events can have occurred before its oldest one; 0: it was not. */
function oldestOf(entry: Entry, list: usize, track: Track): u64 {
  const count = load<u32>(list);
  const isCut = count == entry.stampCount && count < <u32>track.stampCount;
  return isCut ? stampAt(track, list + LENGTH_BYTES, count - 1).instant : 0;
}

/** A longer window includes events that may have been dropped, up to this instant; 0: it does not. */
function beforeWindow(track: Track, entry: Entry, instant: i64): u64 {
  const known = entry.window;
  const own = track.window;
  return known >= 0 && own > known ? max<u64>(since(instant, known), 1) - 1 : 0;
}

/** Assumes that events with the key in the cells, or with any key that has no place, were dropped up to an instant. */
function lose(track: Track, instant: u64): void {
  const cell = <usize>track.askedCell;
  const place: usize = isKnown(cell) ? findShared(track, cell) : 0;
  const lost = changetype<Stamp>(place == 0 ? lostOfTrack(track) : lostOf(place));
  if (instant <= lost.instant) return;
  lost.instant = instant;
  if (place == 0) markAll(track);
  else markBucket(track, bucketOf(track, cell));
}

/** The instant up to which the last call of `unite` dropped events of a sum; 0: it dropped none. */
let dropped: u64 = 0;

/** Adds the events of a serialized list to a stored one that are not in it. Returns false if there is no room. */
function unite(track: Track, list: usize, from: usize): bool {
  dropped = 0;
  const count = track.stampCount;
  const size = <usize>track.stampSize;
  const end = mark();
  const united = tryAllocate(<usize>count * size);
  if (united == 0) return false;
  const added = from + LENGTH_BYTES;
  const addedCount = load<i32>(from);
  let own = 0;
  let other = 0;
  for (let at = 0; at < count; at += 1) {
    const stamp = stampAt(track, list, own);
    const isOther = other < addedCount && isLater(stampAt(track, added, other), stamp);
    if (!isOther && other < addedCount && !isLater(stamp, stampAt(track, added, other))) other += 1;
    memory.copy(united + <usize>at * size, changetype<usize>(isOther ? stampAt(track, added, other) : stamp), size);
    if (isOther) other += 1;
    else own += 1;
  }
  if (isSum(track)) {
    // The newest one that has no room.
    if (own < count) dropped = stampAt(track, list, own).instant;
    if (other < addedCount) dropped = max<u64>(dropped, stampAt(track, added, other).instant);
    if (dropped != 0) dropUpTo(track, united, dropped);
  }
  memory.copy(list, united, <usize>count * size);
  release(end);
  return true;
}
