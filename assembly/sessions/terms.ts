// Evaluates history terms from tracks (see tracks.ts), and stores the results in cells of the
// facts before rules are evaluated.
//
// A term: +0 u32 kind, +4 u32 cell, +8 u32 track, +12 u32 the other track, or the operator of a count,
// +16 i64 the threshold.

import { storeUnknown } from '../cells';
import { consider, beginEdge, edgeOfLast, NEVER } from '../clock';
import { loadValue } from './facts';
import {
  findPlace, frontOf, hasKey, HEADER, isAfter, placeAt, since, SLOT, stampsOf, TRACK, TURN,
} from './tracks';

const COUNT: u32 = 0;
const SINCE: u32 = 1;

export const TERM: usize = 24;

/** False, unknown or true; unknown if no session stored a value. */
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

/** The stamps of a track for the current request. */
let stamps: usize = 0;
let loose: usize = 0;
let lostAt: usize = 0;
let valueAt: usize = 0;

/** Returns false if the request does not have the key. */
function lookUp(track: usize, state: usize): bool {
  loose = 0;
  lostAt = 0;
  let place = placeAt(track, state, 0);
  if (hasKey(track)) {
    if (!load<u8>(load<u32>(track, 16), 9)) return false;
    loose = state + <usize>load<u32>(track);
    place = findPlace(track, state);
    lostAt = place == 0 ? loose + stampsOf(track) : place + HEADER;
  }
  stamps = place == 0 ? 0 : place + frontOf(track);
  valueAt = stamps - 8;
  return true;
}

/** Stores the results of terms in their cells. */
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
  // Stamps expire from the last one on; the first that changes the truth value is the edge. Fewer events
  // never make a lower bound true, or an upper bound false.
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

/** The truth value for every number from the certain to the possible one, if it is the same for all. */
function truthFrom(term: usize, track: usize, from: u64): i32 {
  const limit = load<i32>(track, 8);
  const all = stampsOf(track);
  const certain = stamps == 0 ? 0 : countFrom(track, stamps, from);
  let possible = stamps == 0 ? 0 : countFrom(track, stamps + all, from);
  if (loose != 0) possible = min(limit, possible + countFrom(track, loose, from));
  if (lostAt != 0 && load<u64>(lostAt) >= max<u64>(from, 1)) possible = limit;
  const op = load<u32>(term, 12);
  const threshold = load<i64>(term, 16);
  const isTrue = compare(op, certain, threshold);
  if (compare(op, possible, threshold) != isTrue) return 1;
  const isBetween = <i64>certain < threshold && threshold < <i64>possible;
  return isBetween && op < 2 ? 1 : i32(isTrue) << 1;
}

function countFrom(track: usize, stamps: usize, from: u64): i32 {
  const size = <usize>load<u32>(track, 4);
  const count = load<i32>(track, 8);
  let at = 0;
  while (at < count && load<u64>(stamps + <usize>at * size) >= max<u64>(from, 1)) at += 1;
  return at;
}

/** The first instant of a stamp from `from` on; `u64.MAX_VALUE`: there is none. */
function oldestFrom(track: usize, from: u64): u64 {
  let oldest = u64.MAX_VALUE;
  // Later stamps that may match can have replaced certain ones among all stamps.
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

/** The operators are those of clock.ts. */
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
  if (!isKnown || !isLast || load<u32>(valueAt, 4) == 0) return;
  // The slot describes the value, which is stored in the cell of the term.
  loadValue(<usize>load<u32>(valueAt) + 4, track + SLOT, cell);
  store<u32>(cell, load<u32>(cell, 8) | 0x101, 8);
}
