// Stores the events of a session. A track stores when the newest events of a pattern occurred: those that
// match for certain, and those that may match. With a key it does so for each of a number of values.
// `language/evaluator/history.ts` defines the meaning.
//
// An instant is stored as its i64 with the highest bit inverted, so that 0 means "none" and u64 comparison
// works; a stamp is such an instant and, if the order of two events at one instant matters, a u32 order
// after it.
//
// The state of a session starts with: +0 u32 order of the event that was recorded last, +4 u32 effect of
// the latest decision, which is not recorded yet, plus 1, or 0, +8 i64 time of this decision, +16 u32 its
// order.
//
// A track (in the policy's data): +0 u32 offset of its state in that of the session, +4 u32 bytes of a
// stamp, +8 u32 number of stored stamps, +12 u32 number of key values, or 0, +16 u32 cell of the key, +20
// u32 whether it contains bytes, +24 i64 window in milliseconds, or -1, +32 u32 cell of the stored value,
// or 0, then its slot (see facts.ts) from +36 on.
//
// Its state: with a key the stamps of events whose value is not known, and the stamp of the last one that
// was dropped; then a place, or one for each value: with a key +0 u64 the value, or u32 a block with u32
// length and the bytes, +8 u32 whether it is in use, and the stamp of the last one dropped before; with a
// value a u32 block with it, +4 whether it is known; the certain stamps, then all stamps, the newest
// first.

import { sameBytes } from '../bytes';
import { bytesOfValue, saveValue } from './facts';
import { classOf, giveBlock, takeBlock } from './blocks';

export const TURN: u64 = 0x8000000000000000;
export const HEADER: usize = 16;

export const TRACK: usize = 48;
/** The offset of the slot of the stored value in a track. */
export const SLOT: usize = 36;

// --- the session's own state -----------------------------------------------------------------------

/** The order of an event that is recorded now. */
export function nextOrder(state: usize): u32 {
  const order = load<u32>(state) + 1;
  store<u32>(state, order);
  return order;
}

export function hasPending(state: usize): bool {
  return load<u32>(state, 4) != 0;
}

export function pendingEffect(state: usize): i64 {
  return <i64>load<u32>(state, 4) - 1;
}

export function decisionTime(state: usize): i64 {
  return load<i64>(state, 8);
}

/** A decision becomes an event once another one is requested. */
export function setPending(state: usize, effect: u32, time: i64): void {
  store<u32>(state, effect + 1, 4);
  store<i64>(state, time, 8);
  store<u32>(state, nextOrder(state), 16);
}

/** Returns its order. From now on the tracks are incomplete. */
export function forgetPending(state: usize): u32 {
  store<u32>(state, 0, 4);
  nextOrder(state);
  return load<u32>(state, 16);
}

// --- events ----------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function turned(instant: i64): u64 {
  return <u64>instant ^ TURN;
}

// @ts-ignore: decorator
@inline
export function placesOf(track: usize): i32 {
  return max(1, load<i32>(track, 12));
}

// @ts-ignore: decorator
@inline
export function stampsOf(track: usize): usize {
  return <usize>load<u32>(track, 4) * <usize>load<u32>(track, 8);
}

// @ts-ignore: decorator
@inline
export function hasKey(track: usize): bool {
  return load<u32>(track, 12) != 0;
}

// @ts-ignore: decorator
@inline
export function hasValue(track: usize): bool {
  return load<u32>(track, 32) != 0;
}

/** The bytes of the stamps of events without a known key value, and of the last one dropped. */
export function headOf(track: usize): usize {
  return hasKey(track) ? stampsOf(track) + 16 : 0;
}

/** The bytes before the stamps of a place. */
export function frontOf(track: usize): usize {
  return (hasKey(track) ? HEADER + 16 : 0) + (hasValue(track) ? 8 : 0);
}

export function placeBytes(track: usize): usize {
  return frontOf(track) + 2 * stampsOf(track);
}

export function placeAt(track: usize, state: usize, at: i32): usize {
  return state + <usize>load<u32>(track) + headOf(track) + <usize>at * placeBytes(track);
}

/**
 * Records an event that matches, or may (`certain` is false); `latest`: the latest instant of the
 * session.
 */
export function noteEvent(
  track: usize, state: usize, certain: bool, time: i64, order: u32, latest: i64,
): void {
  const instant = turned(time);
  let place = placeAt(track, state, 0);
  if (hasKey(track)) {
    const own = state + <usize>load<u32>(track);
    if (!load<u8>(load<u32>(track, 16), 9)) {
      insert(track, own, instant, order);
      return;
    }
    const lost = own + stampsOf(track);
    const found = findPlace(track, state);
    place = found != 0 ? found : takePlace(track, state, lost, latest);
    if (place == 0) {
      raise(lost, instant, order);
      return;
    }
  }
  const stamps = place + frontOf(track);
  insert(track, stamps + stampsOf(track), instant, order);
  if (certain && insert(track, stamps, instant, order) == 0 && hasValue(track)) {
    saveEventValue(track, stamps - 8);
  }
}

