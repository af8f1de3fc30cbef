// Serializes the tracks of a session, so that the tracks of another policy can restore them. For events
// that a track does not know, it assumes the worst: as many events as it counts, at the latest instant of
// the session. So migrated history restricts where it is not known, and never loosens.
//
// Bytes: the `History` of the session's state, then entries, each of them an `Entry`; then, with a key, the stamps of
// events without a known value, and that of the last one that was dropped; then the places that are in use. A place:
// with a key its u64, or a u32 length and the bytes, and the stamp of the last one dropped before; with a stored value
// u32 1 + its length, or 0, and the value; certain stamps, all stamps.

import { Effect } from '../../rules/result';
import { putHexBytes } from '../../writing/text-writer';
import { endOfValue } from '../facts/facts';
import { takeParts } from './sums';
import {
  frontOf, hasKey, hasValue, headOf, History, insert, isSum, KeyKind, KeyPlace, listsOf, lostOf, placeAt, placesOf, raise, since,
  SizedBlock, slotOf, Stamp, stampsOf, takeSizedBlock, Track, trackAt, turned, ValuePlace,
} from './tracks';

/** The head of a track's entry. */
@unmanaged
export class Entry {
  /** The bytes of the whole entry. */
  size!: u32;
  /** The order of the last event that the track knows of. */
  order!: u32;
  /** Identifies the track to other policies. */
  identity!: u64;
  /** As in `Track`, like the following. */
  window!: i64;
  stampSize!: u32;
  stampCount!: u32;
  keyCount!: u32;
  /** The number of places that follow. */
  placeCount!: u32;
}

const HEAD: usize = offsetof<History>();
const ENTRY: usize = offsetof<Entry>();
const LOST: usize = offsetof<Stamp>();
/** The bytes of a length before the bytes of a key or a value. */
const LENGTH_BYTES: usize = 4;
/** The bytes of a key that is a word. */
const WORD_BYTES: usize = 8;
/** More stamps than any track stores. */
const MAX_STAMPS: u32 = 0x100000;
/** The maximum `pendingEffect`. */
const MAX_PENDING: u32 = <u32>Effect.REVOKE + 1;

/** The head of an entry, or the number, that is written next. */
export const entryHead: usize = memory.data(offsetof<Entry>());

// @ts-ignore: decorator
@inline
function hasBytesKey(track: Track): bool {
  return track.keyKind != KeyKind.WORD;
}

// @ts-ignore: decorator
@inline
function isTaken(track: Track, place: usize): bool {
  return !hasKey(track) || changetype<KeyPlace>(place).isTaken != 0;
}

/** The bytes of an entry. */
// @ts-ignore: decorator
@inline
function sizeOf(entry: usize): usize {
  return <usize>changetype<Entry>(entry).size;
}

/** The bytes that a block contains. */
// @ts-ignore: decorator
@inline
function lengthOf(block: usize): usize {
  return <usize>changetype<SizedBlock>(block).length;
}

/** The stored value of a place, before its stamps. */
// @ts-ignore: decorator
@inline
function valueOf(stamps: usize): ValuePlace {
  return changetype<ValuePlace>(stamps - offsetof<ValuePlace>());
}

// --- serializing -----------------------------------------------------------------------------------

/** Writes them as hexadecimal digits. */
export function putTracks(tracks: usize, count: i32, identities: usize, state: usize): void {
  putHexBytes(state, HEAD);
  for (let at = 0; at < count; at += 1) {
    putTrack(trackAt(tracks, at), load<u64>(identities + (<usize>at << 3)), state);
  }
}

