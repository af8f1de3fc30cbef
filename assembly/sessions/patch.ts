// The exports that change the facts of a session.

import { mark } from '../memory/arena';
import { CELL, clearCells, isAbsent } from '../memory/cells';
import { setNow } from '../time/clock';
import { Code, errorSeverity, Severity } from '../reading/errors';
import { expectEnd } from '../reading/json';
import { storeError } from '../rules/judging';
import { RESULT } from '../layout';
import { setGiven } from '../reading/members';
import { judgeFacts } from '../policy/answer';
import { storedDigest } from '../policy/call-digest';
import { fillDefaults, prepare, repair } from '../policy/generated';
import { TIME_CELL } from '../policy/layout';
import { Entity, entityAt, partsSeen, readPart, setReplaced } from '../policy/object-reader';
import {
  actionSelector, isReadable, resourceSelector, setReadable, setRequestEnd, setSelector, subjectSelector,
} from '../policy/request';
import { Form, respond } from '../policy/response/response';
import { beginPatch } from '../reading/reader';
import { Effect, Result } from '../rules/result';
import { Part, Root } from '../reading/roots';
import { stopNoting } from '../reading/shapes';
import { forgetNulls } from '../reading/values';
import { giveBlock } from './records/blocks';
import { bytesOfCall, changeCall, saveCall } from './call';
import { isIncomplete, faultMissingRoots, storeAnswer } from './decide';
import { fail, setFailure } from './errors';
import { slotAt, wordAt } from './facts/facts';
import {
  ACTION_CELLS, ACTION_CELLS_SIZE, ACTION_NAME, CONTEXT_CELLS, CONTEXT_CELLS_SIZE, HAS_HISTORY, QUERY_WORDS,
  RECORD_SLOTS, RESOURCE_CELLS, RESOURCE_CELLS_SIZE, RESOURCE_ID, RESOURCE_TYPE, SLOTS, STATE_SIZE, STORES_ATOMS,
  SUBJECT_CELLS, SUBJECT_CELLS_SIZE, SUBJECT_ID, SUBJECT_TYPE, WORD_COUNT,
} from './layout';
import { isOutdated, markCurrent, markOutdated, markWordCurrent } from './outdated';
import { idAt, isComplete, recall, recallHistory, recallSelectors, saveAtoms } from './history/recall';
import { isRevoked, recordOf, restOf, setState, stateOf, withEffect } from './records/records';
import { attachBlock, bytesFromId, saveBlock, savedSizes, savedTo, saveTemporarily, setSavedSizes } from './facts/save';
import { Session, SessionRest } from './records/session';
import { recordPending } from './signal';
import { latestOf } from './time';
import { hasPending } from './history/tracks';
import { scheduleSweep } from './records/wheel';

/**
 * Changes the facts by a partial request; `whole` has a bit for each of subject, action, resource and context that
 * it replaces as a whole where it has them. Returns 0, or the address of the response of an answer with the error,
 * and then nothing changed.
 */
export function session_patch(handle: u32, length: i32, whole: i32): usize {
  return patchSession(handle, length, whole, 0) ? 0 : respond(Form.RESPONSE);
}

/** `skipped` has a bit for each root of the partial request that is ignored. Returns false if nothing changed. */
export function patchSession(handle: u32, length: i32, whole: i32, skipped: i32): bool {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) {
    fail(Code.NO_SESSION);
    return false;
  }
  if (isRevoked(session)) return true;
  recall(session, rest);
  const subject = subjectSelector;
  const action = actionSelector;
  const resource = resourceSelector;
  setReplaced(whole, skipped);
  setReadable(readPatch(length));
  setRequestEnd(mark());
  const isPatched = isReadable && errorSeverity == Severity.NONE
    && applyPatch(session, rest, handle, length, otherRoot(whole, subject, action, resource));
  setReplaced(0, 0);
  if (!isPatched) judgeRejected(session, rest, handle);
  return isPatched;
}

/** The root whose type or name is another one although it is not replaced; -1: none. */
function otherRoot(whole: i32, subject: i32, action: i32, resource: i32): i32 {
  return !(whole & Part.SUBJECT) && subjectSelector != subject ? Root.SUBJECT
    : !(whole & Part.ACTION) && actionSelector != action ? Root.ACTION
    : !(whole & Part.RESOURCE) && resourceSelector != resource ? Root.RESOURCE : -1;
}

/** Stores the change that was read; returns false after an error. */
function applyPatch(session: Session, rest: SessionRest, handle: u32, length: i32, other: i32): bool {
  if (other >= 0) {
    setFailure(Code.OTHER_TYPE, load<i32>(entityAt(other), offsetof<Entity>('chooserPath')));
    return false;
  }
  if (HAS_HISTORY) {
    // The request differs from the one that was decided, so that decision is now an event.
    if ((partsSeen & (Part.ACTION | Part.RESOURCE)) && hasPending(rest.block)) {
      recall(session, rest);
      recordPending(rest);
      readPatch(length);
    }
  }
  if (storePatched(session, rest)) {
    if (isOutdated(rest)) markCurrent(session, rest, length);
    scheduleSweep(session, handle);
    return true;
  }
  markOutdated(session, rest, handle, length);
  setFailure(Code.NO_ROOM);
  return false;
}

