// The exports that change the facts of a session.

import { mark } from '../arena';
import { CELL, clearCells, isAbsent } from '../cells';
import { setNow } from '../clock';
import { Code, errorSeverity, Severity } from '../errors';
import { expectEnd } from '../json';
import { RESULT } from '../layout';
import { setGiven } from '../members';
import { judgeFacts, storeQuery } from '../policy/answer';
import { patchDigest, receiveDigest, storedDigest } from '../policy/call-digest';
import { fillDefaults, prepare, repair } from '../policy/generated';
import { TIME_CELL } from '../policy/layout';
import { Entity, entityAt, partsSeen, readPart } from '../policy/object-reader';
import {
  actionSelector, isReadable, resourceSelector, setReadable, setRequestEnd, setSelector, subjectSelector,
} from '../policy/request';
import { beginPatch } from '../reader';
import { Effect, Result } from '../result';
import { Part, Root } from '../roots';
import { stopNoting } from '../shapes';
import { forgetNulls } from '../values';
import { giveBlock } from './blocks';
import { isIncomplete, faultMissingRoots, storeAnswer } from './decide';
import { fail, setFailure } from './errors';
import { slotAt, wordAt } from './facts';
import {
  ACTION_CELLS, ACTION_CELLS_SIZE, ACTION_NAME, CONTEXT_CELLS, CONTEXT_CELLS_SIZE, HAS_HISTORY, QUERY_WORDS,
  RECORD_SLOTS, RESOURCE_CELLS, RESOURCE_CELLS_SIZE, RESOURCE_ID, RESOURCE_TYPE, SLOTS, STATE_SIZE, STORES_ATOMS,
  SUBJECT_CELLS, SUBJECT_CELLS_SIZE, SUBJECT_ID, SUBJECT_TYPE, WORD_COUNT,
} from './layout';
import { isOutdated, markCurrent, markOutdated, markWordCurrent } from './outdated';
import { idAt, isComplete, recall, recallHistory, recallSelectors, saveAtoms } from './recall';
import { isRevoked, recordOf, restOf, setState, stateOf, withEffect } from './records';
import { attachBlock, bytesFromId, saveBlock, savedSizes, savedTo, saveTemporarily, setSavedSizes } from './save';
import { Session, SessionRest } from './session';
import { recordPending } from './signal';
import { latestOf } from './time';
import { hasPending } from './tracks';
import { scheduleSweep } from './wheel';

/**
 * Changes the facts by a partial request; `replaced` has a bit for each of subject, action, resource
 * and context that the partial request replaces as a whole. Returns 0, or the answer with the error, and
 * then nothing changed.
 */
export function session_patch(handle: u32, length: i32, replaced: i32): usize {
  receiveDigest();
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) return fail(Code.NO_SESSION);
  if (isRevoked(session)) return 0;
  recall(session, rest);
  const subject = subjectSelector;
  const action = actionSelector;
  const resource = resourceSelector;
  setReadable(readPatch(length, replaced));
  setRequestEnd(mark());
  if (isReadable && errorSeverity == Severity.NONE) {
    const other =
      !(replaced & Part.SUBJECT) && subjectSelector != subject ? Root.SUBJECT
      : !(replaced & Part.ACTION) && actionSelector != action ? Root.ACTION
      : !(replaced & Part.RESOURCE) && resourceSelector != resource ? Root.RESOURCE : -1;
    if (other >= 0) setFailure(Code.OTHER_TYPE, load<i32>(entityAt(other), offsetof<Entity>('chooserPath')));
    else {
      if (HAS_HISTORY) {
        // The request differs from the one that was decided, so that decision is now an event.
        if ((partsSeen & (Part.ACTION | Part.RESOURCE)) && hasPending(rest.block)) {
          recall(session, rest);
          recordPending(rest);
          readPatch(length, replaced);
        }
      }
      if (storePatched(session, rest)) {
        if (isOutdated(rest)) markCurrent(session, rest, length, replaced);
        scheduleSweep(session, handle);
        return 0;
      }
      markOutdated(session, rest, handle, length, replaced);
      setFailure(Code.NO_ROOM);
    }
  }
  return judgeRejected(session, rest, handle);
}

/** A faulty change has no effect, but the session can end for certain because of it. */
function judgeRejected(session: Session, rest: SessionRest, handle: u32): usize {
  faultMissingRoots();
  storeQuery();
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

/** Clears the facts that a partial request replaces. */
export function clearReplaced(replaced: i32): void {
  if (replaced & Part.SUBJECT) {
    clearCells(SUBJECT_TYPE, <i32>CELL);
    clearCells(SUBJECT_ID, <i32>CELL);
    clearCells(SUBJECT_CELLS, SUBJECT_CELLS_SIZE);
    setSelector(Root.SUBJECT, 0);
  }
  if (replaced & Part.ACTION) {
    clearCells(ACTION_NAME, <i32>CELL);
    clearCells(ACTION_CELLS, ACTION_CELLS_SIZE);
    setSelector(Root.ACTION, 0);
  }
  if (replaced & Part.RESOURCE) {
    clearCells(RESOURCE_TYPE, <i32>CELL);
    clearCells(RESOURCE_ID, <i32>CELL);
    clearCells(RESOURCE_CELLS, RESOURCE_CELLS_SIZE);
    setSelector(Root.RESOURCE, 0);
  }
  if (replaced & Part.CONTEXT) clearCells(CONTEXT_CELLS, CONTEXT_CELLS_SIZE);
}

function readPatch(length: i32, replaced: i32): bool {
  setGiven(TIME_CELL);
  stopNoting();
  forgetNulls();
  const digest = storedDigest();
  let p = beginPatch(length);
  if (p == 0) return false;
  clearReplaced(replaced);
  p = readPart(p, replaced);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  clearAbsent();
  fillDefaults();
  patchDigest(digest, (partsSeen & (Part.SUBJECT | Part.ACTION | Part.RESOURCE)) != 0);
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
  const more = bytesFromId(idAt);
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
  memory.copy(savedTo, idAt, more);
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