function putTrack(track: Track, identity: u64, state: usize): void {
  let bytes = ENTRY + headOf(track);
  let taken = 0;
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (!isTaken(track, place)) continue;
    taken += 1;
    bytes += bytesOfPlace(track, place);
  }
  const entry = changetype<Entry>(entryHead);
  entry.size = <u32>bytes;
  entry.order = changetype<History>(state).order;
  entry.identity = identity;
  entry.window = track.window;
  entry.stampSize = track.stampSize;
  entry.stampCount = track.stampCount;
  entry.keyCount = track.keyCount;
  entry.placeCount = taken;
  putHexBytes(entryHead, ENTRY);
  putHexBytes(state + track.stateAt, headOf(track));
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (isTaken(track, place)) putPlace(track, place);
  }
}

function bytesOfPlace(track: Track, place: usize): usize {
  let bytes = listsOf(track);
  if (hasKey(track)) {
    bytes += LOST + (
      hasBytesKey(track) ? LENGTH_BYTES + lengthOf(load<u32>(place, offsetof<KeyPlace>('key'))) : WORD_BYTES
    );
  }
  if (!hasValue(track)) return bytes;
  const value = <usize>valueOf(place + frontOf(track)).block;
  return bytes + LENGTH_BYTES + (value == 0 ? 0 : lengthOf(value));
}

function putPlace(track: Track, place: usize): void {
  if (hasKey(track)) {
    const key = <usize>load<u32>(place, offsetof<KeyPlace>('key'));
    if (hasBytesKey(track)) putHexBytes(key, LENGTH_BYTES + lengthOf(key));
    else putHexBytes(place, WORD_BYTES);
    putHexBytes(lostOf(place), LOST);
  }
  const stamps = place + frontOf(track);
  if (hasValue(track)) {
    const value = <usize>valueOf(stamps).block;
    const length = value == 0 ? 0 : <u32>lengthOf(value);
    store<u32>(entryHead, value == 0 ? 0 : 1 + length);
    putHexBytes(entryHead, LENGTH_BYTES);
    if (value != 0) putHexBytes(value + offsetof<SizedBlock>(), length);
  }
  putHexBytes(stamps, listsOf(track));
}

// --- restoring -------------------------------------------------------------------------------------

/** Whether entries follow one another up to the end. */
export function areTracks(start: usize, end: usize): bool {
  if (start == end) return true;
  if (end - start < HEAD) return false;
  for (let entry = start + HEAD; entry != end; entry += sizeOf(entry)) {
    if (end - entry < ENTRY || sizeOf(entry) < ENTRY || sizeOf(entry) > end - entry) return false;
  }
  return true;
}

let lacksRoom: bool = false;

/**
 * Restores tracks into a state that is all zero. If there are no bytes, nothing is known. Returns false
 * if there is no room.
 */
export function takeTracks(
  tracks: usize, count: i32, identities: usize, state: usize, start: usize, end: usize, latest: i64,
): bool {
  lacksRoom = false;
  const hasHistory = start != end;
  if (hasHistory) memory.copy(state, start, HEAD);
  const history = changetype<History>(state);
  if (history.pendingEffect > MAX_PENDING) history.pendingEffect = 0;
  const order = history.order;
  for (let at = 0; at < count; at += 1) {
    const track = trackAt(tracks, at);
    const entry = hasHistory ? entryOf(track, start, end, load<u64>(identities + (<usize>at << 3))) : 0;
    const isWhole = entry != 0 && takeTrack(track, state, entry, latest)
      && load<u32>(entry, offsetof<Entry>('order')) == order;
    if (!isWhole) suppose(track, state, turned(latest), order);
  }
  return !lacksRoom;
}

/** The entry with this identity that stores most, or of a sum, one with the same window; 0: there is none. */
function entryOf(track: Track, start: usize, end: usize, identity: u64): usize {
  let found: usize = 0;
  for (let entry = start + HEAD; entry != end; entry += sizeOf(entry)) {
    const each = changetype<Entry>(entry);
    if (each.identity != identity) continue;
    if (isSum(track) && each.window == track.window) return entry;
    if (found == 0 || each.stampCount > changetype<Entry>(found).stampCount) found = entry;
  }
  return found;
}

