// The exports of every module: deciding a request in JSON or in encoded facts, and evaluating it again. Each returns
// the address of the response of its answer: see `respond`.

import { mark, resetArena } from '../memory/arena';
import { Clock, setNow } from '../time/clock';
import { resetErrors } from '../reading/errors';
import { storeError } from '../rules/judging';
import { INPUT, INPUT_LIMIT } from '../layout';
import { setGiven } from '../reading/members';
import { concludeWithoutInstant, isInstant, judgeAt, judgeFacts } from './answer';
import { placeDigest } from './call-digest';
import { fillDefaults, prepare, prepareRest, settle } from './generated';
import { TIME_CELL } from './layout';
import { hasHostTime, isReadable, readRequest, setHostTime, setReadable, setRequestEnd, setSelectors } from './request';
import { respond } from './response/response';

export function request(length: i32): usize {
  return <u32>length <= <u32>INPUT_LIMIT ? INPUT : 0;
}

/** Whether a host can pass it: an instant, or NaN for none. */
// @ts-ignore: decorator
@inline
function isGiven(now: f64): bool {
  return isNaN(now) || isInstant(now);
}

export function decide(length: i32, now: f64, clock: i32, form: i32): usize {
  setHostTime(isInstant(now));
  setGiven(hasHostTime ? TIME_CELL : 0);
  setReadable(readRequest(length));
  setRequestEnd(mark());
  if (isReadable) {
    placeDigest(clock == Clock.REQUEST);
    prepare();
  }
  if (isGiven(now)) judgeAt(now, clock);
  else concludeWithoutInstant();
  return respond(form);
}

export function decide_facts(
  subject: i32, action: i32, resource: i32, decided: i32, now: f64, clock: i32, form: i32,
): usize {
  resetErrors();
  resetArena();
  setSelectors(subject, action, resource);
  setHostTime(isInstant(now));
  setReadable(true);
  if (!settle()) return 0;
  fillDefaults();
  setRequestEnd(mark());
  if (decided) prepareRest();
  else prepare();
  if (isGiven(now)) judgeAt(now, clock);
  else concludeWithoutInstant();
  return respond(form);
}

export function again(now: f64, form: i32): usize {
  const hasInstant = isInstant(now);
  if (hasInstant || isNaN(now)) {
    storeError();
    setNow(hasInstant ? <i64>now : 0, hasInstant);
    judgeFacts();
  } else concludeWithoutInstant();
  return respond(form);
}
