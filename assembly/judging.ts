// Builds an answer: reasons by effect as rules fire, the edges of each level, and finally the strictest
// effect, written to the result (see the ABI). Effects are numbers from 0, permit, to 4, revoke.

import { NEVER } from './clock';
import {
  errorCode, errorFound, errorIndex, errorIndexCount, errorOffset, errorPath,
} from './errors';
import { FIRED, NARROWED, REASON_COUNT, REASONS, RESULT } from './layout';

const UNKNOWN: u32 = 1 << 31;
const FALLS: u32 = 1 << 30;
const INDEX: u32 = FALLS - 1;
/** A reason that was moved to another effect. */
const GONE: u32 = 0xffffffff;

const NARROW = 1;
const CHALLENGE = 2;
const DENY = 3;
const REVOKE = 4;

const DEFAULT_DENY: u32 = 1;
const INVALID: u32 = 2;

const counts: usize = memory.data(20);
let narrows: i32 = 0;

let untilRevoke: i64 = NEVER;
let untilDeny: i64 = NEVER;
let untilChallenge: i64 = NEVER;
let untilNarrow: i64 = NEVER;
let untilPermits: i64 = NEVER;
let lastPermit: i64 = i64.MIN_VALUE;

export function beginJudging(): void {
  store<u64>(counts, 0);
  store<u64>(counts, 0, 8);
  store<u32>(counts, 0, 16);
  narrows = 0;
  untilRevoke = NEVER;
  untilDeny = NEVER;
  untilChallenge = NEVER;
  untilNarrow = NEVER;
  untilPermits = NEVER;
  lastPermit = i64.MIN_VALUE;
}

/** `falls`: as the deny that a narrow falls to. */
export function fire(effect: i32, reason: i32, unknown: i32, falls: i32): void {
  push(effect, <u32>reason | (unknown ? UNKNOWN : 0) | (falls ? FALLS : 0));
}

function push(effect: i32, entry: u32): void {
  const count = firedAt(effect);
  store<u32>(listOf(effect) + (<usize>count << 2), entry);
  store<i32>(counts + (<usize>effect << 2), count + 1);
}

function listOf(effect: i32): usize {
  return FIRED + <usize>(effect * REASON_COUNT) * 4;
}

/** The number of reasons that fired with the effect. */
// @ts-ignore: decorator
@inline
export function firedAt(effect: i32): i32 {
  return load<i32>(counts + (<usize>effect << 2));
}

/** Adds a narrow that fired; its reasons are those of that effect from `start` on. */
export function narrowed(id: i32, start: i32): void {
  const entry = NARROWED + <usize>narrows * 12;
  store<i32>(entry, id);
  store<i32>(entry, start, 4);
  store<i32>(entry, firedAt(NARROW), 8);
  narrows += 1;
}

export function narrowCount(): i32 {
  return narrows;
}

export function narrowAt(index: i32): i32 {
  return load<i32>(NARROWED + <usize>index * 12);
}

/** Moves the reasons of a narrow whose constraints contradict another's to deny. */
export function moveToDeny(index: i32): void {
  const entry = NARROWED + <usize>index * 12;
  const end = load<i32>(entry, 8);
  for (let at = load<i32>(entry, 4); at < end; at += 1) {
    const reason = listOf(NARROW) + (<usize>at << 2);
    push(DENY, load<u32>(reason));
    store<u32>(reason, GONE);
  }
}

// The edges of one level, each the earliest of its rules.

export function boundRevoke(edge: i64): void {
  if (edge < untilRevoke) untilRevoke = edge;
}

export function boundDeny(edge: i64): void {
  if (edge < untilDeny) untilDeny = edge;
}

export function boundChallenge(edge: i64): void {
  if (edge < untilChallenge) untilChallenge = edge;
}

export function boundNarrow(edge: i64): void {
  if (edge < untilNarrow) untilNarrow = edge;
}

/** The bound of all permits, fired or not. */
export function boundPermits(edge: i64): void {
  if (edge < untilPermits) untilPermits = edge;
}

