// The exports that evaluate a session: the time advances, rules are evaluated, and the session stores what
// identifies the answer, or the reasons of a revoke.

import { mark, resetArena } from '../memory/arena';
import { AtomWords } from '../rules/atoms';
import { isAbsent } from '../memory/cells';
import { NEVER, setNow } from '../time/clock';
import { Code, Found, record, resetErrors, Severity } from '../reading/errors';
import { answer, listReasons, storeError } from '../rules/judging';
import { REASONS, RESULT } from '../layout';
import { concludeWithoutInstant, isInstant, judgeFacts } from '../policy/answer';
import { fillDefaults, hashConstraints, hashOffers, packed, prepare } from '../policy/generated';
import { Entity, entityAt, entityFaulty } from '../policy/object-reader';
import { actionSelector, resourceSelector, setReadable, setRequestEnd, subjectSelector } from '../policy/request';
import { respond } from '../policy/response/response';
import { Effect, Reason, Result, ResultFlag } from '../rules/result';
import { Part, Root } from '../reading/roots';
import { hashedWord } from './records/answer-key';
import { fail } from './errors';
import { replaceWords } from './facts/facts';
import {
  ACTION_NAME, ATOMS, HAS_HISTORY, HAS_SHARED, HAS_TABLES, IS_PACKED, RESOURCE_TYPE, STORES_ATOMS, WORD_COUNT, WORDS,
} from './layout';
import { isOutdated, judgeOutdated } from './outdated';
import { patchSession } from './patch';
import { recall, recallAtoms, recallHistory, recallSelectors } from './history/recall';
import { effectIn, findRecord, isRevoked, recordOf, restOf, setState, stateOf, withEffect } from './records/records';
import { answerRevoked, storeRevoke } from './revoke';
import { Session, SessionRest, State } from './records/session';
import { recordPending } from './signal';
import { catchUp } from './sweep';
import { advanceTo } from './time';
import { setPending } from './history/tracks';
import { forgetEnd, scheduleEnd } from './records/wheel';
// As in terms.ts, these come last.
import { linkSession } from './records/links';
import { recordShared } from './history/shared';

/** The bits of a packed answer that are its effect. */
const PACKED_EFFECT: u32 = 7;

/** Whether the state says that action and resource are not known yet. */
// @ts-ignore: decorator
@inline
export function isIncomplete(state: u32): bool {
  return (state & State.EFFECT) == State.INCOMPLETE;
}

/** Records a missing action or resource as a fault of the request. */
export function faultMissingRoots(): void {
  for (let root: i32 = Root.ACTION; root < Root.CONTEXT; root += 1) {
    const entity = entityAt(root);
    if (!isAbsent(root == Root.ACTION ? ACTION_NAME : RESOURCE_TYPE)) continue;
    record(Severity.FAULT, Code.MISSING, load<i32>(entity, offsetof<Entity>('path')), Found.NOTHING, root);
    entityFaulty(entity);
  }
}

/** Denies an incomplete request, but the session can end for certain. No decision is taken. */
function judgeIncomplete(session: Session, rest: SessionRest, handle: u32): usize {
  faultMissingRoots();
  storeError();
  prepare();
  judgeFacts();
  if (load<u8>(RESULT, offsetof<Result>('effect')) == Effect.REVOKE) storeAnswer(session, rest, handle);
  return RESULT;
}

/** The requests that a session can decide. */
export const enum Ask {
  /** The latest request again; no decision is taken. */
  AGAIN = 0,
  /** The latest request. */
  LATEST = 1,
  /** The request whose JSON was written: an action and a resource, and changes of the context. */
  GIVEN = 2,
}

/** Returns the address of the response; `length`: that of the request, if one is given. */
export function session_decide(handle: u32, length: i32, now: f64, ask: i32, form: i32): usize {
  if (!isInstant(now)) {
    concludeWithoutInstant();
    return respond(form);
  }
  catchUp();
  const isPatched = ask != Ask.GIVEN || patchSession(handle, length, Part.ACTION | Part.RESOURCE, Part.SUBJECT);
  if (isPatched) decideSession(handle, now, ask != Ask.AGAIN);
  return respond(form);
}

