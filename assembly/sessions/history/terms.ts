// Evaluates history terms from tracks (see tracks.ts and sums.ts), and stores the results in cells of the
// facts before rules are evaluated.

import { isKnown, Marks, marksIn, storeUnknown, WordCell } from '../../memory/cells';
import { beginEdge, consider, edgeOfLast, NEVER, Op } from '../../time/clock';
import { boundOf } from '../../policy/generated';
import { periodEnd } from '../../time/windows';
import { loadValue } from '../facts/facts';
import { HAS_COUNTERS, HAS_PERIODS, HAS_SHARED } from '../layout';
import { findAskedKey } from './keys';
import { addAnything, addParts, bound, boundaryFrom, boundEdge, least, most, resetAmount, UNBOUNDED } from './sums';
import { remember } from './term-cells';
import {
  findPlace, frontOf, hasKey, hasPending, isAfter, isSum, isWindowKnown, lostOf, placeAt, since, SizedBlock, slotOf, Stamp,
  stampsOf, startAt, Track, trackAt, TURN, ValuePlace,
} from './tracks';
// Imports of files that only some policies need come last: the order of imports is part of the module.
import {
  findShared, isShared, keylessOf, lostOfTrack, numberIn, pendingNumber, placeNumber, takeLoss,
} from './shared-places';
import { addSummands } from './shared-sums';
import { addCounters, isCounter, ownAmountIn } from './counters';

/** A row of the policy's table of terms. */
@unmanaged
class Term {
  /** As in `Kind`. */
  kind!: u32;
  /** The address of the cell that the result is stored in. */
  cell!: u32;
  /** The index of the track. */
  track!: u32;
  /** The index of the other track; of a count or a sum, the operator, as in `Op`. */
  other!: u32;
  threshold!: i64;
}

namespace Kind {
  export const COUNT: u32 = 0;
  export const SINCE: u32 = 1;
  export const LAST: u32 = 2;
  export const SUM: u32 = 3;
}

/** The stamps of a track for the current request. */
let stamps: usize = 0;
let loose: usize = 0;
let lostAt: usize = 0;
let valueAt: usize = 0;

/** Returns false if the request does not have the key. */
function lookUp(track: Track, state: usize): bool {
  loose = 0;
  lostAt = 0;
  let place = placeAt(track, state, 0);
  if (hasKey(track)) {
    const cell = findAskedKey(track);
    if (!isKnown(cell)) return false;
    if (HAS_SHARED) {
      if (isShared(track)) {
        lookUpShared(track, state, cell);
        return true;
      }
    }
    loose = state + <usize>track.stateAt;
    place = findPlace(track, state, cell);
    lostAt = place == 0 ? loose + stampsOf(track) : lostOf(place);
  } else if (isSum(track)) lostAt = state + <usize>track.stateAt;
  stamps = place == 0 ? 0 : place + frontOf(track);
  valueAt = stamps - offsetof<ValuePlace>();
  return true;
}

/** For a counter: the amount that the latest decision of the session added, and 1 + the index of the place; 0: there is none. */
let ownAmount: usize = 0;
let ownPlace: u32 = 0;

function lookUpShared(track: Track, state: usize, cell: usize): void {
  const place = findShared(track, cell);
  loose = keylessOf(track);
  takeLoss(track, place);
  lostAt = place == 0 ? lostOfTrack(track) : HAS_COUNTERS && isCounter(track) ? 0 : lostOf(place);
  stamps = place == 0 ? 0 : place + frontOf(track);
  if (HAS_COUNTERS) {
    ownAmount = hasPending(state) ? changetype<usize>(ownAmountIn(state, track)) : 0;
    ownPlace = place == 0 ? 0 : placeNumber();
  }
}

/** The number of the latest decision of the session; 0: there is none. */
let pending: u64 = 0;

/** Stores the results of terms in their cells. */
export function recallTerms(terms: usize, count: i32, tracks: usize, state: usize, now: i64): void {
  if (HAS_SHARED) pending = pendingNumber(state);
  for (let at = 0; at < count; at += 1) {
    const term = changetype<Term>(terms + <usize>at * offsetof<Term>());
    const kind = term.kind;
    const cell = <usize>term.cell;
    const track = trackAt(tracks, term.track);
    if (kind == Kind.COUNT || kind == Kind.SUM) recallCompared(at, term, cell, track, state, now);
    else if (kind == Kind.SINCE) recallSince(cell, track, trackAt(tracks, term.other), state);
    else recallLast(cell, track, state);
  }
}

