// Builds an answer: reasons by effect as rules fire, the edges of each level, and finally the strictest
// effect, written to the result.

import { NEVER } from '../time/clock';
import {
  errorCode, errorFound, errorIndex, errorIndexCount, errorOffset, errorPath,
} from '../reading/errors';
import { FIRED, NARROWED, OFFER_COUNT, REASON_COUNT, REASONS, RESULT } from '../layout';
import { Effect, Reason, ReasonFlag, Result, ResultFlag } from './result';

/** A fired reason, as a word: its index, and two bits for its `ReasonFlag`s. */
const UNKNOWN: u32 = 1 << 31;
const FALLS: u32 = 1 << 30;
const INDEX: u32 = FALLS - 1;
/** A reason that was moved to another effect. */
const GONE: u32 = 0xffffffff;

/** A narrow that fired, or that denies because of values that can be lowered, at `NARROWED`. */
@unmanaged
class Narrow {
  id!: i32;
  /** Its reasons are those of the effect from `start` up to `end`. */
  start!: i32;
  /** `LOWERED`: it denies. */
  end!: i32;
}

const LOWERED: i32 = -1;

/** An i32 for each effect: the number of its reasons that fired. */
const counts: usize = memory.data(20);
let narrows: i32 = 0;
/** The number of reasons of narrows that deny because of values that can be lowered. */
let lowered: i32 = 0;

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
  if (OFFER_COUNT != 0) lowered = 0;
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
  const count = countFired(effect);
  store<u32>(getReasonList(effect) + (<usize>count << 2), entry);
  store<i32>(counts + (<usize>effect << 2), count + 1);
}

function getReasonList(effect: i32): usize {
  return FIRED + <usize>(effect * REASON_COUNT) * 4;
}

/** The number of reasons that fired with the effect. */
// @ts-ignore: decorator
@inline
export function countFired(effect: i32): i32 {
  return load<i32>(counts + (<usize>effect << 2));
}

/** Adds a narrow that fired; its reasons are those of that effect from `start` on. */
export function addNarrow(id: i32, start: i32): void {
  const entry = NARROWED + <usize>narrows * offsetof<Narrow>();
  store<i32>(entry, id, offsetof<Narrow>('id'));
  store<i32>(entry, start, offsetof<Narrow>('start'));
  store<i32>(entry, countFired(Effect.NARROW), offsetof<Narrow>('end'));
  narrows += 1;
}

/** Adds a narrow that denies because of values that can be lowered; its reasons are those of deny from `start` on. */
export function lowers(id: i32, start: i32): void {
  const entry = NARROWED + <usize>narrows * offsetof<Narrow>();
  store<i32>(entry, id, offsetof<Narrow>('id'));
  store<i32>(entry, LOWERED, offsetof<Narrow>('end'));
  narrows += 1;
  lowered += countFired(Effect.DENY) - start;
}

export function isLowered(index: i32): bool {
  if (OFFER_COUNT == 0) return false;
  return load<i32>(NARROWED + <usize>index * offsetof<Narrow>(), offsetof<Narrow>('end')) == LOWERED;
}

/** Whether the answer denies for nothing but values that can be lowered. */
export function mayOffer(): bool {
  return OFFER_COUNT != 0 && lowered > 0 && lowered == countFired(Effect.DENY);
}

export function narrowCount(): i32 {
  return narrows;
}

export function getNarrow(index: i32): i32 {
  return load<i32>(NARROWED + <usize>index * offsetof<Narrow>(), offsetof<Narrow>('id'));
}