/** Writes the answer to the result; `recorded`: the decision becomes an event for later evaluations. */
export function decideSession(handle: u32, now: f64, recorded: bool): usize {
  const session = recordOf(handle);
  const rest = restOf(session, handle);
  if (session == null) return fail(Code.NO_SESSION);
  recall(session, rest);
  storeError();
  if (isRevoked(session)) {
    setNow(rest.latest, true);
    recallHistory(rest);
    prepare();
    answerRevoked(rest);
    return RESULT;
  }
  if (!advanceTo(rest, now)) {
    answer(Effect.DENY, ResultFlag.CLOCK_WENT_BACK, NEVER, 0, 0, 0);
    return RESULT;
  }
  setNow(rest.latest, true);
  if (HAS_HISTORY) {
    if (recorded) recordPending(rest);
  }
  if (HAS_SHARED) linkSession(rest.block);
  if (isOutdated(rest)) return judgeOutdated(session, rest, handle);
  recallHistory(rest);
  if (isIncomplete(stateOf(session))) return judgeIncomplete(session, rest, handle);
  if (STORES_ATOMS) recallAtoms(session);
  else prepare();
  judgeFacts();
  storeAnswer(session, rest, handle);
  if (HAS_HISTORY) {
    if (recorded) setPending(rest.block, load<u8>(RESULT, offsetof<Result>('effect')), rest.latest);
  }
  if (HAS_SHARED) {
    if (recorded) recordShared(rest);
  }
  return RESULT;
}

/** Stores what identifies the answer, and schedules the session for its end. */
export function storeAnswer(session: Session, rest: SessionRest, handle: u32): void {
  const effect = <u32>load<u8>(RESULT, offsetof<Result>('effect'));
  const until = load<f64>(RESULT, offsetof<Result>('validUntil'));
  const state = withEffect(stateOf(session) & State.LASTING | State.ANSWERED, effect);
  session.answerKey = answerKey();
  if (effect == Effect.REVOKE) {
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
      load<u64>(ATOMS, offsetof<AtomWords>('sure')), load<u64>(ATOMS, offsetof<AtomWords>('may')),
      subjectSelector, actionSelector, resourceSelector,
    ) << 1;
  }
  let key = hashedWord(
    1, load<u8>(RESULT, offsetof<Result>('effect')) | load<u32>(RESULT, offsetof<Result>('flags')) << 3,
  );
  listReasons();
  const count = load<i32>(RESULT, offsetof<Result>('reasonCount'));
  for (let at = 0; at < count; at += 1) {
    key = hashedWord(key, load<u32>(REASONS + <usize>at * offsetof<Reason>(), offsetof<Reason>('index')));
  }
  if (load<u8>(RESULT, offsetof<Result>('effect')) == Effect.NARROW) key = hashConstraints(key);
  if ((load<u32>(RESULT, offsetof<Result>('flags')) & ResultFlag.LOWER) != 0) key = hashOffers(key);
  return key;
}

/** Returns the effect alone, without an evaluation if nothing changed and the answer is still valid. */
export function session_effect(handle: u32, now: f64): i32 {
  const session = findRecord(handle);
  const rest = restOf(session, handle);
  if (session == null) return Effect.DENY;
  const state = stateOf(session);
  if (state & State.REVOKED) return Effect.REVOKE;
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
  if (!STORES_ATOMS) return load<i32>(decideSession(handle, now, false), offsetof<Result>('effect'));
  const state = stateOf(session);
  if (isIncomplete(state) || isOutdated(rest)) {
    return load<i32>(decideSession(handle, now, false), offsetof<Result>('effect'));
  }
  if (!advanceTo(rest, now)) return Effect.DENY;
  if (IS_PACKED) {
    const found = packedOf(session);
    if ((found & PACKED_EFFECT) == Effect.REVOKE) {
      return load<i32>(decideSession(handle, now, false), offsetof<Result>('effect'));
    }
    session.answerKey = 1 | <u64>found << 1;
    setState(session, withEffect(state & State.LASTING | State.ANSWERED, found & PACKED_EFFECT));
    return found & PACKED_EFFECT;
  }
  judgeByWords(session, rest, handle);
  return load<i32>(RESULT, offsetof<Result>('effect'));
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
