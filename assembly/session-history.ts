// What is kept of a session's events, and what terms come to by it. A track keeps when the newest events of a
// pattern came about: those that match for certain, and all that may. With a key it does so for each of a number of
// values. Terms ask tracks; what they come to is put into cells of the facts. See `language/evaluator/history.ts`
// for what it all means.
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
//
// A term: +0 u32 kind, +4 u32 cell, +8 u32 track, +12 u32 the other track, or how a count is compared, +16 i64 with what.

import { storeUnknown } from './cells';
import { consider, beginEdge, edgeOfLast, NEVER } from './clock';
import { bytesOfValue, loadValue, saveValue } from './session-facts';
import { classOf, giveBlock, takeBlock } from './session-blocks';
import { sameBytes } from './bytes';

const TURN: u64 = 0x8000000000000000;
const HEADER: usize = 16;

const COUNT: u32 = 0;
const SINCE: u32 = 1;

export const TRACK: usize = 48;
export const TERM: usize = 24;

/** False, unknown or true; unknown where no session put anything there. */
// @ts-ignore: decorator
@inline
export function remembered(cell: usize): i32 {
  const value = load<i32>(cell);
  return value == 0 ? 1 : value - 1;
}

// @ts-ignore: decorator
@inline
export function rememberedEdge(cell: usize): i64 {
  return load<i64>(cell, 8) ^ NEVER;
}

function remember(cell: usize, value: i32, edge: i64): void {
  store<i32>(cell, value + 1);
  store<i64>(cell, edge ^ NEVER, 8);
}

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

export function forgetPending(state: usize): u32 {
  store<u32>(state, 0, 4);
  return load<u32>(state, 16);
}

// --- events ----------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function turned(instant: i64): u64 {
  return <u64>instant ^ TURN;
}

// @ts-ignore: decorator
@inline
function placesOf(track: usize): i32 {
  return max(1, load<i32>(track, 12));
}

// @ts-ignore: decorator
@inline
function stampsOf(track: usize): usize {
  return <usize>load<u32>(track, 4) * <usize>load<u32>(track, 8);
}

/** Stamps of events without a known value of the key, and what was lost. */
function headOf(track: usize): usize {
  return load<u32>(track, 12) == 0 ? 0 : stampsOf(track) + 16;
}

/** What stands before a place's stamps. */
function frontOf(track: usize): usize {
  return (load<u32>(track, 12) == 0 ? 0 : HEADER + 16) + (load<u32>(track, 32) == 0 ? 0 : 8);
}

function placeBytes(track: usize): usize {
  return frontOf(track) + 2 * stampsOf(track);
}

function placeAt(track: usize, state: usize, at: i32): usize {
  return state + <usize>load<u32>(track) + headOf(track) + <usize>at * placeBytes(track);
}

/** An event that matches, or may (`certain` is false); `latest`: the instant of the session. */
export function noteEvent(
  track: usize, state: usize, certain: bool, time: i64, order: u32, latest: i64,
): void {
  const instant = turned(time);
  let place = placeAt(track, state, 0);
  if (load<u32>(track, 12) != 0) {
    const own = state + <usize>load<u32>(track);
    if (!load<u8>(load<u32>(track, 16), 9)) {
      insert(track, own, instant, order);
      return;
    }
    const lost = own + stampsOf(track);
    const found = findPlace(track, state);
    place = found != 0 ? found : takePlace(track, state, lost, latest);
    if (place == 0) {
      if (isAfter(instant, order, load<u64>(lost), load<u32>(lost, 8))) {
        store<u64>(lost, instant);
        store<u32>(lost, order, 8);
      }
      return;
    }
  }
  const stamps = place + frontOf(track);
  insert(track, stamps + stampsOf(track), instant, order);
  if (certain && insert(track, stamps, instant, order) == 0 && load<u32>(track, 32) != 0) {
    keepValue(track, stamps - 8);
  }
}

