// Serializes the tracks of a session, so that the tracks of another policy can restore them. For events
// that a track does not know, it assumes the worst: as many events as it counts, at the latest instant of
// the session. So migrated history restricts where it is not known, and never loosens.
//
// Bytes: the head of the session's state, then entries: +0 u32 total bytes, +4 u32 the order of the last
// event that it knows of, +8 u64 identity of the track, +16 i64 its window or -1, +24 u32 bytes of a
// stamp, +28 u32 number of stored stamps, +32 u32 number of key values or 0, +36 u32 number of these that
// follow; then, with a key, the stamps of events without a known value, and that of the last one that was
// dropped. A place: with a key its u64, or u32 length and the bytes, and the stamp of the last one
// dropped before; with a stored value u32 1 + its length, or 0, and the value; certain stamps, all
// stamps.

import { endOfValue } from './facts';
import { putHexBytes } from './json-writer';
import {
  frontOf, hasKey, hasValue, HEADER, headOf, insert, takeSizedBlock, placeAt, placesOf, raise, since, SLOT, stampsOf,
  TRACK, turned,
} from './tracks';

/** The bytes of a session's own state. */
const HEAD: usize = 24;
const ENTRY: usize = 40;
const LOST: usize = 16;
/** More stamps than any track stores. */
const MAX_STAMPS: u32 = 0x100000;
const MAX_EFFECT: u32 = 5;

const entryHead: usize = memory.data(40);

// @ts-ignore: decorator
@inline
function hasBytesKey(track: usize): bool {
  return load<u32>(track, 20) != 0;
}

// @ts-ignore: decorator
@inline
function isTaken(track: usize, place: usize): bool {
  return !hasKey(track) || load<u32>(place, 8) != 0;
}

// --- serializing -----------------------------------------------------------------------------------

/** Writes them as hexadecimal digits. */
export function putTracks(tracks: usize, count: i32, identities: usize, state: usize): void {
  putHexBytes(state, HEAD);
  for (let at = 0; at < count; at += 1) {
    putTrack(tracks + <usize>at * TRACK, load<u64>(identities + (<usize>at << 3)), state);
  }
}

function putTrack(track: usize, identity: u64, state: usize): void {
  let bytes = ENTRY + headOf(track);
  let taken = 0;
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (!isTaken(track, place)) continue;
    taken += 1;
    bytes += bytesOfPlace(track, place);
  }
  store<u32>(entryHead, <u32>bytes);
  store<u32>(entryHead, load<u32>(state), 4);
  store<u64>(entryHead, identity, 8);
  store<i64>(entryHead, load<i64>(track, 24), 16);
  store<u32>(entryHead, load<u32>(track, 4), 24);
  store<u32>(entryHead, load<u32>(track, 8), 28);
  store<u32>(entryHead, load<u32>(track, 12), 32);
  store<u32>(entryHead, taken, 36);
  putHexBytes(entryHead, ENTRY);
  putHexBytes(state + load<u32>(track), headOf(track));
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (isTaken(track, place)) putPlace(track, place);
  }
}

function bytesOfPlace(track: usize, place: usize): usize {
  let bytes: usize = 2 * stampsOf(track);
  if (hasKey(track)) bytes += LOST + (hasBytesKey(track) ? 4 + <usize>load<u32>(load<u32>(place)) : 8);
  if (!hasValue(track)) return bytes;
  const value = <usize>load<u32>(place + frontOf(track) - 8);
  return bytes + 4 + (value == 0 ? 0 : <usize>load<u32>(value));
}

