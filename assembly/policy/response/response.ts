// Writes the answer as an AuthZEN evaluation response, after a header that states its effect and how long it is
// valid, so that a host can act on an answer without reading its JSON.

import { isKnown, lengthIn, pointerIn } from '../../memory/cells';
import { RESPONSE, RESPONSE_END, RESPONSE_TEXTS, RESULT } from '../../layout';
import { Effect, Result, ResultFlag } from '../../rules/result';
import {
  beginText, isComplete, putByte, putBytes, putEscaped, putFragment, putInstant, textEnd, textLength, moveWriter,
} from '../../writing/text-writer';
import { explain } from './explain';
import {
  ACTION_PLACES, CONSTRAINT_VALUES, DIGEST_CELL, DIGEST_PATH, HAS_DEMANDS, HEADS, KEYED_REASONS, OFFER_VALUES, PLACES,
  SUBJECT_PLACES, TEXT_CALL_DIGEST, TEXT_CLOCK_WENT_BACK, TEXT_CONSTRAINTS, TEXT_DEFAULT_DENY, TEXT_DETAILS, TEXT_END,
  TEXT_ENGINE_ERROR, TEXT_INVALID_REQUEST, TEXT_LOWER, TEXT_READ, TEXT_REVOKED_BEFORE, TEXT_SINGLE_USE, TEXT_VALID_UNTIL,
} from '../layout';
import { actionSelector, resourceSelector, subjectSelector } from '../request';
import { putCallError, putError } from './error';
import { collectObligations, putAccessRequest, putObligations, putValues } from './obligations';
import { findAllReads, findFaultReads, findReads, hasRead, isSingleUse, putReads } from './reads';
import { isConstant, keyOfReasons, needsExplaining, placeReasons, putDetails, putIds, rankReasons } from './reasons';

/** The header of a response, which follows it. */
@unmanaged
class Header {
  /** As in `Effect`. */
  effect!: u8;
  /** A set of `ResultFlag`. */
  flags!: u8;
  reserved!: u16;
  /** The number of bytes of the response; 0: it was not written. */
  length!: u32;
  /** In milliseconds since the epoch; +Infinity if time alone does not change the answer. */
  validUntil!: f64;
  /** Answers of this module with the same key differ only in `valid_until`; 0: the answer has no key. */
  key!: u64;
  /** Where the text of `valid_until` starts in the response; 0: it has none. */
  untilOffset!: u32;
  more!: u32;
}

/** The bits of the effect, above which a header has the flags. */
const FLAGS_SHIFT: u64 = 8;

/** The parts to write. */
export const enum Form {
  /** Without the key. */
  HEADER = 0,
  RESPONSE = 1,
  /** The response only if the answer has no key. */
  UNLESS_KEYED = 2,
  KEYED_HEADER = 3,
}

const DEFAULT_KIND: i32 = 5;
const KINDS: u64 = 6;
/** Errors in a member have numbers from here on, below those of sessions. */
const FIRST_OF_MEMBERS: i32 = 16;
const FIRST_OF_SESSIONS: i32 = 22;

/** Where the text of `valid_until` starts; 0: it has none. */
let untilAt: usize = 0;

/** Writes the latest answer; returns the address of its header, or 0 if it could not be written. */
// @ts-ignore: decorator
@inline
export function respond(form: i32): usize {
  const effect = load<i32>(RESULT, offsetof<Result>('effect'));
  const flags = load<u32>(RESULT, offsetof<Result>('flags'));
  storeHeader(effect, flags, load<f64>(RESULT, offsetof<Result>('validUntil')));
  return form == Form.HEADER ? RESPONSE : respondKeyed(effect, form);
}

function respondKeyed(effect: i32, form: i32): usize {
  rankReasons(effect);
  const key = computeKey(effect);
  store<u64>(RESPONSE, key, offsetof<Header>('key'));
  if (form == Form.KEYED_HEADER || (form == Form.UNLESS_KEYED && key != 0)) return RESPONSE;
  if (!putResponse(effect)) return 0;
  const text = RESPONSE + offsetof<Header>();
  store<u32>(RESPONSE, textLength(), offsetof<Header>('length'));
  store<u32>(RESPONSE, untilAt == 0 ? 0 : <u32>(untilAt - text), offsetof<Header>('untilOffset'));
  return RESPONSE;
}

/**
 * Stores the header of a response that is not written yet, without a key. That it contains an offer is not a flag of the
 * contract.
 */
// @ts-ignore: decorator
@inline
function storeHeader(effect: i32, flags: u32, validUntil: f64): void {
  if (OFFER_VALUES != 0) flags &= ~ResultFlag.LOWER;
  // The length is 0.
  store<u64>(RESPONSE, <u64>effect | <u64>flags << FLAGS_SHIFT);
  store<f64>(RESPONSE, validUntil, offsetof<Header>('validUntil'));
  store<u64>(RESPONSE, 0, offsetof<Header>('key'));
  store<u64>(RESPONSE, 0, offsetof<Header>('untilOffset'));
}

/** The number of an answer that depends on nothing but its reasons and the listed names of its request. */
function computeKey(effect: i32): u64 {
  const flags = load<u32>(RESULT, offsetof<Result>('flags'));
  if (!isConstant || (flags & ~ResultFlag.DEFAULT_DENY) != 0) return 0;
  if (load<i32>(RESULT, offsetof<Result>('errorCode')) != 0) return 0;
  if (DIGEST_CELL != 0 && effect == Effect.CHALLENGE) return 0;
  if (load<i32>(RESULT, offsetof<Result>('reasonCount')) > KEYED_REASONS) return 0;
  const key = keyOfReasons();
  const place = <u64>((resourceSelector * ACTION_PLACES + actionSelector) * SUBJECT_PLACES + subjectSelector);
  const kind = <u64>((flags & ResultFlag.DEFAULT_DENY) != 0 ? DEFAULT_KIND : effect);
  return (key * PLACES + place) * KINDS + kind + 1;
}

