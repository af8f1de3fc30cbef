// The exports that record signals, and the step that makes the latest decision an event.

import { release } from '../arena';
import { clearCells, storeWord } from '../cells';
import { Clock } from '../clock';
import { Code, errorSeverity, Severity } from '../errors';
import { expectEnd } from '../json';
import { FACTS, FACTS_SIZE } from '../layout';
import { setGiven } from '../members';
import { findName } from '../name-buffer';
import { isInstant, judgeAt } from '../policy/answer';
import { fillSignal, noteDecision, noteSignal, signalPath, signalRecord } from '../policy/generated';
import { SIGNAL_NAMES } from '../policy/layout';
import { readRootRecord } from '../policy/object-reader';
import { requestEnd, setReadable, setSelectors } from '../policy/request';
import { Form, respond } from '../policy/response/response';
import { beginRequest } from '../reader';
import { stopNoting } from '../shapes';
import { forgetNulls } from '../values';
import { fail } from './errors';
import { EVENT_EFFECT, EVENT_TIME, HAS_HISTORY } from './layout';
import { isRevoked, recordOf, restOf } from './records';
import { SessionRest } from './session';
import { catchUp } from './sweep';
import { latestOf } from './time';
import { decisionTime, forgetPending, hasPending, nextOrder, pendingEffect } from './tracks';
import { scheduleSweep } from './wheel';

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
 * Records a signal, by its number, with its payload; `time`: when it occurred, NaN: now. Returns 0, or the address of
 * a response that states the error, and then nothing changed.
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
  setGiven(0);
  stopNoting();
  forgetNulls();
  clearCells(FACTS, FACTS_SIZE);
  let p = beginRequest(length);
  if (p != 0) p = readRootRecord(p, record, signalPath(signal), 1);
  if (p != 0) p = expectEnd(p);
  if (p == 0 || errorSeverity != Severity.NONE) {
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
  noteSignal(signal, state, came, nextOrder(state), latest);
  scheduleSweep(session, handle);
  return true;
}

function refuse(code: i32): bool {
  fail(code);
  return false;
}