/** Where it stands among the newest; -1: nowhere. */
function insert(track: usize, stamps: usize, instant: u64, order: u32): i32 {
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
function isAfter(instant: u64, order: u32, other: u64, otherOrder: u32): bool {
  return instant > other || (instant == other && order > otherOrder);
}

/** What its event has, in the place of what an earlier one had. */
function keepValue(track: usize, kept: usize): void {
  giveKept(kept);
  const cell = <usize>load<u32>(track, 32);
  store<u32>(kept, 0, 4);
  if (!load<u8>(cell, 9)) return;
  const size = bytesOfValue(track + 36, cell);
  const block = takeBlock(classOf(size + 4));
  if (block == 0) return;
  store<u32>(block, <u32>size);
  saveValue(block + 4, track + 36, cell);
  store<u32>(kept, <u32>block);
  store<u32>(kept, 1, 4);
}

/** A block that begins with how many bytes follow. */
function giveKept(kept: usize): void {
  const block = <usize>load<u32>(kept);
  if (block == 0) return;
  giveBlock(block, classOf(<usize>load<u32>(block) + 4));
  store<u32>(kept, 0);
}

// --- values of a key -------------------------------------------------------------------------------

/** That of the value that stands in the key's cell; 0: it has none. */
function findPlace(track: usize, state: usize): usize {
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
    const block = takeBlock(classOf(length + 4));
    if (block == 0) return 0;
    store<u32>(block, <u32>length);
    memory.copy(block + 4, load<u32>(cell), length);
    store<u32>(place, <u32>block);
  }
  store<u32>(place, 1, 8);
  memory.copy(place + HEADER, lost, 16);
  return place;
}

/** An event of the very age of the window still counts. */
function isOver(track: usize, instant: u64, now: i64): bool {
  const within = load<i64>(track, 24);
  return within >= 0 && instant < since(now, within);
}

/** The first instant that still counts, as it is kept. */
function since(now: i64, within: i64): u64 {
  return now >= i64.MIN_VALUE + within ? turned(now - within) : 0;
}

function forgetPlace(track: usize, place: usize): void {
  if (load<u32>(track, 12) != 0 && load<u32>(track, 20) != 0) giveKept(place);
  if (load<u32>(track, 32) != 0) giveKept(place + frontOf(track) - 8);
}

/** Gives back what tracks hold besides the state itself. */
export function forgetTracks(tracks: usize, count: i32, state: usize): void {
  for (let at = 0; at < count; at += 1) {
    const track = tracks + <usize>at * TRACK;
    for (let each = 0; each < placesOf(track); each += 1) forgetPlace(track, placeAt(track, state, each));
  }
}

// --- terms -----------------------------------------------------------------------------------------

/** What a track knows of the present request. */
let stamps: usize = 0;
let loose: usize = 0;
let lostAt: usize = 0;
let keptAt: usize = 0;

/** False: the request lacks the key. */
function lookUp(track: usize, state: usize): bool {
  loose = 0;
  lostAt = 0;
  let place = placeAt(track, state, 0);
  if (load<u32>(track, 12) != 0) {
    if (!load<u8>(load<u32>(track, 16), 9)) return false;
    loose = state + <usize>load<u32>(track);
    place = findPlace(track, state);
    lostAt = place == 0 ? loose + stampsOf(track) : place + HEADER;
  }
  stamps = place == 0 ? 0 : place + frontOf(track);
  keptAt = stamps - 8;
  return true;
}

/** Puts what terms come to into their cells. */
export function recallTerms(terms: usize, count: i32, tracks: usize, state: usize, now: i64): void {
  for (let at = 0; at < count; at += 1) {
    const term = terms + <usize>at * TERM;
    const kind = load<u32>(term);
    const cell = <usize>load<u32>(term, 4);
    const track = tracks + <usize>load<u32>(term, 8) * TRACK;
    if (kind == COUNT) recallCount(term, cell, track, state, now);
    else if (kind == SINCE) recallSince(cell, track, tracks + <usize>load<u32>(term, 12) * TRACK, state);
    else recallLast(cell, track, state);
  }
}

function recallCount(term: usize, cell: usize, track: usize, state: usize, now: i64): void {
  if (!lookUp(track, state)) {
    remember(cell, 1, NEVER);
    return;
  }
  const within = load<i64>(track, 24);
  const value = truthAt(term, track, within, now);
  beginEdge();
  // Stamps leave from the last on; what changes the truth first is the edge. Fewer events make nothing true that is
  // a matter of more, nor the other way round.
  const op = load<u32>(term, 12);
  const isSettled = value == 0 ? op >= 4 : value == 2 && (op == 2 || op == 3);
  if (within >= 0 && !isSettled) {
    let from = since(now, within);
    while (edgeOfLast() == NEVER) {
      const oldest = oldestFrom(track, from);
      if (oldest == u64.MAX_VALUE) break;
      const leaves = <i64>(oldest ^ TURN) + within + 1;
      if (truthFrom(term, track, oldest + 1) != value) consider(leaves);
      from = oldest + 1;
    }
  }
  remember(cell, value, edgeOfLast());
}

function truthAt(term: usize, track: usize, within: i64, now: i64): i32 {
  return truthFrom(term, track, within < 0 ? 1 : since(now, within));
}

