// Writes and reads what a track of all sessions stores for one key, and for events without a known key. Lists of two modules
// are united: the result consists of the newest events of both, and no event is in it twice. Of two counters, the later one of a
// line of versions replaces the other one (see counters.ts); if neither includes the other, two modules went on from one copy,
// and the amount is between the larger one and the sum of both. So it does not matter how often and in which order entries
// are read. What is not known is assumed: any number of events up to the latest instant.
//
// Bytes: an `Entry`, of which `window`, `stampCount` and `identity` have the usual meaning; i64 the instant of the module;
// u64 the last instant at which an event with the key was dropped; then three lists, each a u32 and as many stamps:
// events without a known key, and of those with the key the certain ones, which a sum does not have, and all. The stamp of a
// counter is a `SavedCounter`.

import { mark, release, tryAllocate } from '../../memory/arena';
import { isKnown } from '../../memory/cells';
import { putHexBytes } from '../../writing/text-writer';
import { IDENTITIES, TRACK_COUNT } from '../layout';
import { markAll, markBucket, markFreed } from '../records/links';
import { hashedWord } from '../records/answer-key';
import { Entry, entryHead } from './migrate';
import {
  bucketOf, findShared, instantLostForAll, isLater, keylessOf, loseForAll, lostInstant, lostOfTrack, noteChange, noteHeadChange, placeIn,
  placeNumber, raiseInstant, SharedStamp, stampAt,
} from './shared-places';
import { frontOf, isOver, isSum, listsOf, lostOf, since, stampsOf, Track, turned } from './tracks';
// As in terms.ts, these come last.
import { dropUpTo } from './shared-sums';
import {
  beginLine, Counter, counterOf, CounterVersion, isCounter, loseAmount, OWN_LINE, versionOf,
} from './counters';
import { plus } from './sums';

export const ENTRY: usize = offsetof<Entry>();
/** The bytes of the two instants after the head of an entry, and of the length of a list. */
const INSTANTS: usize = 16;
const LENGTH_BYTES: usize = 4;

/** A counter as it is written. */
@unmanaged
class SavedCounter {
  /** As in `Counter`. */
  start!: u64;
  least!: i64;
  most!: i64;
  /** As in `CounterVersion`. */
  version!: u32;
  line!: u32;
  base!: u32;
  origin!: u32;
}

// @ts-ignore: decorator
@inline
export function identityOf(at: i32): u64 {
  return load<u64>(IDENTITIES + (<usize>(TRACK_COUNT + at) << 3));
}

// --- writing ---------------------------------------------------------------------------------------

/** Writes the entry of a place as hexadecimal digits, and with it that of events without a known key if `hasKeyless`. */
export function putEntry(track: Track, identity: u64, order: u32, latest: i64, place: usize, hasKeyless: bool, more: usize): void {
  const certain = place + frontOf(track);
  const all = allOf(track, place);
  const keyless = hasKeyless ? keylessOf(track) : 0;
  const hasCertain = place != 0 && !isSum(track);
  const stamps = usedIn(track, keyless) + (hasCertain ? usedIn(track, certain) : 0) + (place == 0 ? 0 : usedIn(track, all));
  const entry = changetype<Entry>(entryHead);
  entry.size = <u32>(ENTRY + INSTANTS + 3 * LENGTH_BYTES + <usize>stamps * savedBytes(track) + more);
  entry.order = order;
  entry.identity = identity;
  entry.window = track.window;
  entry.stampSize = <u32>savedBytes(track);
  entry.stampCount = track.stampCount;
  entry.keyCount = track.keyCount;
  entry.placeCount = 0;
  putHexBytes(entryHead, ENTRY);
  store<i64>(entryHead, latest);
  store<u64>(entryHead, lostInstant(track, place), 8);
  putHexBytes(entryHead, INSTANTS);
  putList(track, keyless, 0);
  putList(track, hasCertain ? certain : 0, place);
  putList(track, place == 0 ? 0 : all, place);
}

function putList(track: Track, list: usize, place: usize): void {
  const count = list == 0 ? 0 : usedIn(track, list);
  store<u32>(entryHead, count);
  putHexBytes(entryHead, LENGTH_BYTES);
  if (isCounter(track)) {
    if (count != 0) putCounter(list, versionOf(track, place));
  } else putHexBytes(list, <usize>count * <usize>track.stampSize);
}