/** The latest edge of the permits that fired. */
export function permitLasts(edge: i64): void {
  if (edge > lastPermit) lastPermit = edge;
}

/** Writes the answer except for its constraints; returns the effect. */
export function conclude(invalid: bool): i32 {
  const granted = firedAt(0) > 0;
  let effect = DENY;
  let flags: u32 = invalid ? INVALID : 0;
  let winners = DENY;
  if (firedAt(REVOKE) > 0) {
    effect = REVOKE;
    winners = REVOKE;
  } else if (invalid) {
    winners = -1;
  } else if (firedAt(DENY) == 0) {
    if (granted) {
      effect = firedAt(CHALLENGE) > 0 ? CHALLENGE : firedAt(NARROW) > 0 ? NARROW : 0;
      winners = effect;
    } else {
      flags |= DEFAULT_DENY;
      winners = -1;
    }
  }
  store<i32>(RESULT, effect);
  store<u32>(RESULT, flags, 4);
  store<f64>(RESULT, validUntil(effect, invalid, (flags & DEFAULT_DENY) != 0), 8);
  store<i32>(RESULT, winners < 0 ? 0 : copyReasons(winners), 48);
  return effect;
}

function validUntil(effect: i32, invalid: bool, byDefault: bool): f64 {
  if (effect == REVOKE) return Infinity;
  let until = untilRevoke;
  if (!invalid) {
    until = min<i64>(until, untilDeny);
    if (byDefault) until = min<i64>(until, untilPermits);
    if (effect <= CHALLENGE) until = min<i64>(until, untilChallenge);
    if (effect <= NARROW) until = min<i64>(until, untilNarrow);
    if (effect == 0) until = min<i64>(until, untilPermits);
    else if (effect <= CHALLENGE) until = min<i64>(until, lastPermit);
  }
  return until == NEVER ? Infinity : <f64>until;
}

function copyReasons(effect: i32): i32 {
  const list = listOf(effect);
  const count = firedAt(effect);
  let written = 0;
  for (let at = 0; at < count; at += 1) {
    const entry = load<u32>(list + (<usize>at << 2));
    if (entry == GONE) continue;
    const reason = REASONS + (<usize>written << 4);
    store<u32>(reason, entry & INDEX);
    store<u32>(reason, entry >>> 31 | (entry & FALLS ? 2 : 0), 4);
    store<u64>(reason, 0, 8);
    written += 1;
  }
  return written;
}

/**
 * Writes an answer whose reasons are bits: `fired`, and the `unknown` ones among them; `reasons` is the
 * address of the u32 number of each bit's reason.
 */
export function answer(
  effect: i32, flags: u32, until: i64, fired: u64, unknown: u64, reasons: usize,
): void {
  store<i32>(RESULT, effect);
  store<u32>(RESULT, flags, 4);
  store<f64>(RESULT, until == NEVER ? Infinity : <f64>until, 8);
  let entry = REASONS;
  for (let left = fired; left != 0; left &= left - 1) {
    const bit = ctz<u64>(left);
    store<u32>(entry, load<u32>(reasons + (<usize>bit << 2)));
    store<u32>(entry, <u32>(unknown >> bit) & 1, 4);
    store<u64>(entry, 0, 8);
    entry += 16;
  }
  store<i32>(RESULT, <i32>popcnt<u64>(fired), 48);
}

/** Stores the first error of the request so far. */
export function storeError(): void {
  store<i32>(RESULT, errorCode, 16);
  store<i32>(RESULT, errorPath, 20);
  store<i32>(RESULT, errorFound, 24);
  store<i32>(RESULT, errorOffset, 28);
  store<u64>(RESULT, 0, 32);
  store<u64>(RESULT, 0, 40);
  for (let at = 0; at < errorIndexCount; at += 1) {
    store<i32>(RESULT + (<usize>at << 2), errorIndex(at), 32);
  }
}

/** Concludes a request that cannot be evaluated. */
export function concludeUnread(): void {
  beginJudging();
  answer(DENY, INVALID, NEVER, 0, 0, 0);
  storeError();
}
