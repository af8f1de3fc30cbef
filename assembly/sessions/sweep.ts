// The exports that find the sessions whose answers changed.

import { NEVER } from '../time/clock';
import { Code } from '../reading/errors';
import { forgetChanges, hasChangedTable } from '../tables/external-tables';
import { isInstant } from '../policy/answer';
import { decideSession, packedOf, reevaluateEffect } from './decide';
import { fail } from './errors';
import {
  CHANGE_AFTER, CHANGE_BEFORE, CHANGE_BYTES, CHANGE_HANDLE, CHANGES_BYTES, HAS_TABLES, IS_PACKED, MAX_CHANGES,
  STORES_ATOMS,
} from './layout';
import {
  effectIn, handleOf, indexOf, isActive, openSessions, recordAfter, recordAt, recordOf, recordsMade, restOf, setState,
  stateOf,
} from './records/records';
import { Session, SessionRest, State } from './records/session';
import { latestOf, setSwept } from './time';
import {
  beginSweep, clearLoss, dueHandle, dueUnit, earliestEnd, isLossy, makeWheel, nextDue, scheduleEnd, scheduleSweep,
  skipStale, tidyLists,
} from './records/wheel';

/** Where a sweep lists changes. */
export const changes: usize = memory.data(CHANGES_BYTES);

let changeCount: i32 = 0;
/** Where the sweep of all sessions continues; 0: there is none. */
let nextOfAll: u32 = 0;

/**
 * Evaluates the sessions again that changed, or whose answer can have expired; with `all`, all
 * sessions. Returns the number of sessions with another answer, which `changes` lists; if the list is
 * full, there can be more, and the caller calls again. Returns -1 for an invalid instant.
 */
export function session_sweep(now: f64, all: i32): i32 {
  changeCount = 0;
  if (!isInstant(now)) {
    fail(Code.WRONG_INSTANT);
    return -1;
  }
  if (!makeWheel()) return 0;
  setSwept(<i64>now);
  // The lists are traversed in any case; sessions that were evaluated here are only checked there.
  if (all || isLossy || nextOfAll != 0 || hasNewTables()) sweepAll();
  if (nextOfAll != 0) return changeCount;
  tidyLists();
  beginSweep(<i64>now);
  while (changeCount < MAX_CHANGES && nextDue()) sweepEntry(dueHandle, dueUnit, now);
  return changeCount;
}

/** Whether the contents of a table changed since all sessions were evaluated. */
function hasNewTables(): bool {
  if (!HAS_TABLES || !hasChangedTable) return false;
  forgetChanges();
  return true;
}

/**
 * Evaluates all sessions after the contents of a table changed, before anything else happens to them. The next sweep
 * reports the changes.
 */
export function catchUp(): void {
  if (!hasNewTables()) return;
  const end = recordsMade();
  for (let index: u32 = 0; index < end; index += 1) {
    const session = recordAt(index);
    const state = stateOf(session);
    if (!isActive(state) || !reevaluate(session, index)) continue;
    const rest = restOf(session, index);
    if (rest.noticed == 0) rest.noticed = <u8>(1 + effectIn(state));
    scheduleSweep(session, handleOf(index));
  }
}

function sweepAll(): void {
  clearLoss();
  const end = recordsMade();
  let index = nextOfAll;
  let session = index < end ? recordAt(index) : changetype<Session>(0);
  while (index < end && changeCount < MAX_CHANGES) {
    visit(session, index);
    index += 1;
    if (index < end) session = recordAfter(session, index);
  }
  nextOfAll = index < end ? index : 0;
}

function sweepEntry(handle: u32, unit: u32, now: f64): void {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (
    session == null || (unit != 0 && load<u32>(changetype<usize>(rest), offsetof<SessionRest>('due')) != unit)
  ) {
    skipStale();
    return;
  }
  const state = stateOf(session);
  if (unit == 0) {
    setState(session, state & ~State.LISTED);
    if (!(state & State.CHANGED) && noticedOf(rest) == 0) return;
  } else {
    rest.due = 0;
    if (!(state & State.CHANGED) && rest.until > <i64>now) {
      scheduleEnd(rest, handle, rest.until);
      return;
    }
  }
  visit(session, indexOf(handle));
}

// @ts-ignore: decorator
@inline
function noticedOf(rest: SessionRest): u32 {
  return HAS_TABLES ? load<u8>(changetype<usize>(rest), offsetof<SessionRest>('noticed')) : 0;
}

/** Evaluates a session again, if its answer can change, and lists it if its answer changed. */
function visit(session: Session, index: u32): void {
  const state = stateOf(session);
  if (HAS_TABLES) {
    if (!(state & State.OPEN)) return;
    const rest = restOf(session, index);
    const noticed = noticedOf(rest);
    if (noticed != 0) {
      rest.noticed = 0;
      if (isActive(state)) reevaluate(session, index);
      list(session, index, noticed - 1);
      return;
    }
  }
  if (isActive(state) && reevaluate(session, index)) list(session, index, effectIn(state));
}

function list(session: Session, index: u32, before: u32): void {
  const entry = changes + <usize>changeCount * CHANGE_BYTES;
  store<u32>(entry, handleOf(index), CHANGE_HANDLE);
  store<u8>(entry, <u8>before, CHANGE_BEFORE);
  store<u8>(entry, <u8>effectIn(stateOf(session)), CHANGE_AFTER);
  changeCount += 1;
}

/** Evaluates a session again; returns whether its answer changed. */
function reevaluate(session: Session, index: u32): bool {
  const effect = effectIn(stateOf(session));
  const key = session.answerKey;
  if (IS_PACKED) {
    const found = packedOf(session);
    if ((1 | <u64>found << 1) == key) {
      const state = stateOf(session);
      if (state & State.CHANGED) setState(session, state & ~State.CHANGED);
      return false;
    }
  }
  if (STORES_ATOMS) {
    const rest = restOf(session, index);
    reevaluateEffect(session, rest, handleOf(index), latestOf(rest));
  } else decideSession(handleOf(index), latestOf(restOf(session, index)), false);
  const newKey = session.answerKey;
  // Only the effect of an answer before the restoration is known.
  return newKey != key && (key != 0 || effectIn(stateOf(session)) != effect);
}

/** The first instant at which `session_sweep` can find a change; Infinity: none is known. */
export function session_due(): f64 {
  if (HAS_TABLES && hasChangedTable && openSessions() > 0) return 0;
  const end = earliestEnd();
  return end == NEVER ? Infinity : <f64>end;
}

export function session_count(): i32 {
  return openSessions();
}
