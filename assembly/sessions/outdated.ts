// Outdated members. A change that was refused because memory is exhausted makes the members that it gave
// outdated. While a session has outdated members it is denied, unless it is revoked whatever their values.
// A member is current again once a later change gives it or replaces its root as a whole.

import { Cell, CELL, clearCells, isFaulty, isPresent, marksIn, pointerIn, storeFaulty, WordCell } from '../memory/cells';
import { NEVER } from '../time/clock';
import { Code, Found, record, resetErrors, Severity } from '../reading/errors';
import { storeError } from '../rules/judging';
import { RESULT } from '../layout';
import { setGiven } from '../reading/members';
import { judgeFacts } from '../policy/answer';
import { prepare } from '../policy/generated';
import { DIGEST_CELL, TIME_CELL } from '../policy/layout';
import { entityAt, entityFaulty, readPart } from '../policy/object-reader';
import { setSelector } from '../policy/request';
import { beginPatch } from '../reading/reader';
import { Effect, Result } from '../rules/result';
import { Root } from '../reading/roots';
import { stopNoting } from '../reading/shapes';
import { forgetNulls } from '../reading/values';
import { changesCall, outdateCall } from './call';
import { faultMissingRoots, isIncomplete, storeAnswer } from './decide';
import { Slot } from './facts/facts';
import {
  ACTION_NAME, OUTDATED, OUTDATED_BYTES, RECORD_SLOTS, RESOURCE_ID, RESOURCE_TYPE, SLOT_COUNT, SLOTS, SUBJECT_ID,
  SUBJECT_TYPE, WORD_COUNT, WORDS,
} from './layout';
import { clearAbsent } from './patch';
import { recall, recallHistory } from './history/recall';
import { setState, stateOf, withEffect } from './records/records';
import { Session, SessionRest, State } from './records/session';
import { scheduleSweep } from './records/wheel';

/**
 * The cells of the request's own strings, one u32 each, and the addresses of their strings before a
 * change is read.
 */
const OWN: usize = memory.data<u32>([
  <u32>SUBJECT_TYPE, <u32>SUBJECT_ID, <u32>ACTION_NAME, <u32>RESOURCE_TYPE, <u32>RESOURCE_ID,
]);
const OWN_COUNT: i32 = 5;
const ownBefore: usize = memory.data(20);
/** Marks that no reader leaves in a cell; for a record also the value, if it was there before. */
const NOT_GIVEN: u32 = 0x80000101;
const WAS_THERE: u64 = 1;

// @ts-ignore: decorator
@inline
export function isOutdated(rest: SessionRest): bool {
  return rest.hasOutdated != 0;
}

// @ts-ignore: decorator
@inline
function outdatedOf(rest: SessionRest): usize {
  return <usize>rest.block + OUTDATED;
}

/** Words first, then slots. */
function cellOfMember(at: i32): usize {
  return <usize>slotOfMember(at).cell;
}

function slotOfMember(at: i32): Slot {
  return changetype<Slot>(
    at < WORD_COUNT ? WORDS + <usize>at * offsetof<Slot>() : SLOTS + <usize>(at - WORD_COUNT) * offsetof<Slot>(),
  );
}

function isRecordSlot(at: i32): bool {
  return at >= WORD_COUNT && at < WORD_COUNT + RECORD_SLOTS;
}

function setOutdated(bits: usize, at: i32, value: bool): void {
  const byte = bits + <usize>(at >> 3);
  const bit = 1 << (at & 7);
  store<u8>(byte, value ? load<u8>(byte) | bit : load<u8>(byte) & ~bit);
}

function hasOutdated(bits: usize, at: i32): bool {
  return ((load<u8>(bits + <usize>(at >> 3)) >> (at & 7)) & 1) != 0;
}

/** Sets the session's flag from its bits. */
function updateFlag(rest: SessionRest): void {
  const bits = outdatedOf(rest);
  let any: u32 = 0;
  for (let byte: usize = 0; byte < OUTDATED_BYTES; byte += 1) any |= load<u8>(bits + byte);
  rest.hasOutdated = <u8>u32(any != 0);
}

/** The index among the request's own strings; -1: it is not one of them. */
function ownAt(cell: usize): i32 {
  for (let at = 0; at < OWN_COUNT; at += 1) {
    if (load<u32>(OWN + (<usize>at << 2)) == <u32>cell) return at;
  }
  return -1;
}

/**
 * Reads a change again that was read before without a fault, so that `isGiven` reports the members that
 * it gives.
 */
function readGiven(session: Session, rest: SessionRest, length: i32): void {
  recall(session, rest);
  for (let at = 0; at < OWN_COUNT; at += 1) {
    const pointer = load<u32>(load<u32>(OWN + (<usize>at << 2)), offsetof<Cell>('pointer'));
    store<u32>(ownBefore + (<usize>at << 2), pointer);
  }
  for (let at = 0; at < WORD_COUNT + SLOT_COUNT; at += 1) {
    const cell = cellOfMember(at);
    if (ownAt(cell) >= 0) continue;
    store<u64>(cell, isRecordSlot(at) && isPresent(cell) ? WAS_THERE : 0, offsetof<WordCell>('value'));
    store<u32>(cell, NOT_GIVEN, offsetof<WordCell>('marks'));
  }
  setGiven(TIME_CELL);
  stopNoting();
  forgetNulls();
  const p = beginPatch(length);
  if (p != 0) readPart(p, 0);
  clearAbsent();
  resetErrors();
}

