// The export that records signals, and the step that makes the latest decision an event.

import { release } from '../arena';
import { clearCells, storeWord } from '../cells';
import { Clock } from '../clock';
import { Code, errorSeverity, Severity } from '../errors';
import { expectEnd } from '../json';
import { FACTS, FACTS_SIZE } from '../layout';
import { setGiven } from '../members';
import { isInstant, judgeAt } from '../policy/answer';
import { fillSignal, noteDecision, noteSignal, signalPath, signalRecord } from '../policy/generated';
import { readRootRecord } from '../policy/object-reader';
import { requestEnd, setReadable, setSelectors } from '../policy/request';
import { beginRequest } from '../reader';
import { stopNoting } from '../shapes';
import { forgetNulls } from '../values';
import { fail } from './errors';
import { EVENT_EFFECT, EVENT_TIME, HAS_HISTORY } from './layout';
import { isRevoked, recordOf, restOf } from './records';
import { SessionRest } from './session';
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

/**
 * Records a signal, by its index in the manifest, with its payload; `time`: when it occurred, NaN: now.
 */
export function session_record(handle: u32, signal: i32, length: i32, time: f64, now: f64): usize {
  if (!HAS_HISTORY) return fail(recordOf(handle) == null ? Code.NO_SESSION : Code.NO_SIGNAL);
  const session = recordOf(handle);
  if (session == null) return fail(Code.NO_SESSION);
  const record = signalRecord(signal);
  if (record == 0) return fail(Code.NO_SIGNAL);
  if (isRevoked(session)) return 0;
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
    return judgeAt(NaN, Clock.HOST);
  }
  fillSignal(signal);
  const known = <i64>latestOf(rest);
  const latest = isInstant(now) ? max<i64>(known, <i64>now) : known;
  const came = isInstant(time) ? min<i64>(latest, <i64>time) : latest;
  rest.latest = latest;
  storeWord(EVENT_TIME, came);
  const state = <usize>rest.block;
  noteSignal(signal, state, came, nextOrder(state), latest);
  scheduleSweep(session, handle);
  return 0;
}