function putCounter(list: usize, version: CounterVersion): void {
  const saved = changetype<SavedCounter>(entryHead);
  memory.copy(entryHead, list, offsetof<Counter>());
  saved.version = version.version;
  saved.line = version.line & ~OWN_LINE;
  saved.base = version.base;
  saved.origin = version.origin;
  putHexBytes(entryHead, offsetof<SavedCounter>());
}

// @ts-ignore: decorator
@inline
function savedBytes(track: Track): usize {
  return isCounter(track) ? offsetof<SavedCounter>() : <usize>track.stampSize;
}

/** The list of all events of a place. */
function allOf(track: Track, place: usize): usize {
  return place + frontOf(track) + listsOf(track) - stampsOf(track);
}

function usedIn(track: Track, list: usize): i32 {
  if (list == 0) return 0;
  let count = 0;
  while (count < track.stampCount && stampAt(track, list, count).instant != 0) count += 1;
  return count;
}

/** Writes the last instant at which an event of any key may have been dropped, as a u64. */
export function putLostForAll(track: Track): void {
  store<u64>(entryHead, instantLostForAll(track));
  putHexBytes(entryHead, 8);
}

// --- reading ---------------------------------------------------------------------------------------

/** Whether the lists of an entry are whole; `more`: the bytes that follow them. */
export function isWhole(track: Track, start: usize, more: usize): bool {
  const entry = changetype<Entry>(start);
  const end = start + <usize>entry.size;
  const size = savedBytes(track);
  if (entry.stampSize != <u32>size || end - start < ENTRY + INSTANTS + more) return false;
  let at = start + ENTRY + INSTANTS;
  for (let list = 0; list < 3; list += 1) {
    if (end - at < LENGTH_BYTES) return false;
    const count = load<u32>(at);
    at += LENGTH_BYTES;
    if (count > entry.stampCount || <usize>count > (end - at) / size) return false;
    if (isCounter(track) ? count != 0 && !isAmount(at) : !isSorted(track, at, count)) return false;
    at += <usize>count * size;
  }
  return at + more == end;
}

function isAmount(at: usize): bool {
  const saved = changetype<SavedCounter>(at);
  return saved.start != 0 && saved.least >= 0 && saved.least <= saved.most && saved.version != 0 && saved.base <= saved.version;
}

function isSorted(track: Track, list: usize, count: i32): bool {
  for (let at = 1; at < count; at += 1) {
    if (isLater(stampAt(track, list, at), stampAt(track, list, at - 1))) return false;
  }
  return true;
}

function listAfter(track: Track, list: usize): usize {
  return list + LENGTH_BYTES + <usize>load<u32>(list) * savedBytes(track);
}

/** The address after the lists of an entry that is whole. */
export function listsEnd(track: Track, start: usize): usize {
  return listAfter(track, listAfter(track, listAfter(track, start + ENTRY + INSTANTS)));
}

/** The instant of the module that wrote an entry. */
export function instantOfEntry(start: usize): i64 {
  return load<i64>(start, ENTRY);
}

/**
 * Takes an entry that is whole for the key in a cell, which may be unknown. `isStored`: the host has a record of it. Returns
 * false if there is no room, and then any event may have occurred.
 */
export function takeEntry(track: Track, start: usize, cell: usize, latest: i64, isStored: bool): bool {
  const entry = changetype<Entry>(start);
  const keyless = start + ENTRY + INSTANTS;
  const all = listAfter(track, listAfter(track, keyless));
  const lost = max<u64>(load<u64>(start, ENTRY + 8), max<u64>(oldestOf(entry, keyless, track), oldestOf(entry, all, track)));
  const before = max<u64>(lost, beforeWindow(track, entry, instantOfEntry(start)));
  if (load<u32>(keyless) != 0) {
    if (!takeList(track, 0, keylessOf(track), keyless)) return false;
    if (dropped != 0) loseForAll(track, dropped);
    if (!isStored) noteHeadChange(track);
    markAll(track);
  }
  if (load<u32>(all) == 0 || isEntryOver(track, all, latest)) {
    lose(track, cell, before);
    return true;
  }
  const bucket: u32 = isKnown(cell) ? bucketOf(track, cell) : 0;
  const isKnownKey = isKnown(cell) && findShared(track, cell) != 0;
  const place: usize = isKnown(cell) ? placeIn(track, bucket, cell, latest) : 0;
  if (place != 0) markFreed(track);
  if (place == 0) {
    lose(track, cell, max<u64>(before, newestOfList(track, all, latest)));
    return true;
  }
  if (!isStored || isKnownKey) noteChange(track, placeNumber());
  markBucket(track, bucket);
  if (isCounter(track)) {
    takeCounter(track, place, all + LENGTH_BYTES);
    if (before != 0) loseAmount(track, place, before);
    return true;
  }
  raiseInstant(lostOf(place), before);
  const certain = listAfter(track, keyless);
  if (!isSum(track) && !unite(track, place + frontOf(track), certain)) return false;
  if (!unite(track, allOf(track, place), all)) return false;
  raiseInstant(lostOf(place), dropped);
  return true;
}