function isGiven(at: i32): bool {
  const cell = cellOfMember(at);
  const place = ownAt(cell);
  if (place >= 0) return pointerIn(cell) != load<u32>(ownBefore + (<usize>place << 2));
  if (DIGEST_CELL != 0) {
    if (cell == DIGEST_CELL) return changesCall();
  }
  return marksIn(cell) != NOT_GIVEN;
}

/** If a record was present and still is, only its members are outdated. */
function remains(at: i32): bool {
  const cell = cellOfMember(at);
  return isRecordSlot(at) && isPresent(cell) && load<u64>(cell, offsetof<WordCell>('value')) == WAS_THERE;
}

/** Marks the members that a change gives as outdated, because there was no room for the change. */
export function markOutdated(session: Session, rest: SessionRest, handle: u32, length: i32): void {
  readGiven(session, rest, length);
  const bits = outdatedOf(rest);
  for (let at = 0; at < WORD_COUNT + SLOT_COUNT; at += 1) {
    if (isGiven(at) && !remains(at)) setOutdated(bits, at, true);
  }
  outdateCall();
  updateFlag(rest);
  if (!isOutdated(rest)) return;
  // The next answer counts as changed, even if its effect is the same.
  session.answerKey = 0;
  scheduleSweep(session, handle);
}

/** Marks the members that a change gives as current, because the change was applied. */
export function markCurrent(session: Session, rest: SessionRest, length: i32): void {
  readGiven(session, rest, length);
  const bits = outdatedOf(rest);
  for (let at = 0; at < WORD_COUNT + SLOT_COUNT; at += 1) if (isGiven(at)) setOutdated(bits, at, false);
  updateFlag(rest);
}

export function markWordCurrent(rest: SessionRest, word: i32): void {
  setOutdated(outdatedOf(rest), word, false);
  updateFlag(rest);
}

/** Marks outdated members of the recalled facts as faulty, except for the request's own strings. */
export function faultOutdated(rest: SessionRest): void {
  const bits = outdatedOf(rest);
  for (let at = 0; at < WORD_COUNT + SLOT_COUNT; at += 1) {
    const cell = cellOfMember(at);
    if (!hasOutdated(bits, at) || ownAt(cell) >= 0) continue;
    clearCells(cell, <i32>CELL);
    storeFaulty(cell);
  }
}

/** Marks outdated strings of the request itself as faulty: without its type or name, the whole entity. */
function faultOwn(rest: SessionRest): void {
  if (isOwnOutdated(rest, SUBJECT_TYPE)) faultRoot(Root.SUBJECT, SUBJECT_TYPE);
  if (isOwnOutdated(rest, ACTION_NAME)) faultRoot(Root.ACTION, ACTION_NAME);
  if (isOwnOutdated(rest, RESOURCE_TYPE)) faultRoot(Root.RESOURCE, RESOURCE_TYPE);
  if (isOwnOutdated(rest, SUBJECT_ID)) storeFaulty(SUBJECT_ID);
  if (isOwnOutdated(rest, RESOURCE_ID)) storeFaulty(RESOURCE_ID);
}

function faultRoot(root: i32, cell: usize): void {
  clearCells(cell, <i32>CELL);
  setSelector(root, 0);
  entityFaulty(entityAt(root));
}

function isOwnOutdated(rest: SessionRest, cell: usize): bool {
  const bits = outdatedOf(rest);
  for (let at = WORD_COUNT; at < WORD_COUNT + SLOT_COUNT; at += 1) {
    if (cellOfMember(at) == cell) return hasOutdated(bits, at);
  }
  return false;
}

/** A bit for each of the request's own strings that is outdated. */
export function ownOutdated(rest: SessionRest): i32 {
  let own = 0;
  for (let at = 0; at < OWN_COUNT; at += 1) {
    if (isOwnOutdated(rest, load<u32>(OWN + (<usize>at << 2)))) own |= 1 << at;
  }
  return own;
}

/** For a restored session: faulty facts are outdated, and its own strings by their bits. */
export function restoreOutdated(rest: SessionRest, ownBits: i32): void {
  const bits = outdatedOf(rest);
  for (let at = 0; at < WORD_COUNT + SLOT_COUNT; at += 1) {
    const cell = cellOfMember(at);
    const place = ownAt(cell);
    if (place >= 0 ? ((ownBits >> place) & 1) != 0 : isFaulty(cell)) setOutdated(bits, at, true);
  }
  updateFlag(rest);
}

/** Denies, but the session can end for certain. No decision is taken. */
export function judgeOutdated(session: Session, rest: SessionRest, handle: u32): usize {
  faultOutdated(rest);
  faultOwn(rest);
  record(Severity.FAULT, Code.NO_ROOM, 0, Found.NOTHING, 0);
  faultMissingRoots();
  storeError();
  recallHistory(rest);
  prepare();
  judgeFacts();
  if (load<u8>(RESULT, offsetof<Result>('effect')) == Effect.REVOKE) storeAnswer(session, rest, handle);
  else if (!isIncomplete(stateOf(session))) {
    setState(session, withEffect(stateOf(session) & State.LASTING | State.ANSWERED, Effect.DENY));
    // A key that no answer has.
    session.answerKey = 2;
    rest.until = NEVER;
  }
  return RESULT;
}
