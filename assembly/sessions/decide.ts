// The exports that evaluate a session: the time advances, rules are evaluated, and the session stores what
// identifies the answer, or the reasons of a revoke.

import { mark, resetArena } from '../arena';
import { NEVER, setNow } from '../clock';
import { record, resetErrors } from '../errors';
import { answer } from '../judging';
import { REASONS, RESULT } from '../layout';
import { judgeFacts, storeQuery } from '../policy/answer';
import { fillDefaults, hashConstraints, packed, prepare } from '../policy/generated';
import { entityAt, entityFaulty } from '../policy/object-reader';
import {
  actionSelector, resourceSelector, setReadable, setRequestEnd, subjectSelector,
} from '../policy/request';
import { hashedWord } from './answer-key';
import { fail } from './errors';
import { replaceWords } from './facts';
import {
  ACTION_NAME, ATOMS, CLOCK_WENT_BACK, HAS_HISTORY, HAS_TABLES, IS_PACKED, RESOURCE_TYPE, STORES_ATOMS, WORD_COUNT,
  WORDS,
} from './layout';
import { isOutdated, judgeOutdated } from './outdated';
import { recall, recallAtoms, recallHistory, recallSelectors } from './recall';
import { effectIn, findRecord, isRevoked, recordOf, restOf, setState, stateOf, withEffect } from './records';
import { answerRevoked, storeRevoke } from './revoke';
import { Session, SessionRest, State } from './session';
import { recordPending } from './signal';
import { advanceTo } from './time';
import { setPending } from './tracks';
import { forgetEnd, scheduleEnd } from './wheel';

/** Whether the state says that action and resource are not known yet. */
// @ts-ignore: decorator
@inline
export function isIncomplete(state: u32): bool {
  return (state & State.EFFECT) == State.INCOMPLETE;
}

/** Records a missing action or resource as a fault of the request. */
export function faultMissingRoots(): void {
  for (let root = 1; root < 3; root += 1) {
    const entity = entityAt(root);
    if (load<u8>(root == 1 ? ACTION_NAME : RESOURCE_TYPE, 8) != 0) continue;
    record(1, 17, load<i32>(entity, 8), 0, root);
    entityFaulty(entity);
  }
}

/** Denies an incomplete request, but the session can end for certain. No decision is taken. */
function judgeIncomplete(session: Session, rest: SessionRest, handle: u32): usize {
  faultMissingRoots();
  storeQuery();
  prepare();
  judgeFacts();
  if (load<u8>(RESULT) == 4) storeAnswer(session, rest, handle);
  return RESULT;
}

/** Returns the answer; `recorded`: the decision becomes an event for later evaluations. */
export function session_decide(handle: u32, now: f64, recorded: i32): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) return fail(23);
  recall(session, rest);
  storeQuery();
  if (isRevoked(session)) {
    setNow(rest.latest, true);
    recallHistory(rest);
    prepare();
    answerRevoked(rest);
    return RESULT;
  }
  if (!advanceTo(rest, now)) {
    answer(3, CLOCK_WENT_BACK, NEVER, 0, 0, 0);
    return RESULT;
  }
  setNow(rest.latest, true);
  if (HAS_HISTORY) {
    if (recorded) recordPending(rest);
  }
  recallHistory(rest);
  if (isOutdated(rest)) return judgeOutdated(session, rest, handle);
  if (isIncomplete(stateOf(session))) return judgeIncomplete(session, rest, handle);
  if (STORES_ATOMS) recallAtoms(session);
  else prepare();
  judgeFacts();
  storeAnswer(session, rest, handle);
  if (HAS_HISTORY) {
    if (recorded) setPending(rest.block, load<u8>(RESULT), rest.latest);
  }
  return RESULT;
}

/** Stores what identifies the answer, and schedules the session for its end. */
export function storeAnswer(session: Session, rest: SessionRest, handle: u32): void {
  const effect = <u32>load<u8>(RESULT);
  const until = load<f64>(RESULT, 8);
  const state = withEffect(stateOf(session) & State.LASTING | State.ANSWERED, effect);
  session.answerKey = answerKey();
  if (effect == 4) {
    setState(session, state | State.REVOKED);
    forgetEnd(rest);
    rest.until = <i64>storeRevoke();
    return;
  }
  setState(session, state);
  rest.until = until == Infinity ? NEVER : <i64>until;
  scheduleEnd(rest, handle, rest.until);
}

/** Identifies the answer: everything except what explains it. */
function answerKey(): u64 {
  if (IS_PACKED) {
    return 1 | <u64>packed(
      load<u64>(ATOMS), load<u64>(ATOMS, 8), subjectSelector, actionSelector, resourceSelector,
    ) << 1;
  }
  let key = hashedWord(1, load<u8>(RESULT) | load<u32>(RESULT, 4) << 3);
  const count = load<i32>(RESULT, 48);
  for (let at = 0; at < count; at += 1) key = hashedWord(key, load<u32>(REASONS + (<usize>at << 4)));
  if (load<u8>(RESULT) == 1) key = hashConstraints(key);
  return key;
}

/** Returns the effect alone, without an evaluation if nothing changed and the answer is still valid. */
export function session_effect(handle: u32, now: f64): i32 {
  const session = findRecord(handle);
  const rest = restOf(session, handle);
  if (session == null) return 3;
  const state = stateOf(session);
  if (state & State.REVOKED) return 4;
  if (!HAS_TABLES) {
    const isAnswered = (state & (State.ANSWERED | State.CHANGED)) == State.ANSWERED;
    if (isAnswered && advanceTo(rest, now) && (IS_PACKED || rest.latest < rest.until)) {
      return effectIn(state);
    }
  }
  return reevaluateEffect(session, rest, handle, now);
}

/** The effect of a session that is not revoked. */
export function reevaluateEffect(session: Session, rest: SessionRest, handle: u32, now: f64): i32 {
  if (!STORES_ATOMS) return load<i32>(session_decide(handle, now, 0));
  const state = stateOf(session);
  if (isIncomplete(state) || isOutdated(rest)) return load<i32>(session_decide(handle, now, 0));
  if (!advanceTo(rest, now)) return 3;
  if (IS_PACKED) {
    const found = packedOf(session);
    if ((found & 7) == 4) return load<i32>(session_decide(handle, now, 0));
    session.answerKey = 1 | <u64>found << 1;
    setState(session, withEffect(state & State.LASTING | State.ANSWERED, found & 7));
    return found & 7;
  }
  judgeByWords(session, rest, handle);
  return load<i32>(RESULT);
}

/** Evaluates without loading other facts; their cells contain those of another session, and no rule reads them. */
function judgeByWords(session: Session, rest: SessionRest, handle: u32): void {
  resetErrors();
  resetArena();
  replaceWords(rest, WORDS, WORD_COUNT);
  recallSelectors(session);
  fillDefaults();
  setRequestEnd(mark());
  setReadable(true);
  setNow(rest.latest, true);
  recallAtoms(session);
  judgeFacts();
  storeAnswer(session, rest, handle);
}

/** The answer that the session's atoms determine: its effect, and above it what identifies it. */
// @ts-ignore: decorator
@inline
export function packedOf(session: Session): u32 {
  return packed(
    session.trueAtoms, session.possibleAtoms,
    session.subject, session.action, session.resource,
  );
}