/** Of every number from the certain to the possible one, if they all come to the same. */
function truthFrom(term: usize, track: usize, from: u64): i32 {
  const most = load<i32>(track, 8);
  const all = stampsOf(track);
  const certain = stamps == 0 ? 0 : countFrom(track, stamps, from);
  let possible = stamps == 0 ? 0 : countFrom(track, stamps + all, from);
  if (loose != 0) possible = min(most, possible + countFrom(track, loose, from));
  if (lostAt != 0 && load<u64>(lostAt) >= max<u64>(from, 1)) possible = most;
  const op = load<u32>(term, 12);
  const threshold = load<i64>(term, 16);
  const least = compare(op, certain, threshold);
  if (compare(op, possible, threshold) != least) return 1;
  const isBetween = <i64>certain < threshold && threshold < <i64>possible;
  return isBetween && op < 2 ? 1 : i32(least) << 1;
}

function countFrom(track: usize, stamps: usize, from: u64): i32 {
  const size = <usize>load<u32>(track, 4);
  const count = load<i32>(track, 8);
  let at = 0;
  while (at < count && load<u64>(stamps + <usize>at * size) >= max<u64>(from, 1)) at += 1;
  return at;
}

/** The first instant from one on that a stamp has; `u64.MAX_VALUE`: none has. */
function oldestFrom(track: usize, from: u64): u64 {
  let oldest = u64.MAX_VALUE;
  // Later ones that may match can have taken the places of certain ones among all.
  if (stamps != 0) {
    oldest = min<u64>(oldestIn(track, stamps, from), oldestIn(track, stamps + stampsOf(track), from));
  }
  if (loose != 0) oldest = min<u64>(oldest, oldestIn(track, loose, from));
  if (lostAt != 0 && load<u64>(lostAt) >= max<u64>(from, 1)) oldest = min<u64>(oldest, load<u64>(lostAt));
  return oldest;
}

function oldestIn(track: usize, stamps: usize, from: u64): u64 {
  const count = countFrom(track, stamps, from);
  return count == 0 ? u64.MAX_VALUE : load<u64>(stamps + <usize>(count - 1) * <usize>load<u32>(track, 4));
}

/** Numbers as in clock.ts. */
function compare(op: u32, count: i32, threshold: i64): bool {
  const a = <i64>count;
  switch (op) {
    case 0: return a == threshold;
    case 1: return a != threshold;
    case 2: return a < threshold;
    case 3: return a <= threshold;
    case 4: return a > threshold;
    default: return a >= threshold;
  }
}

// The newest stamps of a track: those that match for certain, and those that may.

let certainInstant: u64 = 0;
let certainOrder: u32 = 0;
let possibleInstant: u64 = 0;
let possibleOrder: u32 = 0;

function newestOf(track: usize, state: usize): bool {
  certainInstant = 0;
  certainOrder = 0;
  possibleInstant = 0;
  possibleOrder = 0;
  if (!lookUp(track, state)) return false;
  if (stamps != 0) {
    certainInstant = load<u64>(stamps);
    certainOrder = load<u32>(stamps, 8);
    mayBe(stamps + stampsOf(track));
  }
  if (loose != 0) mayBe(loose);
  if (lostAt != 0) mayBe(lostAt);
  return true;
}

function mayBe(stamp: usize): void {
  if (!isAfter(load<u64>(stamp), load<u32>(stamp, 8), possibleInstant, possibleOrder)) return;
  possibleInstant = load<u64>(stamp);
  possibleOrder = load<u32>(stamp, 8);
}

function recallSince(cell: usize, track: usize, start: usize, state: usize): void {
  let isKnown = newestOf(track, state);
  const came = certainInstant;
  const cameOrder = certainOrder;
  const mayCome = possibleInstant;
  const mayComeOrder = possibleOrder;
  isKnown = newestOf(start, state) && isKnown;
  const isCertain = isAfter(came, cameOrder, possibleInstant, possibleOrder);
  const isPossible = isAfter(mayCome, mayComeOrder, certainInstant, certainOrder);
  remember(cell, !isKnown ? 1 : isCertain ? 2 : isPossible ? 1 : 0, NEVER);
}

function recallLast(cell: usize, track: usize, state: usize): void {
  const isKnown = newestOf(track, state);
  const isLast = certainInstant != 0 && !isAfter(possibleInstant, possibleOrder, certainInstant, certainOrder);
  storeUnknown(cell);
  if (!isKnown || !isLast || load<u32>(keptAt, 4) == 0) return;
  // A cell is a slot of its own: the value is put where the term has it.
  loadValue(<usize>load<u32>(keptAt) + 4, track + 36, cell);
  store<u32>(cell, load<u32>(cell, 8) | 0x101, 8);
}