/** Inserts a stamp; returns its index among the newest, or -1: it is too old. */
export function insert(track: usize, stamps: usize, instant: u64, order: u32): i32 {
  const size = <usize>load<u32>(track, 4);
  const count = load<i32>(track, 8);
  let at = count;
  while (at > 0) {
    const before = stamps + <usize>(at - 1) * size;
    if (!isAfter(instant, order, load<u64>(before), size == 16 ? load<u32>(before, 8) : 0)) break;
    at -= 1;
  }
  if (at == count) return -1;
  const place = stamps + <usize>at * size;
  memory.copy(place + size, place, <usize>(count - 1 - at) * size);
  store<u64>(place, instant);
  if (size == 16) store<u32>(place, order, 8);
  return at;
}

// @ts-ignore: decorator
@inline
export function isAfter(instant: u64, order: u32, other: u64, otherOrder: u32): bool {
  return instant > other || (instant == other && order > otherOrder);
}

/** Replaces a stamp with its order by the later one of the two. */
export function raise(stamp: usize, instant: u64, order: u32): void {
  if (!isAfter(instant, order, load<u64>(stamp), load<u32>(stamp, 8))) return;
  store<u64>(stamp, instant);
  store<u32>(stamp, order, 8);
}

/** Stores the value of the event instead of that of an earlier one. */
function saveEventValue(track: usize, valueAt: usize): void {
  giveSizedBlock(valueAt);
  const cell = <usize>load<u32>(track, 32);
  store<u32>(valueAt, 0, 4);
  if (!load<u8>(cell, 9)) return;
  const block = takeSizedBlock(bytesOfValue(track + SLOT, cell));
  if (block == 0) return;
  saveValue(block + 4, track + SLOT, cell);
  store<u32>(valueAt, <u32>block);
  store<u32>(valueAt, 1, 4);
}

/** Allocates a block that starts with its length; 0: there is no room. */
export function takeSizedBlock(bytes: usize): usize {
  const block = takeBlock(classOf(bytes + 4));
  if (block != 0) store<u32>(block, <u32>bytes);
  return block;
}

function giveSizedBlock(valueAt: usize): void {
  const block = <usize>load<u32>(valueAt);
  if (block == 0) return;
  giveBlock(block, classOf(<usize>load<u32>(block) + 4));
  store<u32>(valueAt, 0);
}

// --- values of a key -------------------------------------------------------------------------------

/** The place of the value in the key's cell; 0: it has none. */
export function findPlace(track: usize, state: usize): usize {
  const count = placesOf(track);
  for (let at = 0; at < count; at += 1) {
    const place = placeAt(track, state, at);
    if (load<u32>(place, 8) != 0 && isOf(track, place)) return place;
  }
  return 0;
}

function isOf(track: usize, place: usize): bool {
  const cell = <usize>load<u32>(track, 16);
  if (load<u32>(track, 20) == 0) return load<u64>(place) == load<u64>(cell);
  const block = <usize>load<u32>(place);
  return sameBytes(block + 4, load<i32>(block), load<u32>(cell), load<i32>(cell, 4));
}

/** Takes the first place that is free, or whose events have all expired; 0: there is none. */
function takePlace(track: usize, state: usize, lost: usize, latest: i64): usize {
  const count = placesOf(track);
  let place: usize = 0;
  for (let at = 0; at < count && place == 0; at += 1) {
    const each = placeAt(track, state, at);
    if (load<u32>(each, 8) == 0) place = each;
  }
  for (let at = 0; at < count && place == 0; at += 1) {
    const each = placeAt(track, state, at);
    if (isOver(track, load<u64>(each + frontOf(track) + stampsOf(track)), latest)) place = each;
  }
  if (place == 0) return 0;
  forgetPlace(track, place);
  memory.fill(place, 0, placeBytes(track));
  const cell = <usize>load<u32>(track, 16);
  if (load<u32>(track, 20) == 0) store<u64>(place, load<u64>(cell));
  else {
    const length = <usize>load<u32>(cell, 4);
    const block = takeSizedBlock(length);
    if (block == 0) return 0;
    memory.copy(block + 4, load<u32>(cell), length);
    store<u32>(place, <u32>block);
  }
  store<u32>(place, 1, 8);
  memory.copy(place + HEADER, lost, 16);
  return place;
}

/** An event exactly as old as the window still counts. */
export function isOver(track: usize, instant: u64, now: i64): bool {
  const within = load<i64>(track, 24);
  return within >= 0 && instant < since(now, within);
}

/** The first instant that still counts, in stored form. */
export function since(now: i64, within: i64): u64 {
  return now >= i64.MIN_VALUE + within ? turned(now - within) : 0;
}

export function forgetPlace(track: usize, place: usize): void {
  if (hasKey(track) && load<u32>(track, 20) != 0) giveSizedBlock(place);
  if (hasValue(track)) giveSizedBlock(place + frontOf(track) - 8);
}

/** Frees the blocks of tracks. */
export function forgetTracks(tracks: usize, count: i32, state: usize): void {
  for (let at = 0; at < count; at += 1) {
    const track = tracks + <usize>at * TRACK;
    for (let each = 0; each < placesOf(track); each += 1) forgetPlace(track, placeAt(track, state, each));
  }
}