/** Assumes as many events as matter at the given instant. */
function suppose(track: Track, state: usize, instant: u64, order: u32): void {
  if (!hasKey(track) && !isSum(track)) {
    const all = placeAt(track, state, 0) + frontOf(track) + stampsOf(track);
    for (let at = track.stampCount; at > 0; at -= 1) insert(track, all, instant, order);
    return;
  }
  raise(lostIn(track, state), instant, order);
  if (!hasKey(track)) return;
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (isTaken(track, place)) raise(lostOf(place), instant, order);
  }
}

/** Returns false if the entry is invalid. */
function takeTrack(track: Track, state: usize, start: usize, latest: i64): bool {
  const entry = changetype<Entry>(start);
  const end = start + sizeOf(start);
  const size = entry.stampSize;
  const count = entry.stampCount;
  if (size != track.stampSize || count - 1 >= MAX_STAMPS) return false;
  if ((entry.keyCount != 0) != hasKey(track)) return false;
  const bytes = <usize>size * <usize>count;
  let at = start + ENTRY;
  if (headOf(track) != 0) {
    const keyless: usize = hasKey(track) ? bytes : 0;
    if (end - at < keyless + LOST) return false;
    if (hasKey(track) && !takeLists(track, state + track.stateAt, at, count, true)) return false;
    memory.copy(lostIn(track, state), at + keyless, LOST);
    at += keyless + LOST;
  }
  const isLonger = isWindowLonger(track, entry, latest);
  const before = since(latest, entry.window) - 1;
  if (isLonger) raise(lostIn(track, state), before, 0);
  const places = entry.placeCount;
  for (let left = places; left > 0; left -= 1) {
    const place = freePlace(track, state, places - left);
    at = takePlace(track, state, place, at, end, count);
    if (at == 0) return false;
    if (isLonger && place != 0 && hasKey(track)) raise(lostOf(place), before, 0);
  }
  return at == end;
}

/** The stamp of the last event that was dropped, of a track that has one. */
function lostIn(track: Track, state: usize): usize {
  return state + track.stateAt + headOf(track) - LOST;
}

/** With a key, and from a sum, events older than the window may have been dropped. */
function isWindowLonger(track: Track, entry: Entry, latest: i64): bool {
  const known = entry.window;
  const own = track.window;
  return headOf(track) != 0 && known >= 0 && (own < 0 || own > known) && since(latest, known) != 0;
}

function freePlace(track: Track, state: usize, at: u32): usize {
  return at < <u32>placesOf(track) ? placeAt(track, state, at) : 0;
}

/** `place`: 0 if there is none left, and its contents are dropped. Returns its end; 0: it is invalid. */
function takePlace(track: Track, state: usize, place: usize, at: usize, end: usize, count: u32): usize {
  if (hasKey(track)) {
    if (end - at < LENGTH_BYTES) return 0;
    const length = hasBytesKey(track) ? <usize>load<u32>(at) : WORD_BYTES - LENGTH_BYTES;
    if (length > end - at - LENGTH_BYTES || end - at - LENGTH_BYTES - length < LOST) return 0;
    if (place != 0) {
      if (!takeKey(track, place, at, length)) return 0;
      memory.copy(lostOf(place), at + LENGTH_BYTES + length, LOST);
    }
    at += LENGTH_BYTES + length + LOST;
  }
  if (hasValue(track)) {
    if (end - at < LENGTH_BYTES) return 0;
    const length = <usize>load<u32>(at);
    at += LENGTH_BYTES;
    if (length != 0) {
      if (length - 1 > end - at) return 0;
      if (place != 0) takeValue(track, valueOf(place + frontOf(track)), at, length - 1);
      at += length - 1;
    }
  }
  const size = <usize>track.stampSize;
  const bytes = size * <usize>count;
  const all: usize = isSum(track) ? 0 : bytes;
  if (end - at < all + bytes) return 0;
  if (place == 0) {
    const newest = changetype<Stamp>(at + all);
    const order = track.stampSize == offsetof<Stamp>() ? newest.order : 0;
    raise(lostIn(track, state), newest.instant, order);
  } else if (!takeLists(track, place + frontOf(track), at, count, false)) return 0;
  return at + all + bytes;
}