/** A faulty change has no effect, but the session can end for certain because of it. */
function judgeRejected(session: Session, rest: SessionRest, handle: u32): usize {
  faultMissingRoots();
  storeError();
  rest.latest = <i64>latestOf(rest);
  setNow(rest.latest, true);
  recallHistory(rest);
  if (isReadable) prepare();
  judgeFacts();
  if (isReadable && load<u8>(RESULT, offsetof<Result>('effect')) == Effect.REVOKE) storeAnswer(session, rest, handle);
  return RESULT;
}

/** Clears the properties that a partial request removes as a whole. */
export function clearProperties(root: i32): void {
  if (root == Root.SUBJECT) clearCells(SUBJECT_CELLS, SUBJECT_CELLS_SIZE);
  else if (root == Root.ACTION) clearCells(ACTION_CELLS, ACTION_CELLS_SIZE);
  else clearCells(RESOURCE_CELLS, RESOURCE_CELLS_SIZE);
}

/** Clears the facts about a root that a partial request replaces. */
export function clearRoot(root: i32): void {
  if (root == Root.CONTEXT) {
    clearCells(CONTEXT_CELLS, CONTEXT_CELLS_SIZE);
    return;
  }
  setSelector(root, 0);
  clearProperties(root);
  if (root == Root.SUBJECT) {
    clearCells(SUBJECT_TYPE, <i32>CELL);
    clearCells(SUBJECT_ID, <i32>CELL);
  } else if (root == Root.ACTION) {
    clearCells(ACTION_NAME, <i32>CELL);
  } else {
    clearCells(RESOURCE_TYPE, <i32>CELL);
    clearCells(RESOURCE_ID, <i32>CELL);
  }
}

function readPatch(length: i32): bool {
  setGiven(TIME_CELL);
  stopNoting();
  forgetNulls();
  const digest = storedDigest();
  let p = beginPatch(length);
  if (p == 0) return false;
  p = readPart(p, 0);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  clearAbsent();
  fillDefaults();
  changeCall(digest);
  return true;
}

/** Clears the members of absent records, which are absent as well. */
export function clearAbsent(): void {
  for (let at = 0; at < RECORD_SLOTS; at += 1) {
    const slot = slotAt(SLOTS, at);
    const cell = <usize>slot.cell;
    if (isAbsent(cell)) clearCells(cell, slot.more);
  }
}

/** Stores the changed facts; returns false if there is no room. */
function storePatched(session: Session, rest: SessionRest): bool {
  const before = <usize>rest.block;
  const own = bytesFromId(idAt);
  const more = own + bytesOfCall();
  const sizes = <i32>rest.blockClass;
  if (STORES_ATOMS) prepare();
  let block = saveBlock(more);
  const isInPlace = block == 0;
  if (isInPlace) {
    // Facts that take no more room than before fit into their block.
    if (savedSizes > sizes) return false;
    block = saveTemporarily();
    if (block == 0) return false;
  }
  memory.copy(block, before, STATE_SIZE);
  memory.copy(savedTo, idAt, own);
  saveCall(savedTo + own);
  if (isInPlace) {
    memory.copy(before, block, savedTo + more - block);
    setSavedSizes(sizes);
    block = before;
  } else giveBlock(before, sizes);
  attachBlock(session, rest, block);
  if (isIncomplete(stateOf(session)) && isComplete()) setState(session, withEffect(stateOf(session), Effect.PERMIT));
  return true;
}

/** Replaces a number that is present; returns 0 if there is none, which requires a patch. */
export function session_set(handle: u32, slot: i32, value: f64): i32 {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null || <u32>slot >= <u32>WORD_COUNT) return 0;
  if (isRevoked(session)) return 1;
  const word = wordAt(rest, slot);
  if (word == 0) return 0;
  if (HAS_HISTORY && QUERY_WORDS != 0) {
    if ((QUERY_WORDS >>> slot & 1) && hasPending(rest.block)) {
      recall(session, rest);
      recordPending(rest);
    }
  }
  store<i64>(word, <i64>value);
  if (isOutdated(rest)) markWordCurrent(rest, slot);
  if (STORES_ATOMS) {
    recallSelectors(session);
    if (!repair(slot, <i64>value, changetype<usize>(session))) {
      recall(session, rest);
      prepare();
      saveAtoms(session);
    }
  }
  scheduleSweep(session, handle);
  return 1;
}