/** Recalls the comparison of a count or a sum. */
function recallCompared(at: i32, term: Term, cell: usize, track: Track, state: usize, now: i64): void {
  if (!lookUp(track, state)) {
    remember(cell, 1, NEVER);
    return;
  }
  const hasBound = isSum(track);
  if (hasBound && !boundOf(at)) {
    remember(cell, 1, boundEdge);
    return;
  }
  const value = truthAt(term, track, now);
  beginEdge();
  if (hasBound) consider(boundEdge);
  considerLeaving(term, track, value, now);
  remember(cell, value, edgeOfLast());
}

/** Considers the first instant at which events leave the window so that the truth value is another one. */
function considerLeaving(term: Term, track: Track, value: i32, now: i64): void {
  if (HAS_PERIODS) {
    // All events leave a period at once.
    if (track.zone != 0) {
      const end = periodEnd;
      if (end != i64.MAX_VALUE && truthAt(term, track, end) != value) consider(end);
      return;
    }
  }
  const within = track.window;
  if (within < 0) return;
  // Fewer events never make a lower bound true, or an upper bound false.
  const op = term.other;
  if (value == 0 ? op >= <u32>Op.MORE : value == 2 && (op == Op.LESS || op == Op.LESS_OR_SAME)) return;
  let from = since(now, within);
  while (true) {
    const oldest = isSum(track) ? boundaryOfSum(track, from) : oldestFrom(track, from);
    if (oldest == u64.MAX_VALUE) return;
    from = oldest + 1;
    if (truthFrom(term, track, from) == value) continue;
    consider(<i64>(oldest ^ TURN) + within + 1);
    return;
  }
}

function truthAt(term: Term, track: Track, now: i64): i32 {
  return truthFrom(term, track, max<u64>(startAt(track, now), 1));
}

/** The truth value by the events from `from` on. */
function truthFrom(term: Term, track: Track, from: u64): i32 {
  return isSum(track) ? truthOfSum(term, track, from) : truthOfCount(term, track, from);
}

/** Whether an event that was dropped occurred from `from` on. */
// @ts-ignore: decorator
@inline
function isLostFrom(from: u64): bool {
  return lostAt != 0 && changetype<Stamp>(lostAt).instant >= max<u64>(from, 1);
}

/** The truth value for every number from the certain to the possible one, if it is the same for all. */
function truthOfCount(term: Term, track: Track, from: u64): i32 {
  const limit = track.stampCount;
  const all = stampsOf(track);
  let certain = stamps == 0 || !isWindowKnown ? 0 : countFrom(track, stamps, from);
  let possible = stamps == 0 ? 0 : countFrom(track, stamps + all, from);
  if (HAS_SHARED) {
    // The decision does not count for itself. There is one stamp more than the term needs.
    if (pending != 0 && isShared(track)) {
      if (certain != 0) certain -= numberIn(track, stamps, pending, from);
      if (stamps != 0) possible -= numberIn(track, stamps + all, pending, from);
      possible -= numberIn(track, loose, pending, from);
    }
  }
  if (loose != 0) possible = min(limit, possible + countFrom(track, loose, from));
  if (isLostFrom(from)) possible = limit;
  const op = term.other;
  const threshold = term.threshold;
  const isTrue = compare(op, certain, threshold);
  if (compare(op, possible, threshold) != isTrue) return 1;
  const isBetween = <i64>certain < threshold && threshold < <i64>possible;
  return isBetween && op < <u32>Op.LESS ? 1 : i32(isTrue) << 1;
}

function countFrom(track: Track, stamps: usize, from: u64): i32 {
  const size = <usize>track.stampSize;
  const count = track.stampCount;
  let at = 0;
  while (at < count && changetype<Stamp>(stamps + <usize>at * size).instant >= max<u64>(from, 1)) at += 1;
  return at;
}

/** The first instant of a stamp from `from` on; `u64.MAX_VALUE`: there is none. */
function oldestFrom(track: Track, from: u64): u64 {
  let oldest = u64.MAX_VALUE;
  // Later stamps that may match can have replaced certain ones among all stamps.
  if (stamps != 0) {
    oldest = min<u64>(oldestIn(track, stamps, from), oldestIn(track, stamps + stampsOf(track), from));
  }
  if (loose != 0) oldest = min<u64>(oldest, oldestIn(track, loose, from));
  return isLostFrom(from) ? min<u64>(oldest, changetype<Stamp>(lostAt).instant) : oldest;
}

function oldestIn(track: Track, stamps: usize, from: u64): u64 {
  const count = countFrom(track, stamps, from);
  return count == 0 ? u64.MAX_VALUE : changetype<Stamp>(stamps + <usize>(count - 1) * <usize>track.stampSize).instant;
}