/** Writes the response of a call that was refused as a whole, which does not concern the latest answer. */
export function respondRefusal(code: i32): usize {
  beginRefusal();
  putCallError(code);
  return endRefusal();
}

/** Starts the response of a call that was refused; its error follows. */
export function beginRefusal(): void {
  const text = RESPONSE + offsetof<Header>();
  beginText(text, RESPONSE_END - text);
  putFragment(load<u32>(HEADS + (<usize>Effect.DENY << 2)));
  putFragment(TEXT_INVALID_REQUEST);
  findAllReads();
  putFragment(TEXT_READ);
  putReads();
  putByte(0x5d);
}

/** Completes it; returns the address of the header. */
export function endRefusal(): usize {
  putFragment(TEXT_END);
  storeHeader(Effect.DENY, ResultFlag.INVALID, Infinity);
  store<u32>(RESPONSE, textLength(), offsetof<Header>('length'));
  return isComplete() ? RESPONSE : 0;
}

/** Returns false if a value is missing that the answer must contain, or if there is no room. */
function putResponse(effect: i32): bool {
  const flags = load<u32>(RESULT, offsetof<Result>('flags'));
  const hasReasons = load<i32>(RESULT, offsetof<Result>('reasonCount')) != 0;
  const isNarrowed = effect == Effect.NARROW;
  const isOffering = OFFER_VALUES != 0 && (flags & ResultFlag.LOWER) != 0;
  const text = RESPONSE + offsetof<Header>();
  beginText(text, RESPONSE_END - text);
  // Explaining reuses the memory of the constraints and offers, so they are written before.
  let texts: usize = RESPONSE_TEXTS;
  if (CONSTRAINT_VALUES != 0 && isNarrowed) {
    moveWriter(texts);
    putValues(CONSTRAINT_VALUES, 0);
    texts = textEnd();
    moveWriter(text);
  }
  if (isOffering) {
    moveWriter(texts);
    putValues(OFFER_VALUES, 0);
    texts = textEnd();
    moveWriter(text);
  }
  placeReasons();
  if (needsExplaining) explain();
  if (HAS_DEMANDS && !collectObligations(effect, texts)) return false;
  putFragment(load<u32>(HEADS + (<usize>effect << 2)));
  if (hasReasons) {
    putIds();
    putFragment(TEXT_DETAILS);
    putDetails(effect);
    putByte(0x5d);
  } else putFragment(getBuiltinReason(flags));
  if (isNarrowed) {
    putFragment(TEXT_CONSTRAINTS);
    putBytes(RESPONSE_TEXTS, texts - RESPONSE_TEXTS);
    putByte(0x7d);
  }
  if (isOffering) {
    putFragment(TEXT_LOWER);
    putBytes(RESPONSE_TEXTS, texts - RESPONSE_TEXTS);
    putByte(0x7d);
  }
  if (HAS_DEMANDS) {
    putObligations();
    putAccessRequest();
  }
  putExpiry();
  putRead(effect, flags);
  if (load<i32>(RESULT, offsetof<Result>('errorCode')) != 0) putError();
  putFragment(TEXT_END);
  return isComplete();
}

/** The text for the reason of an answer that no rule determined. */
function getBuiltinReason(flags: u32): usize {
  if (flags & ResultFlag.CLOCK_WENT_BACK) return TEXT_CLOCK_WENT_BACK;
  if (flags & ResultFlag.REVOKED_BEFORE) return TEXT_REVOKED_BEFORE;
  if (flags & ResultFlag.NO_INSTANT) return TEXT_ENGINE_ERROR;
  return flags & ResultFlag.INVALID ? TEXT_INVALID_REQUEST : TEXT_DEFAULT_DENY;
}

function putExpiry(): void {
  const until = load<f64>(RESULT, offsetof<Result>('validUntil'));
  untilAt = 0;
  if (until == Infinity) return;
  putFragment(TEXT_VALID_UNTIL);
  untilAt = textEnd();
  putInstant(<i64>until);
  putByte(0x22);
}

/** Writes what was read, and the members that depend on it. */
function putRead(effect: i32, flags: u32): void {
  const code = load<i32>(RESULT, offsetof<Result>('errorCode'));
  const isOfMember = code >= FIRST_OF_MEMBERS && code < FIRST_OF_SESSIONS;
  if ((flags & ResultFlag.INVALID) != 0 && isOfMember) findFaultReads();
  else if ((flags & (ResultFlag.INVALID | ResultFlag.CLOCK_WENT_BACK | ResultFlag.NO_INSTANT)) != 0) findAllReads();
  else findReads(effect, (flags & ResultFlag.DEFAULT_DENY) != 0);
  putFragment(TEXT_READ);
  putReads();
  putByte(0x5d);
  if (isSingleUse()) putFragment(TEXT_SINGLE_USE);
  if (DIGEST_CELL != 0 && DIGEST_PATH >= 0) putDigest(effect);
}

/** Writes the digest that an approval must be bound to. */
function putDigest(effect: i32): void {
  if (effect != Effect.CHALLENGE || !hasRead(DIGEST_PATH) || !isKnown(DIGEST_CELL)) return;
  putFragment(TEXT_CALL_DIGEST);
  putEscaped(pointerIn(DIGEST_CELL), lengthIn(DIGEST_CELL));
  putByte(0x22);
}
