// Stores what the events of a pattern add to a sum, in a bounded number of parts: each covers the events from one
// instant to another. If there are too many, the two neighbors that cover the shortest time become one.
// `language/evaluator/history/parts.ts` defines the meaning.
//
// The parts of a place are in a list, the newest first; an unused one is all zero.

import { isKnown, wordIn } from '../../memory/cells';
import { NEVER } from '../../time/clock';
import { isOver, Track } from './tracks';

/** Instants as in `Stamp`. Nothing that is added is negative. */
@unmanaged
export class Part {
  newest!: u64;
  oldest!: u64;
  /** The least and the most that its events add; `UNBOUNDED`: there is no limit. */
  least!: i64;
  most!: i64;
}

/** Stands for everything from the largest number on. */
export const UNBOUNDED: i64 = i64.MAX_VALUE;

const PART: usize = offsetof<Part>();

/** The number that the sum of the last term is compared with, and the instant at which it changes. */
export let bound: i64 = 0;
export let boundEdge: i64 = NEVER;

export function setBound(value: i64, edge: i64): void {
  bound = value;
  boundEdge = edge;
}

// @ts-ignore: decorator
@inline
function partAt(parts: usize, at: i32): Part {
  return changetype<Part>(parts + <usize>at * PART);
}

/** The number of parts in use. */
function partsIn(track: Track, parts: usize): i32 {
  let count = 0;
  while (count < track.stampCount && partAt(parts, count).newest != 0) count += 1;
  return count;
}

/** `a` and `b` are not negative. */
// @ts-ignore: decorator
@inline
export function plus(a: i64, b: i64): i64 {
  return a < UNBOUNDED - b ? a + b : UNBOUNDED;
}

function addTo(part: Part, least: i64, most: i64): void {
  part.least = plus(part.least, least);
  part.most = plus(part.most, most);
}

/** Adds the number of the event in the cells, which counts for certain, or may (`certain` is false). */
export function addEvent(track: Track, parts: usize, certain: bool, instant: u64, latest: i64): void {
  if (isOver(track, instant, latest)) return;
  const cell = <usize>track.addedCell;
  const known = isKnown(cell);
  const most = known ? <i64>wordIn(cell) : UNBOUNDED;
  const least = certain && known ? most : 0;
  const count = partsIn(track, parts);
  let at = 0;
  while (at < count && partAt(parts, at).oldest > instant) at += 1;
  const around = partAt(parts, at);
  if (at < count && around.newest >= instant) {
    addTo(around, least, most);
    return;
  }
  insertPart(track, parts, at, instant, instant, least, most, latest);
}

/** Inserts a part before the one at `at`; `latest`: parts before its window are dropped. */
function insertPart(
  track: Track, parts: usize, at: i32, oldest: u64, newest: u64, least: i64, most: i64, latest: i64,
): void {
  const place = changetype<usize>(partAt(parts, at));
  memory.copy(place + PART, place, <usize>(track.stampCount - 1 - at) * PART);
  const part = changetype<Part>(place);
  part.newest = newest;
  part.oldest = oldest;
  part.least = least;
  part.most = most;
  // One place is free between calls.
  const last = partAt(parts, track.stampCount - 1);
  if (last.newest == 0) return;
  if (!isOver(track, last.newest, latest)) joinShortest(track, parts);
  memory.fill(changetype<usize>(last), 0, PART);
}

/** Joins the neighbors that cover the shortest time, the oldest of these if there are several. */
function joinShortest(track: Track, parts: usize): void {
  const count = track.stampCount;
  let shortest = u64.MAX_VALUE;
  let found = 0;
  for (let at = count - 2; at >= 0; at -= 1) {
    const span = partAt(parts, at).newest - partAt(parts, at + 1).oldest;
    if (span >= shortest) continue;
    shortest = span;
    found = at;
  }
  const later = partAt(parts, found);
  const earlier = partAt(parts, found + 1);
  later.oldest = earlier.oldest;
  addTo(later, earlier.least, earlier.most);
  const next = changetype<usize>(earlier);
  memory.copy(next, next + PART, <usize>(count - 2 - found) * PART);
}

// --- sums ------------------------------------------------------------------------------------------

/** The least and the most that was added since an instant. */
export let least: i64 = 0;
export let most: i64 = 0;

export function resetAmount(): void {
  least = 0;
  most = 0;
}

/** `from`: the first instant that counts; `isWindowKnown`: whether it is known. */
export function addParts(track: Track, parts: usize, from: u64, isWindowKnown: bool): void {
  const count = partsIn(track, parts);
  for (let at = 0; at < count; at += 1) {
    const part = partAt(parts, at);
    if (part.newest < from) return;
    if (isWindowKnown && part.oldest >= from) least = plus(least, part.least);
    most = plus(most, part.most);
  }
}

export function addAmount(moreLeast: i64, moreMost: i64): void {
  least = plus(least, moreLeast);
  most = plus(most, moreMost);
}

/** Removes an amount that was added before. An unlimited one stays unlimited. */
export function subtractAmount(lessLeast: i64, lessMost: i64): void {
  least = max<i64>(least - lessLeast, 0);
  if (most != UNBOUNDED) most -= lessMost;
}

export function addAnything(): void {
  most = UNBOUNDED;
}

/** The first start or end of a part from `from` on; `u64.MAX_VALUE`: there is none. */
export function boundaryFrom(track: Track, parts: usize, from: u64): u64 {
  for (let at = partsIn(track, parts) - 1; at >= 0; at -= 1) {
    const part = partAt(parts, at);
    if (part.newest < from) continue;
    return part.oldest >= from ? part.oldest : part.newest;
  }
  return u64.MAX_VALUE;
}

// --- restoring -------------------------------------------------------------------------------------

/** Adds stored parts to an empty list; returns false if they are invalid. */
export function takeParts(track: Track, to: usize, from: usize, count: u32): bool {
  for (let at = <i32>count - 1; at >= 0; at -= 1) {
    const part = partAt(from, at);
    if (part.newest == 0) continue;
    const before = partAt(to, 0).newest;
    if (part.oldest <= before || part.newest < part.oldest || part.least < 0 || part.most < part.least) return false;
    insertPart(track, to, 0, part.oldest, part.newest, part.least, part.most, i64.MIN_VALUE);
  }
  return true;
}
