// The exports of every module: deciding a request in JSON or in encoded facts, evaluating it again, and
// explaining an answer. The others, which only state addresses, are generated.

import { mark, release, resetArena } from '../arena';
import { Clock, hasNow, instantNow } from '../clock';
import { resetErrors } from '../errors';
import { INPUT, INPUT_LIMIT, REASONS, RESULT, TEXTS, TEXTS_END } from '../layout';
import { resetTexts } from '../parts';
import { setGiven } from '../members';
import { Reason, ReasonFlag, Result } from '../result';
import { isInstant, judgeAt, judgeFacts, setInstant } from './answer';
import { placeDigest, receiveDigest } from './call-digest';
import { fill, fillDefaults, prepare, prepareRest, settle, why } from './generated';
import { TIME_CELL } from './layout';
import {
  hasHostTime, isReadable, readRequest, requestEnd, setHostTime, setReadable, setRequestEnd, setSelectors,
} from './request';

export function request(length: i32): usize {
  return <u32>length <= <u32>INPUT_LIMIT ? INPUT : 0;
}

export function decide(length: i32, now: f64, clock: i32): usize {
  receiveDigest();
  setHostTime(isInstant(now));
  setGiven(hasHostTime ? TIME_CELL : 0);
  setReadable(readRequest(length));
  setRequestEnd(mark());
  placeDigest(clock == Clock.REQUEST);
  if (isReadable) prepare();
  return judgeAt(now, clock);
}

export function decide_facts(subject: i32, action: i32, resource: i32, decided: i32, now: f64, clock: i32): usize {
  resetErrors();
  resetArena();
  receiveDigest();
  setSelectors(subject, action, resource);
  setHostTime(isInstant(now));
  setReadable(true);
  if (!settle()) return 0;
  fillDefaults();
  setRequestEnd(mark());
  placeDigest(clock == Clock.REQUEST);
  if (decided) prepareRest();
  else prepare();
  return judgeAt(now, clock);
}

export function again(now: f64): usize {
  setInstant(now);
  return judgeFacts();
}

export function explain(): void {
  release(requestEnd);
  if (TEXTS_END > TEXTS) resetTexts();
  const count = load<i32>(RESULT, offsetof<Result>('reasonCount'));
  for (let at = 0; at < count; at += 1) {
    const entry = REASONS + <usize>at * offsetof<Reason>();
    const index = load<i32>(entry, offsetof<Reason>('index'));
    const flags = load<u32>(entry, offsetof<Reason>('flags'));
    if (flags & ReasonFlag.UNKNOWN) {
      store<u64>(entry, why(index, (flags & ReasonFlag.FALLS) != 0), offsetof<Reason>('unknown'));
    }
    fill(index);
  }
}

/** The instant of the evaluation; NaN: none. */
export function instant(): f64 {
  return hasNow() ? <f64>instantNow() : NaN;
}