/** Restores the lists of a place, or the one list of events without a known key. Returns false if they are invalid. */
function takeLists(track: Track, to: usize, from: usize, count: u32, isKeyless: bool): bool {
  if (isSum(track)) return takeParts(track, to, from, count);
  if (isKeyless) {
    takeStamps(track, to, from, count, true);
    return true;
  }
  takeStamps(track, to, from, count, false);
  takeStamps(track, to + stampsOf(track), from + <usize>track.stampSize * <usize>count, count, true);
  return true;
}

/** Returns false if there is no room. */
function takeKey(track: Track, place: usize, at: usize, length: usize): bool {
  if (hasBytesKey(track)) {
    const block = takeSizedBlock(length);
    if (block == 0) lacksRoom = true;
    if (block == 0) return false;
    memory.copy(block + offsetof<SizedBlock>(), at + LENGTH_BYTES, length);
    store<u32>(place, <u32>block, offsetof<KeyPlace>('key'));
  } else changetype<KeyPlace>(place).key = load<u64>(at);
  changetype<KeyPlace>(place).isTaken = 1;
  return true;
}

/** An invalid value is not known. */
function takeValue(track: Track, value: ValuePlace, at: usize, length: usize): void {
  if (endOfValue(at, at + length, slotOf(track)) != at + length) return;
  const block = takeSizedBlock(length);
  if (block == 0) lacksRoom = true;
  if (block == 0) return;
  memory.copy(block + offsetof<SizedBlock>(), at, length);
  value.block = <u32>block;
  value.isKnown = 1;
}

/**
 * Restores the newest stamps. If all stored stamps were in use, any number of events can have occurred
 * before the oldest one.
 */
function takeStamps(track: Track, to: usize, from: usize, count: u32, isAll: bool): void {
  const size = <usize>track.stampSize;
  const own = <u32>track.stampCount;
  memory.copy(to, from, <usize>min(own, count) * size);
  const oldest = from + <usize>(count - 1) * size;
  if (!isAll || changetype<Stamp>(oldest).instant == 0) return;
  for (let at = count; at < own; at += 1) memory.copy(to + <usize>at * size, oldest, size);
}

// --- entries of other tracks -----------------------------------------------------------------------

/**
 * Copies the entries that none of the tracks restores, after the head, for a later policy that knows
 * them. Includes only entries that know of all events. Returns their bytes, or 0 if there are none; `to`:
 * the destination, or 0.
 */
export function stashTracks(start: usize, end: usize, identities: usize, count: i32, to: usize): usize {
  if (start == end) return 0;
  let bytes = HEAD;
  if (to != 0) memory.copy(to, start, HEAD);
  for (let entry = start + HEAD; entry != end; entry += sizeOf(entry)) {
    const head = changetype<Entry>(entry);
    if (head.order != changetype<History>(start).order || isAmong(identities, count, head.identity)) continue;
    if (to != 0) memory.copy(to + bytes, entry, sizeOf(entry));
    bytes += sizeOf(entry);
  }
  return bytes == HEAD ? 0 : bytes;
}

function isAmong(identities: usize, count: i32, identity: u64): bool {
  for (let at = 0; at < count; at += 1) if (load<u64>(identities + (<usize>at << 3)) == identity) return true;
  return false;
}

/**
 * Writes them after the session's own entries, or after their head if there are none: no track has
 * counted the events since.
 */
export function putStash(stash: usize, bytes: usize, hasOwn: bool): void {
  if (!hasOwn) {
    memory.copy(entryHead, stash, HEAD);
    const history = changetype<History>(entryHead);
    history.order += 1;
    history.pendingEffect = 0;
    putHexBytes(entryHead, HEAD);
  }
  putHexBytes(stash + HEAD, bytes - HEAD);
}
