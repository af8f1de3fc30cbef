// The exports that record signals and outcomes, and the step that makes the latest decision an event.

import { release } from '../memory/arena';
import { clearCells, storeWord } from '../memory/cells';
import { Clock } from '../time/clock';
import { Code, errorSeverity, Severity } from '../reading/errors';
import { expectEnd } from '../reading/json';
import { FACTS, FACTS_SIZE } from '../layout';
import { faulty as markFaulty, setGiven } from '../reading/members';
import { findName } from '../memory/name-buffer';
import { isInstant, judgeAt } from '../policy/answer';
import {
  fillDefaults, fillSignal, isOutcome, noteDecision, noteSignal, signalPath, signalRecord,
} from '../policy/generated';
import { SIGNAL_NAMES, TIME_CELL } from '../policy/layout';
import { readPart, readRootRecord, setReplaced } from '../policy/object-reader';
import { requestEnd, setReadable, setSelectors } from '../policy/request';
import { Form, respond } from '../policy/response/response';
import { beginPatch, beginRequest } from '../reading/reader';
import { Part } from '../reading/roots';
import { stopNoting } from '../reading/shapes';
import { forgetNulls } from '../reading/values';
import { faultMissingRoots } from './decide';
import { fail } from './errors';
import { EVENT_EFFECT, EVENT_TIME, HAS_HISTORY, HAS_OUTCOMES, HAS_SHARED } from './layout';
import { clearAbsent } from './patch';
import { recall } from './history/recall';
import { isRevoked, recordOf, restOf } from './records/records';
import { Session, SessionRest } from './records/session';
import { catchUp } from './sweep';
import { latestOf, setSwept } from './time';
import { decisionTime, forgetPending, hasPending, nextOrder, pendingEffect } from './history/tracks';
import { scheduleSweep } from './records/wheel';

/** As the length of the payload of a signal: nothing is known about its members. */
const UNKNOWN_PAYLOAD: i32 = -2;

/** Records the previous decision with the facts that were recalled. */
export function recordPending(rest: SessionRest): void {
  const state = <usize>rest.block;
  if (!hasPending(state)) return;
  const time = decisionTime(state);
  storeWord(EVENT_EFFECT, pendingEffect(state));
  storeWord(EVENT_TIME, time);
  noteDecision(state, time, forgetPending(state));
  release(requestEnd);
}

/** The number of the signal whose name was written to the name buffer, from 1; 0: the policy declares none such. */
export function signal_find(length: i32): i32 {
  return findName(SIGNAL_NAMES, length);
}

/**
 * Records a signal or an outcome, by its number, with its payload; `length`: that of the payload, or `UNKNOWN_PAYLOAD`
 * for a signal. `time`: when it occurred, NaN: now. Returns 0, or the address of a response that states the error, and
 * then nothing changed.
 */
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize {
  catchUp();
  return recordSignal(handle, signal - 1, length, time, now) ? 0 : respond(Form.RESPONSE);
}

function recordSignal(handle: u32, signal: i32, length: i32, time: f64, now: f64): bool {
  const session = recordOf(handle);
  if (session == null) return refuse(Code.NO_SESSION);
  if (!HAS_HISTORY) return refuse(Code.NO_SIGNAL);
  const record = signal < 0 ? 0 : signalRecord(signal);
  if (record == 0) return refuse(Code.NO_SIGNAL);
  if (!isInstant(now) || (!isInstant(time) && !isNaN(time))) return refuse(Code.WRONG_INSTANT);
  if (isRevoked(session)) return true;
  const rest = restOf(session, handle);
  setReadable(false);
  const isOfCall = HAS_OUTCOMES && isOutcome(signal);
  // The request has the keys of events of all sessions.
  if (HAS_SHARED) {
    if (!isOfCall) recall(session, rest);
  }
  const isRead = !isOfCall || readCall(session, rest, length);
  if (!isRead || !readPayload(record, signalPath(signal), length, HAS_SHARED || isOfCall)) {
    setSelectors(0, 0, 0);
    judgeAt(NaN, Clock.HOST);
    return false;
  }
  fillSignal(signal);
  const known = <i64>latestOf(rest);
  const latest = max<i64>(known, <i64>now);
  const came = isInstant(time) ? min<i64>(latest, <i64>time) : latest;
  rest.latest = latest;
  storeWord(EVENT_TIME, came);
  const state = <usize>rest.block;
  if (HAS_SHARED) setSwept(latest);
  noteSignal(signal, state, came, nextOrder(state), latest);
  scheduleSweep(session, handle);
  return true;
}

/**
 * Reads the action and the resource of an outcome into the facts of the session; those that it does not have are those
 * of the latest request. Returns false after an error.
 */
function readCall(session: Session, rest: SessionRest, length: i32): bool {
  recall(session, rest);
  setGiven(TIME_CELL);
  stopNoting();
  forgetNulls();
  setReplaced(Part.ACTION | Part.RESOURCE, Part.SUBJECT | Part.CONTEXT);
  let p = beginPatch(length);
  if (p != 0) p = readPart(p, 0);
  setReplaced(0, 0);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity != Severity.NONE) return false;
  clearAbsent();
  fillDefaults();
  faultMissingRoots();
  return errorSeverity == Severity.NONE;
}

/** `hasFacts`: facts of the request were loaded before. */
function readPayload(record: usize, path: i32, length: i32, hasFacts: bool): bool {
  setGiven(0);
  stopNoting();
  forgetNulls();
  if (!hasFacts) clearCells(FACTS, FACTS_SIZE);
  const isUnknown = length == UNKNOWN_PAYLOAD;
  if (isUnknown) length = 0;
  let p = hasFacts ? beginPatch(length) : beginRequest(length);
  if (isUnknown) {
    markFaulty(record, FACTS);
    return true;
  }
  if (p != 0) p = readRootRecord(p, record, path, 1);
  if (p != 0) p = expectEnd(p);
  return p != 0 && errorSeverity == Severity.NONE;
}

function refuse(code: i32): bool {
  fail(code);
  return false;
}