/** The instant of the newest event of a list that is not empty; of a counter, an instant until which it counts. */
function newestOfList(track: Track, list: usize, latest: i64): u64 {
  return isCounter(track) ? turned(latest) : stampAt(track, list + LENGTH_BYTES, 0).instant;
}

/** Whether the period of a counter is over: it needs no place. */
function isEntryOver(track: Track, list: usize, latest: i64): bool {
  return isCounter(track) && isOver(track, changetype<SavedCounter>(list + LENGTH_BYTES).start, latest);
}

function takeList(track: Track, place: usize, list: usize, from: usize): bool {
  dropped = 0;
  if (!isCounter(track)) return unite(track, list, from);
  takeCounter(track, place, from + LENGTH_BYTES);
  return true;
}

/** Takes a counter that is whole. `place`: as in `counterOf`. */
function takeCounter(track: Track, place: usize, from: usize): void {
  const saved = changetype<SavedCounter>(from);
  const counter = changetype<Counter>(counterOf(track, place));
  const version = versionOf(track, place);
  if (saved.start < counter.start) return;
  if (saved.start > counter.start || version.version == 0) {
    replaceCounter(counter, version, saved);
    return;
  }
  const isOneLine = saved.origin == version.origin;
  if (saved.line == (version.line & ~OWN_LINE) || (isOneLine && saved.base >= version.version)) {
    if (saved.version > version.version) replaceCounter(counter, version, saved);
    return;
  }
  if (isOneLine && version.base >= saved.version) return;
  joinCounter(counter, version, saved);
}

function replaceCounter(counter: Counter, version: CounterVersion, saved: SavedCounter): void {
  memory.copy(changetype<usize>(counter), changetype<usize>(saved), offsetof<Counter>());
  version.version = saved.version;
  version.line = saved.line & ~OWN_LINE;
  version.base = saved.base;
  version.origin = saved.origin;
}

/** Neither of the two includes the other one. */
function joinCounter(counter: Counter, version: CounterVersion, saved: SavedCounter): void {
  counter.least = max<i64>(counter.least, saved.least);
  counter.most = plus(counter.most, saved.most);
  version.version = max<u32>(version.version, saved.version);
  version.line &= ~OWN_LINE;
  beginLine(version, <u32>hashedWord(version.line, saved.line));
  version.version += 1;
}

/** If a shorter list was full, any number of events can have occurred before its oldest one; 0: it was not. */
function oldestOf(entry: Entry, list: usize, track: Track): u64 {
  if (isCounter(track)) return 0;
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

/** Takes what `putLostForAll` wrote. */
export function takeLostForAll(track: Track, from: usize): void {
  const instant = load<u64>(from);
  if (instant != 0) loseForAll(track, instant);
}

/** Assumes that events with the key in a cell, or with any key that has no place, were dropped up to an instant. */
export function lose(track: Track, cell: usize, instant: u64): void {
  const place: usize = isKnown(cell) ? findShared(track, cell) : 0;
  if (instant == 0 || instant <= lostInstant(track, place)) return;
  if (place == 0) {
    raiseInstant(lostOfTrack(track), instant);
    noteHeadChange(track);
    markAll(track);
    return;
  }
  if (isCounter(track)) loseAmount(track, place, instant);
  else raiseInstant(lostOf(place), instant);
  noteChange(track, placeNumber());
  markBucket(track, bucketOf(track, cell));
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
