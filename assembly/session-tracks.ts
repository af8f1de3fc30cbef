// What is kept of a session's events. A track keeps when the newest events of a pattern came about: those that
// match for certain, and all that may. With a key it does so for each of a number of values. See
// `language/evaluator/history.ts` for what it all means.
//
// An instant is kept as its i64 with the highest bit turned, so that 0 is none and u64 compares; a stamp is
// such an instant and, where it matters which of two events was recorded first, a u32 order behind it.
//
// The state of a session begins with: +0 u32 the order of the event recorded last, +4 u32 the effect of the
// decision that was taken last and is yet to be recorded, plus 1, or 0, +8 i64 when it was taken, +16 u32 its order.
//
// A track (in the policy's data): +0 u32 where its state is in the session's, +4 u32 bytes of a stamp, +8 u32 how many
// are kept, +12 u32 how many values of the key, or 0, +16 u32 the key's cell, +20 u32 whether it holds bytes, +24 i64
// how long events count in milliseconds, or -1, +32 u32 the cell of the value that is kept, or 0, then its slot (see
// session-facts.ts) from +36 on.
//
// Its state: with a key the stamps of events of which nobody knows the value, and the stamp of the last that was lost;
// then a place, or one for each value: with a key +0 u64 the value, or u32 a block with u32 length and the bytes, +8
// u32 whether it is taken, and the stamp of what was lost before it was; with a value a u32 block of it, +4 whether it
// is known; the certain stamps, then all stamps, the newest first.

import { sameBytes } from './bytes';
import { bytesOfValue, saveValue } from './session-facts';
import { classOf, giveBlock, takeBlock } from './session-blocks';

export const TURN: u64 = 0x8000000000000000;
export const HEADER: usize = 16;

export const TRACK: usize = 48;
/** Where a track has the slot of the value that is kept. */
export const SLOT: usize = 36;

// --- the session's own state -----------------------------------------------------------------------

/** Of an event that is recorded now. */
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

/** A decision is part of what happened once another is asked for. */
export function setPending(state: usize, effect: u32, time: i64): void {
  store<u32>(state, effect + 1, 4);
  store<i64>(state, time, 8);
  store<u32>(state, nextOrder(state), 16);
}

/** Gives its order. What tracks held before is from now on not all that happened. */
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

/** Stamps of events without a known value of the key, and what was lost. */
export function headOf(track: usize): usize {
  return hasKey(track) ? stampsOf(track) + 16 : 0;
}

/** What stands before a place's stamps. */
export function frontOf(track: usize): usize {
  return (hasKey(track) ? HEADER + 16 : 0) + (hasValue(track) ? 8 : 0);
}

export function placeBytes(track: usize): usize {
  return frontOf(track) + 2 * stampsOf(track);
}

export function placeAt(track: usize, state: usize, at: i32): usize {
  return state + <usize>load<u32>(track) + headOf(track) + <usize>at * placeBytes(track);
}

/** An event that matches, or may (`certain` is false); `latest`: the instant of the session. */
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
    keepValue(track, stamps - 8);
  }
}

/** Where it stands among the newest; -1: nowhere. */
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

/** Makes a stamp with its order the later one of the two. */
export function raise(stamp: usize, instant: u64, order: u32): void {
  if (!isAfter(instant, order, load<u64>(stamp), load<u32>(stamp, 8))) return;
  store<u64>(stamp, instant);
  store<u32>(stamp, order, 8);
}

/** What its event has, in the place of what an earlier one had. */
function keepValue(track: usize, kept: usize): void {
  giveKept(kept);
  const cell = <usize>load<u32>(track, 32);
  store<u32>(kept, 0, 4);
  if (!load<u8>(cell, 9)) return;
  const block = keptBlock(bytesOfValue(track + SLOT, cell));
  if (block == 0) return;
  saveValue(block + 4, track + SLOT, cell);
  store<u32>(kept, <u32>block);
  store<u32>(kept, 1, 4);
}

/** A block that begins with how many bytes follow; 0: there is no room. */
export function keptBlock(bytes: usize): usize {
  const block = takeBlock(classOf(bytes + 4));
  if (block != 0) store<u32>(block, <u32>bytes);
  return block;
}

function giveKept(kept: usize): void {
  const block = <usize>load<u32>(kept);
  if (block == 0) return;
  giveBlock(block, classOf(<usize>load<u32>(block) + 4));
  store<u32>(kept, 0);
}

// --- values of a key -------------------------------------------------------------------------------

/** That of the value that stands in the key's cell; 0: it has none. */
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

/** The first that is free, or all of whose events are over; 0: none is. */
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
    const block = keptBlock(length);
    if (block == 0) return 0;
    memory.copy(block + 4, load<u32>(cell), length);
    store<u32>(place, <u32>block);
  }
  store<u32>(place, 1, 8);
  memory.copy(place + HEADER, lost, 16);
  return place;
}

/** An event of the very age of the window still counts. */
export function isOver(track: usize, instant: u64, now: i64): bool {
  const within = load<i64>(track, 24);
  return within >= 0 && instant < since(now, within);
}

/** The first instant that still counts, as it is kept. */
export function since(now: i64, within: i64): u64 {
  return now >= i64.MIN_VALUE + within ? turned(now - within) : 0;
}

export function forgetPlace(track: usize, place: usize): void {
  if (hasKey(track) && load<u32>(track, 20) != 0) giveKept(place);
  if (hasValue(track)) giveKept(place + frontOf(track) - 8);
}

/** Gives back what tracks hold besides the state itself. */
export function forgetTracks(tracks: usize, count: i32, state: usize): void {
  for (let at = 0; at < count; at += 1) {
    const track = tracks + <usize>at * TRACK;
    for (let each = 0; each < placesOf(track); each += 1) forgetPlace(track, placeAt(track, state, each));
  }
}
