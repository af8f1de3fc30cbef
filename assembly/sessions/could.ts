// The export that states whether a request could be permitted in a session, for some value of the members that neither
// the session nor the request has. Nothing about the session changes: its last decision, which becomes an event with the
// next one, is recorded in a copy of the history.

import { mark } from '../memory/arena';
import { storeWord } from '../memory/cells';
import { Clock, NEVER, setNow } from '../time/clock';
import { Code, errorSeverity, Severity } from '../reading/errors';
import { expectEnd } from '../reading/json';
import { answer } from '../rules/judging';
import { FACTS } from '../layout';
import { setGiven, setOpen } from '../reading/members';
import { concludeWithoutInstant, isInstant } from '../policy/answer';
import { judgePossibility, respondPossibility } from '../policy/could';
import { noteDecision } from '../policy/generated';
import { REQUEST_FACTS_SIZE, TIME_CELL } from '../policy/layout';
import { readPart, setReplaced } from '../policy/object-reader';
import { openAbsent, openChoosers, setReadable, setRequestEnd } from '../policy/request';
import { beginPatch } from '../reading/reader';
import { Effect, ResultFlag } from '../rules/result';
import { Part } from '../reading/roots';
import { stopNoting } from '../reading/shapes';
import { forgetNulls } from '../reading/values';
import { classOf, giveBlock, takeBlock } from './records/blocks';
import { decideSession, faultMissingRoots } from './decide';
import { fail } from './errors';
import { EVENT_EFFECT, EVENT_TIME, HAS_HISTORY, STATE_SIZE, TERM_COUNT, TERMS, TRACKS } from './layout';
import { isOutdated } from './outdated';
import { clearAbsent } from './patch';
import { recall } from './history/recall';
import { isRevoked, recordOf, restOf } from './records/records';
import { Session, SessionRest } from './records/session';
import { recallTerms } from './history/terms';
import { instantOf, TOO_EARLY } from './time';
import { decisionTime, forgetPending, hasPending, pendingEffect, setTrial } from './history/tracks';

/**
 * `length`: that of a request, as `session_decide` takes it; 0: the latest one. Returns the header of an answer, as
 * `could` does.
 */
export function session_could(handle: u32, length: i32, now: f64, form: i32): usize {
  if (isInstant(now)) couldSession(handle, length, now);
  else concludeWithoutInstant();
  // The facts are not those of a request that can be decided again.
  setReadable(false);
  return respondPossibility(form);
}

function couldSession(handle: u32, length: i32, now: f64): void {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) {
    fail(Code.NO_SESSION);
    return;
  }
  if (isRevoked(session) || isOutdated(rest)) {
    decideSession(handle, now, false);
    return;
  }
  const instant = instantOf(rest, now);
  if (instant == TOO_EARLY) {
    answer(Effect.DENY, ResultFlag.CLOCK_WENT_BACK, NEVER, 0, 0, 0);
    return;
  }
  recall(session, rest);
  const state = HAS_HISTORY ? historyBefore(rest) : 0;
  setReadable(readGiven(length));
  setRequestEnd(mark());
  setNow(instant, true);
  if (HAS_HISTORY && state != 0) recallTerms(TERMS, TERM_COUNT, TRACKS, state, instant);
  judgePossibility(<f64>instant, Clock.HOST);
  if (HAS_HISTORY && state != 0 && state != <usize>rest.block) giveBlock(state, classOf(STATE_SIZE));
}

/** The history before the next decision, of which the recalled facts are the last one; 0: there is no room. */
function historyBefore(rest: SessionRest): usize {
  const own = <usize>rest.block;
  if (!hasPending(own)) return own;
  const state = takeBlock(classOf(STATE_SIZE));
  if (state == 0) return 0;
  memory.copy(state, own, STATE_SIZE);
  const time = decisionTime(state);
  storeWord(EVENT_EFFECT, pendingEffect(state));
  storeWord(EVENT_TIME, time);
  setTrial(true);
  noteDecision(state, time, forgetPending(state));
  setTrial(false);
  return state;
}

/** Reads the request over the recalled facts, and marks the members that are absent as open. */
function readGiven(length: i32): bool {
  setGiven(TIME_CELL);
  if (length != 0 && !readRequest(length)) return false;
  if (errorSeverity == Severity.NONE) faultMissingRoots();
  openAbsent();
  return true;
}

function readRequest(length: i32): bool {
  stopNoting();
  forgetNulls();
  setReplaced(Part.ACTION | Part.RESOURCE, Part.SUBJECT);
  openChoosers();
  setOpen(FACTS, FACTS + <usize>REQUEST_FACTS_SIZE);
  let p = beginPatch(length);
  if (p != 0) p = readPart(p, 0);
  setReplaced(0, 0);
  if (p != 0) p = expectEnd(p);
  setOpen(0, 0);
  if (p == 0 || errorSeverity > Severity.FAULT) return false;
  clearAbsent();
  return true;
}