/** Moves the reasons of a narrow whose constraints contradict another's to deny. */
export function moveToDeny(index: i32): void {
  const entry = NARROWED + <usize>index * offsetof<Narrow>();
  const end = load<i32>(entry, offsetof<Narrow>('end'));
  for (let at = load<i32>(entry, offsetof<Narrow>('start')); at < end; at += 1) {
    const reason = getReasonList(Effect.NARROW) + (<usize>at << 2);
    push(Effect.DENY, load<u32>(reason));
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
  const granted = countFired(Effect.PERMIT) > 0;
  let effect: i32 = Effect.DENY;
  let flags: u32 = invalid ? ResultFlag.INVALID : 0;
  let winners: i32 = Effect.DENY;
  if (countFired(Effect.REVOKE) > 0) {
    effect = Effect.REVOKE;
    winners = Effect.REVOKE;
  } else if (invalid) {
    winners = -1;
  } else if (countFired(Effect.DENY) == 0) {
    if (granted) {
      effect = countFired(Effect.CHALLENGE) > 0
        ? Effect.CHALLENGE
        : countFired(Effect.NARROW) > 0 ? Effect.NARROW : Effect.PERMIT;
      winners = effect;
    } else {
      flags |= ResultFlag.DEFAULT_DENY;
      winners = -1;
    }
  }
  firedBits = 0;
  store<i32>(RESULT, effect, offsetof<Result>('effect'));
  store<u32>(RESULT, flags, offsetof<Result>('flags'));
  const until = computeExpiry(effect, invalid, (flags & ResultFlag.DEFAULT_DENY) != 0);
  store<f64>(RESULT, until, offsetof<Result>('validUntil'));
  store<i32>(RESULT, winners < 0 ? 0 : copyReasons(winners), offsetof<Result>('reasonCount'));
  return effect;
}

function computeExpiry(effect: i32, invalid: bool, byDefault: bool): f64 {
  if (effect == Effect.REVOKE) return Infinity;
  let until = untilRevoke;
  if (!invalid) {
    until = min<i64>(until, untilDeny);
    if (byDefault) until = min<i64>(until, untilPermits);
    const isOffering = mayOffer();
    if (isOffering || effect <= Effect.CHALLENGE) until = min<i64>(until, untilChallenge);
    if (isOffering || effect <= Effect.NARROW) until = min<i64>(until, untilNarrow);
    if (isOffering) until = min<i64>(until, countFired(Effect.PERMIT) > 0 ? lastPermit : untilPermits);
    else if (effect == Effect.PERMIT) until = min<i64>(until, untilPermits);
    else if (effect <= Effect.CHALLENGE) until = min<i64>(until, lastPermit);
  }
  return until == NEVER ? Infinity : <f64>until;
}

function copyReasons(effect: i32): i32 {
  const list = getReasonList(effect);
  const count = countFired(effect);
  let written = 0;
  for (let at = 0; at < count; at += 1) {
    const entry = load<u32>(list + (<usize>at << 2));
    if (entry == GONE) continue;
    const reason = REASONS + <usize>written * offsetof<Reason>();
    store<u32>(reason, entry & INDEX, offsetof<Reason>('index'));
    store<u32>(reason, entry >>> 31 | (entry & FALLS ? ReasonFlag.FALLS : 0), offsetof<Reason>('flags'));
    store<u64>(reason, 0, offsetof<Reason>('unknown'));
    written += 1;
  }
  return written;
}

/** The reasons of the answer as bits, and the unknown ones among them; 0: they are listed at `REASONS`, or there are none. */
export let firedBits: u64 = 0;
export let unknownBits: u64 = 0;
/** The address of the u32 number of each bit's reason. */
let numbers: usize = 0;

/**
 * Writes an answer whose reasons are bits: `fired`, and the `unknown` ones among them; `reasons` is the
 * address of the u32 number of each bit's reason. They are listed only when that is needed, which most decisions do
 * not.
 */
// @ts-ignore: decorator
@inline
export function answer(
  effect: i32, flags: u32, until: i64, fired: u64, unknown: u64, reasons: usize,
): void {
  store<i32>(RESULT, effect, offsetof<Result>('effect'));
  store<u32>(RESULT, flags, offsetof<Result>('flags'));
  store<f64>(RESULT, until == NEVER ? Infinity : <f64>until, offsetof<Result>('validUntil'));
  store<i32>(RESULT, <i32>popcnt<u64>(fired), offsetof<Result>('reasonCount'));
  firedBits = fired;
  unknownBits = unknown;
  numbers = reasons;
}

/** The number of the reason with a bit. */
// @ts-ignore: decorator
@inline
export function getReason(bit: u64): u32 {
  return load<u32>(numbers + (<usize>bit << 2));
}

/** Lists the reasons of the answer at `REASONS`. */
export function listReasons(): void {
  let entry = REASONS;
  for (; firedBits != 0; firedBits &= firedBits - 1) {
    const bit = ctz<u64>(firedBits);
    store<u32>(entry, getReason(bit), offsetof<Reason>('index'));
    store<u32>(entry, <u32>(unknownBits >> bit) & ReasonFlag.UNKNOWN, offsetof<Reason>('flags'));
    store<u64>(entry, 0, offsetof<Reason>('unknown'));
    entry += offsetof<Reason>();
  }
}

/** Stores the first error of the request so far, if it has one. */
// @ts-ignore: decorator
@inline
export function storeError(): void {
  store<i32>(RESULT, errorCode, offsetof<Result>('errorCode'));
  if (errorCode != 0) storeFault();
}

function storeFault(): void {
  store<i32>(RESULT, errorPath, offsetof<Result>('errorPath'));
  store<i32>(RESULT, errorFound, offsetof<Result>('errorFound'));
  store<i32>(RESULT, errorOffset, offsetof<Result>('errorOffset'));
  store<u64>(RESULT, 0, offsetof<Result>('errorIndexes'));
  store<u64>(RESULT, 0, offsetof<Result>('moreErrorIndexes'));
  for (let at = 0; at < errorIndexCount; at += 1) {
    store<i32>(RESULT + (<usize>at << 2), errorIndex(at), offsetof<Result>('errorIndexes'));
  }
}

/** Concludes a request that cannot be evaluated. */
export function concludeUnread(): void {
  beginJudging();
  answer(Effect.DENY, ResultFlag.INVALID, NEVER, 0, 0, 0);
  storeError();
}
