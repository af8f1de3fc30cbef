// The instant of evaluation, and conditions that turn with it. A condition is 0 (false), 1 (unknown)
// or 2 (true); beside it stands its edge, the first later instant at which time alone changes it, in
// milliseconds, `NEVER` where none does.

import { LAST_INSTANT } from './instant';

export const NEVER: i64 = i64.MAX_VALUE;
/** A host's clock may run behind the one that stamped a fact by as much. */
const SKEW: i64 = 60000;

export const enum Op {
  IS = 0,
  IS_NOT = 1,
  LESS = 2,
  LESS_OR_SAME = 3,
  MORE = 4,
  MORE_OR_SAME = 5,
}

let now: i64 = 0;
let nowKnown: bool = false;
let edge: i64 = NEVER;

/** Of the last condition. */
// @ts-ignore: decorator
@inline
export function edgeOfLast(): i64 {
  return edge;
}

export function setNow(value: i64, known: bool): void {
  now = value;
  nowKnown = known;
}

/** The instant of evaluation, where there is one. */
export function instantNow(): i64 {
  return now;
}

/** Before the edges of a condition are considered. */
export function beginEdge(): void {
  edge = NEVER;
}

export function hasNow(): i32 {
  return i32(nowKnown);
}

/** `now op threshold` */
export function compareNow(op: i32, threshold: i64): i32 {
  edge = NEVER;
  if (!nowKnown) return 1;
  turn(op, threshold, i64.MIN_VALUE);
  return compare(op, now, threshold);
}

/** `age(since) op threshold`; the age is never below zero, and unknown of an instant too far ahead. */
export function compareAge(op: i32, since: i64, threshold: i64): i32 {
  edge = NEVER;
  if (!nowKnown) return 1;
  if (isAhead(since)) {
    consider(since - SKEW);
    return 1;
  }
  const turns = since + threshold;
  const overflows = ((since ^ turns) & (threshold ^ turns)) < 0;
  if (!overflows) turn(op, turns, since);
  return compare(op, now > since ? now - since : 0, threshold);
}

/** Whether the age of an instant can be told. */
export function ageKnown(since: i64): i32 {
  edge = NEVER;
  if (isAhead(since)) {
    consider(since - SKEW);
    return 0;
  }
  return 1;
}

/** Whether a fact observed then may be used: from a minute before to `span` after, both included. */
export function isFresh(observed: i64, span: i64): i32 {
  edge = NEVER;
  if (!nowKnown) return 0;
  const to = observed + span;
  consider(to + 1);
  consider(observed - SKEW);
  return i32(now >= observed - SKEW && now <= to);
}

@inline
function isAhead(since: i64): bool {
  return since > now + SKEW;
}

function compare(op: i32, a: i64, b: i64): i32 {
  switch (op) {
    case Op.IS: return i32(a == b) << 1;
    case Op.IS_NOT: return i32(a != b) << 1;
    case Op.LESS: return i32(a < b) << 1;
    case Op.LESS_OR_SAME: return i32(a <= b) << 1;
    case Op.MORE: return i32(a > b) << 1;
    default: return i32(a >= b) << 1;
  }
}

/** The instants at which `instant op at` changes, as far as they lie after `floor`. */
function turn(op: i32, at: i64, floor: i64): void {
  const atOnce = op != Op.MORE && op != Op.LESS_OR_SAME;
  const after = op != Op.MORE_OR_SAME && op != Op.LESS;
  // `after` first: `consider` keeps the earlier.
  if (after && at < LAST_INSTANT && at + 1 > floor) consider(at + 1);
  if (atOnce && at > floor) consider(at);
}

/** An edge counts when it lies ahead and can be written as an instant. */
export function consider(candidate: i64): void {
  if (candidate > now && candidate <= LAST_INSTANT && candidate < edge) edge = candidate;
}

/** Of an `and`: the latest of the operands that make it false; else the earliest. */
export function edgeOfBoth(a: i32, edgeOfA: i64, b: i32, edgeOfB: i64): i64 {
  if (a != 0 && b != 0) return min<i64>(edgeOfA, edgeOfB);
  return max<i64>(a == 0 ? edgeOfA : i64.MIN_VALUE, b == 0 ? edgeOfB : i64.MIN_VALUE);
}
