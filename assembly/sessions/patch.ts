// The exports that change the facts of a session.

import { mark } from '../arena';
import { clearCells } from '../cells';
import { setNow } from '../clock';
import { errorSeverity } from '../errors';
import { expectEnd } from '../json';
import { RESULT } from '../layout';
import { setGiven } from '../members';
import { judgeFacts, storeQuery } from '../policy/answer';
import { patchDigest, receiveDigest, storedDigest } from '../policy/call-digest';
import { fillDefaults, prepare, repair } from '../policy/generated';
import { TIME_CELL } from '../policy/layout';
import { entityAt, partsSeen, readPart } from '../policy/object-reader';
import {
  actionSelector, isReadable, resourceSelector, setReadable, setRequestEnd, setSelector, subjectSelector,
} from '../policy/request';
import { beginPatch } from '../reader';
import { stopNoting } from '../shapes';
import { forgetNulls } from '../values';
import { giveBlock } from './blocks';
import { isIncomplete, faultMissingRoots, storeAnswer } from './decide';
import { fail, setFailure } from './errors';
import { wordAt } from './facts';
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
  if (session == null) return fail(23);
  if (isRevoked(session)) return 0;
  recall(session, rest);
  const subject = subjectSelector;
  const action = actionSelector;
  const resource = resourceSelector;
  setReadable(readPatch(length, replaced));
  setRequestEnd(mark());
  if (isReadable && errorSeverity == 0) {
    const other =
      !(replaced & 1) && subjectSelector != subject ? 0
      : !(replaced & 2) && actionSelector != action ? 1
      : !(replaced & 4) && resourceSelector != resource ? 2 : -1;
    if (other >= 0) setFailure(24, load<i32>(entityAt(other), 20));
    else {
      if (HAS_HISTORY) {
        // The request differs from the one that was decided, so that decision is now an event.
        if ((partsSeen & 6) && hasPending(rest.block)) {
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
      setFailure(22);
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
  if (isReadable && load<u8>(RESULT) == 4) storeAnswer(session, rest, handle);
  return RESULT;
}

/** Clears the properties that a partial request removes as a whole. */
export function clearProperties(root: i32): void {
  if (root == 0) clearCells(SUBJECT_CELLS, SUBJECT_CELLS_SIZE);
  else if (root == 1) clearCells(ACTION_CELLS, ACTION_CELLS_SIZE);
  else clearCells(RESOURCE_CELLS, RESOURCE_CELLS_SIZE);
}

/** Clears the facts that a partial request replaces. */
export function clearReplaced(replaced: i32): void {
  if (replaced & 1) {
    clearCells(SUBJECT_TYPE, 16);
    clearCells(SUBJECT_ID, 16);
    clearCells(SUBJECT_CELLS, SUBJECT_CELLS_SIZE);
    setSelector(0, 0);
  }
  if (replaced & 2) {
    clearCells(ACTION_NAME, 16);
    clearCells(ACTION_CELLS, ACTION_CELLS_SIZE);
    setSelector(1, 0);
  }
  if (replaced & 4) {
    clearCells(RESOURCE_TYPE, 16);
    clearCells(RESOURCE_ID, 16);
    clearCells(RESOURCE_CELLS, RESOURCE_CELLS_SIZE);
    setSelector(2, 0);
  }
  if (replaced & 8) clearCells(CONTEXT_CELLS, CONTEXT_CELLS_SIZE);
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
  if (p == 0 || errorSeverity > 1) return false;
  clearAbsent();
  fillDefaults();
  patchDigest(digest, (partsSeen & 7) != 0);
  return true;
}

/** Clears the members of absent records, which are absent as well. */
export function clearAbsent(): void {
  for (let at = 0; at < RECORD_SLOTS; at += 1) {
    const slot = SLOTS + <usize>at * 12;
    const cell = <usize>load<u32>(slot);
    if (load<u8>(cell, 8) == 0) clearCells(cell, load<i32>(slot, 8));
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
  if (isIncomplete(stateOf(session)) && isComplete()) setState(session, withEffect(stateOf(session), 0));
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
