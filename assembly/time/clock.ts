// The instant of evaluation, and conditions that change with it. A condition is 0 (false), 1 (unknown) or
// 2 (true); it has an edge, the first later instant at which time alone changes it, in milliseconds, or
// `NEVER`.

import { LAST_INSTANT } from './instant';

export const NEVER: i64 = i64.MAX_VALUE;
/**
 * The maximum number of milliseconds by which a host's clock may be behind the one that timestamped a
 * fact.
 */
const SKEW: i64 = 60000;

/** How an evaluation uses its instant: it overrides the request's time, or is used if there is none. */
export const enum Clock {
  HOST = 0,
  REQUEST = 1,
}

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

/** The edge of the last condition. */
// @ts-ignore: decorator
@inline
export function edgeOfLast(): i64 {
  return edge;
}

export function setNow(value: i64, known: bool): void {
  now = value;
  nowKnown = known;
}

/** The instant of evaluation, if there is one. */
export function instantNow(): i64 {
  return now;
}

/** Called before the edges of a condition are considered. */
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

/**
 * `age(since) op threshold`; the age is never negative, and unknown for an instant too far in the future.
 */
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

/** Whether the age of an instant is known. */
export function ageKnown(since: i64): i32 {
  edge = NEVER;
  if (isAhead(since)) {
    consider(since - SKEW);
    return 0;
  }
  return 1;
}

/**
 * Whether a fact that was observed at this instant is fresh: from a minute before it to `span` after it,
 * both included.
 */
export function isFresh(observed: i64, span: i64): i32 {
  edge = NEVER;
  if (!nowKnown) return 0;
  const to = observed + span;
  consider(to + 1);
  consider(observed - SKEW);
  return i32(now >= observed - SKEW && now <= to);
}

// @ts-ignore: decorator
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

/** The instants after `floor` at which `instant op at` changes. */
function turn(op: i32, at: i64, floor: i64): void {
  const atOnce = op != Op.MORE && op != Op.LESS_OR_SAME;
  const after = op != Op.MORE_OR_SAME && op != Op.LESS;
  // `after` first: `consider` prefers the earlier one.
  if (after && at < LAST_INSTANT && at + 1 > floor) consider(at + 1);
  if (atOnce && at > floor) consider(at);
}

/** An edge counts if it is in the future and can be written as an instant. */
export function consider(candidate: i64): void {
  if (candidate > now && candidate <= LAST_INSTANT && candidate < edge) edge = candidate;
}

/** The edge of an `and`: the latest of the operands that make it false; otherwise the earliest. */
export function edgeOfBoth(a: i32, edgeOfA: i64, b: i32, edgeOfB: i64): i64 {
  if (a != 0 && b != 0) return min<i64>(edgeOfA, edgeOfB);
  return max<i64>(a == 0 ? edgeOfA : i64.MIN_VALUE, b == 0 ? edgeOfB : i64.MIN_VALUE);
}