function putPlace(track: usize, place: usize): void {
  if (hasKey(track)) {
    const key = <usize>load<u32>(place);
    if (hasBytesKey(track)) putHexBytes(key, 4 + <usize>load<u32>(key));
    else putHexBytes(place, 8);
    putHexBytes(place + HEADER, LOST);
  }
  const stamps = place + frontOf(track);
  if (hasValue(track)) {
    const value = <usize>load<u32>(stamps - 8);
    const length = value == 0 ? 0 : load<u32>(value);
    store<u32>(entryHead, value == 0 ? 0 : 1 + length);
    putHexBytes(entryHead, 4);
    if (value != 0) putHexBytes(value + 4, length);
  }
  putHexBytes(stamps, 2 * stampsOf(track));
}

// --- restoring -------------------------------------------------------------------------------------

/** Whether entries follow one another up to the end. */
export function areTracks(start: usize, end: usize): bool {
  if (start == end) return true;
  if (end - start < HEAD) return false;
  for (let entry = start + HEAD; entry != end; entry += load<u32>(entry)) {
    if (end - entry < ENTRY || load<u32>(entry) < <u32>ENTRY || <usize>load<u32>(entry) > end - entry) return false;
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
  if (load<u32>(state, 4) > MAX_EFFECT) store<u32>(state, 0, 4);
  const order = load<u32>(state);
  for (let at = 0; at < count; at += 1) {
    const track = tracks + <usize>at * TRACK;
    const entry = hasHistory ? entryOf(start, end, load<u64>(identities + (<usize>at << 3))) : 0;
    const isWhole = entry != 0 && takeTrack(track, state, entry, latest) && load<u32>(entry, 4) == order;
    if (!isWhole) suppose(track, state, turned(latest), order);
  }
  return !lacksRoom;
}

/** The entry with this identity that stores most; 0: there is none. */
function entryOf(start: usize, end: usize, identity: u64): usize {
  let found: usize = 0;
  for (let entry = start + HEAD; entry != end; entry += load<u32>(entry)) {
    if (load<u64>(entry, 8) != identity) continue;
    if (found == 0 || load<u32>(entry, 28) > load<u32>(found, 28)) found = entry;
  }
  return found;
}

/** Assumes as many events as matter at the given instant. */
function suppose(track: usize, state: usize, instant: u64, order: u32): void {
  if (!hasKey(track)) {
    const all = placeAt(track, state, 0) + frontOf(track) + stampsOf(track);
    for (let at = load<i32>(track, 8); at > 0; at -= 1) insert(track, all, instant, order);
    return;
  }
  raise(state + load<u32>(track) + stampsOf(track), instant, order);
  for (let at = 0; at < placesOf(track); at += 1) {
    const place = placeAt(track, state, at);
    if (isTaken(track, place)) raise(place + HEADER, instant, order);
  }
}

/** Returns false if the entry is invalid. */
function takeTrack(track: usize, state: usize, entry: usize, latest: i64): bool {
  const end = entry + load<u32>(entry);
  const size = load<u32>(entry, 24);
  const count = load<u32>(entry, 28);
  if (size != load<u32>(track, 4) || count - 1 >= MAX_STAMPS) return false;
  if ((load<u32>(entry, 32) != 0) != hasKey(track)) return false;
  const bytes = <usize>size * <usize>count;
  let at = entry + ENTRY;
  if (hasKey(track)) {
    if (end - at < bytes + LOST) return false;
    const own = state + load<u32>(track);
    takeStamps(track, own, at, count, true);
    memory.copy(own + stampsOf(track), at + bytes, LOST);
    at += bytes + LOST;
  }
  const isLonger = isWindowLonger(track, entry, latest);
  const before = since(latest, load<i64>(entry, 16)) - 1;
  if (isLonger) raise(state + load<u32>(track) + stampsOf(track), before, 0);
  const places = load<u32>(entry, 36);
  for (let left = places; left > 0; left -= 1) {
    const place = freePlace(track, state, places - left);
    at = takePlace(track, state, place, at, end, count);
    if (at == 0) return false;
    if (isLonger && place != 0) raise(place + HEADER, before, 0);
  }
  return at == end;
}

/** With a key, events older than the window may have been dropped. */
function isWindowLonger(track: usize, entry: usize, latest: i64): bool {
  const known = load<i64>(entry, 16);
  const own = load<i64>(track, 24);
  return hasKey(track) && known >= 0 && (own < 0 || own > known) && since(latest, known) != 0;
}

function freePlace(track: usize, state: usize, at: u32): usize {
  return at < <u32>placesOf(track) ? placeAt(track, state, at) : 0;
}

/** `place`: 0 if there is none left, and its contents are dropped. Returns its end; 0: it is invalid. */
function takePlace(track: usize, state: usize, place: usize, at: usize, end: usize, count: u32): usize {
  if (hasKey(track)) {
    if (end - at < 4) return 0;
    const length = hasBytesKey(track) ? <usize>load<u32>(at) : 4;
    if (length > end - at - 4 || end - at - 4 - length < LOST) return 0;
    if (place != 0) {
      if (!takeKey(track, place, at, length)) return 0;
      memory.copy(place + HEADER, at + 4 + length, LOST);
    }
    at += 4 + length + LOST;
  }
  if (hasValue(track)) {
    if (end - at < 4) return 0;
    const length = <usize>load<u32>(at);
    at += 4;
    if (length != 0) {
      if (length - 1 > end - at) return 0;
      if (place != 0) takeValue(track, place + frontOf(track) - 8, at, length - 1);
      at += length - 1;
    }
  }
  const bytes = <usize>load<u32>(track, 4) * <usize>count;
  if (end - at < 2 * bytes) return 0;
  if (place == 0) {
    const order = load<u32>(track, 4) == 16 ? load<u32>(at + bytes, 8) : 0;
    raise(state + load<u32>(track) + stampsOf(track), load<u64>(at + bytes), order);
  } else {
    const stamps = place + frontOf(track);
    takeStamps(track, stamps, at, count, false);
    takeStamps(track, stamps + stampsOf(track), at + bytes, count, true);
  }
  return at + 2 * bytes;
}

/** Returns false if there is no room. */
function takeKey(track: usize, place: usize, at: usize, length: usize): bool {
  if (hasBytesKey(track)) {
    const block = takeSizedBlock(length);
    if (block == 0) lacksRoom = true;
    if (block == 0) return false;
    memory.copy(block + 4, at + 4, length);
    store<u32>(place, <u32>block);
  } else store<u64>(place, load<u64>(at));
  store<u32>(place, 1, 8);
  return true;
}

/** An invalid value is not known. */
function takeValue(track: usize, valueAt: usize, at: usize, length: usize): void {
  if (endOfValue(at, at + length, track + SLOT) != at + length) return;
  const block = takeSizedBlock(length);
  if (block == 0) lacksRoom = true;
  if (block == 0) return;
  memory.copy(block + 4, at, length);
  store<u32>(valueAt, <u32>block);
  store<u32>(valueAt, 1, 4);
}

/**
 * Restores the newest stamps. If all stored stamps were in use, any number of events can have occurred
 * before the oldest one.
 */
function takeStamps(track: usize, to: usize, from: usize, count: u32, isAll: bool): void {
  const size = <usize>load<u32>(track, 4);
  const own = load<u32>(track, 8);
  memory.copy(to, from, <usize>min(own, count) * size);
  const oldest = from + <usize>(count - 1) * size;
  if (!isAll || load<u64>(oldest) == 0) return;
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
  for (let entry = start + HEAD; entry != end; entry += load<u32>(entry)) {
    if (load<u32>(entry, 4) != load<u32>(start) || isAmong(identities, count, load<u64>(entry, 8))) continue;
    if (to != 0) memory.copy(to + bytes, entry, load<u32>(entry));
    bytes += load<u32>(entry);
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
    store<u32>(entryHead, load<u32>(entryHead) + 1);
    store<u32>(entryHead, 0, 4);
    putHexBytes(entryHead, HEAD);
  }
  putHexBytes(stash + HEAD, bytes - HEAD);
}