function compare(op: u32, a: i64, threshold: i64): bool {
  switch (op) {
    case Op.IS: return a == threshold;
    case Op.IS_NOT: return a != threshold;
    case Op.LESS: return a < threshold;
    case Op.LESS_OR_SAME: return a <= threshold;
    case Op.MORE: return a > threshold;
    default: return a >= threshold;
  }
}

/** The first start or end of a part from `from` on; `u64.MAX_VALUE`: there is none. */
function boundaryOfSum(track: Track, from: u64): u64 {
  let next = u64.MAX_VALUE;
  if (stamps != 0) next = boundaryIn(track, stamps, from);
  if (loose != 0) next = min<u64>(next, boundaryIn(track, loose, from));
  return isLostFrom(from) ? min<u64>(next, changetype<Stamp>(lostAt).instant) : next;
}

function boundaryIn(track: Track, list: usize, from: u64): u64 {
  if (HAS_SHARED) {
    if (isShared(track)) return oldestIn(track, list, from);
  }
  return boundaryFrom(track, list, from);
}

function addList(track: Track, list: usize, from: u64): void {
  if (HAS_SHARED) {
    if (isShared(track)) {
      // The decision does not count for itself.
      addSummands(track, list, from, isWindowKnown, pending);
      return;
    }
  }
  addParts(track, list, from, isWindowKnown);
}

/** The truth value for every sum from the least to the most, if it is the same for all. */
function truthOfSum(term: Term, track: Track, from: u64): i32 {
  resetAmount();
  if (HAS_COUNTERS && isCounter(track)) {
    if (isWindowKnown) addCounters(track, stamps, from, ownAmount, ownPlace);
    else addAnything();
  } else {
    if (stamps != 0) addList(track, stamps, from);
    if (loose != 0) addList(track, loose, from);
  }
  if (isLostFrom(from)) addAnything();
  const op = term.other;
  const isTrue = compare(op, least, bound);
  const isTrueForMost = most == UNBOUNDED ? op >= <u32>Op.MORE || op == Op.IS_NOT : compare(op, most, bound);
  if (isTrue != isTrueForMost) return 1;
  const isBetween = least < bound && (most == UNBOUNDED || bound < most);
  return isBetween && op < <u32>Op.LESS ? 1 : i32(isTrue) << 1;
}

// The newest stamps of a track: those that match for certain, and those that may.

let certainInstant: u64 = 0;
let certainOrder: u32 = 0;
let possibleInstant: u64 = 0;
let possibleOrder: u32 = 0;

function newestOf(track: Track, state: usize): bool {
  certainInstant = 0;
  certainOrder = 0;
  possibleInstant = 0;
  possibleOrder = 0;
  if (!lookUp(track, state)) return false;
  if (stamps != 0) {
    certainInstant = changetype<Stamp>(stamps).instant;
    certainOrder = changetype<Stamp>(stamps).order;
    mayBe(stamps + stampsOf(track));
  }
  if (loose != 0) mayBe(loose);
  if (lostAt != 0) mayBe(lostAt);
  return true;
}

function mayBe(address: usize): void {
  const stamp = changetype<Stamp>(address);
  if (!isAfter(stamp.instant, stamp.order, possibleInstant, possibleOrder)) return;
  possibleInstant = stamp.instant;
  possibleOrder = stamp.order;
}

function recallSince(cell: usize, track: Track, start: Track, state: usize): void {
  let areKnown = newestOf(track, state);
  const came = certainInstant;
  const cameOrder = certainOrder;
  const mayCome = possibleInstant;
  const mayComeOrder = possibleOrder;
  areKnown = newestOf(start, state) && areKnown;
  const isCertain = isAfter(came, cameOrder, possibleInstant, possibleOrder);
  const isPossible = isAfter(mayCome, mayComeOrder, certainInstant, certainOrder);
  remember(cell, !areKnown ? 1 : isCertain ? 2 : isPossible ? 1 : 0, NEVER);
}

function recallLast(cell: usize, track: Track, state: usize): void {
  const hasKnownKey = newestOf(track, state);
  const isLast = certainInstant != 0 && !isAfter(possibleInstant, possibleOrder, certainInstant, certainOrder);
  storeUnknown(cell);
  if (!hasKnownKey || !isLast || changetype<ValuePlace>(valueAt).isKnown == 0) return;
  // The slot describes the value, which is stored in the cell of the term.
  loadValue(<usize>changetype<ValuePlace>(valueAt).block + offsetof<SizedBlock>(), slotOf(track), cell);
  store<u32>(cell, marksIn(cell) | Marks.PRESENT | Marks.KNOWN, offsetof<WordCell>('marks'));
}
