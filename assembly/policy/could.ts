// The export that states whether a request could be permitted for some value of the members that it does not have.

import { mark, release } from '../memory/arena';
import { isKnown, storeFaulty, storeWord } from '../memory/cells';
import { Clock } from '../time/clock';
import { errorSeverity, Severity } from '../reading/errors';
import { concludeUnread, storeError } from '../rules/judging';
import { RESULT } from '../layout';
import { setGiven } from '../reading/members';
import { Effect, Result } from '../rules/result';
import { chooseNow, concludeWithoutInstant, isInstant } from './answer';
import { DIGEST_CELL, TIME_CELL } from './layout';
import { judge, prepare } from './possibility';
import { isReadable, readOpenRequest, requestEnd, setHostTime, setReadable, setRequestEnd } from './request';
import { Form, respond } from './response/response';

/**
 * The effect of the answer is `permit` if some completion of the request may be permitted; such an answer has no
 * response. Otherwise the answer is a deny, whose reasons restrict every completion.
 */
export function could(length: i32, now: f64, clock: i32, form: i32): usize {
  const hasInstant = isInstant(now);
  setHostTime(hasInstant);
  setGiven(hasInstant ? TIME_CELL : 0);
  setReadable(readOpenRequest(length));
  setRequestEnd(mark());
  if (hasInstant || isNaN(now)) judgePossibility(now, clock);
  else concludeWithoutInstant();
  // The facts are not those of a request that can be decided again.
  setReadable(false);
  return respondPossibility(form);
}

/** Writes the response of the answer of the possibility form. */
export function respondPossibility(form: i32): usize {
  const isPossible = load<i32>(RESULT, offsetof<Result>('effect')) <= Effect.NARROW;
  if (isPossible) store<i32>(RESULT, Effect.PERMIT, offsetof<Result>('effect'));
  return respond(isPossible ? Form.HEADER : form);
}

/** Evaluates the facts, of which absent members are open. */
export function judgePossibility(now: f64, clock: i32): void {
  storeError();
  chooseNow(now, clock);
  if (isReadable) {
    closeGiven(now, clock);
    prepare();
    release(requestEnd);
    judge(errorSeverity > Severity.NONE);
  }
  // Rules can run out of memory as well.
  if (!isReadable || errorSeverity > Severity.FAULT) concludeUnread();
}

/** The time is known if the host gives it. The digest of the call is not, because the call is not complete. */
function closeGiven(now: f64, clock: i32): void {
  const isOwn = clock == Clock.REQUEST;
  if (TIME_CELL != 0 && isInstant(now)) {
    if (!isOwn || !isKnown(TIME_CELL)) storeWord(TIME_CELL, <i64>now);
  }
  if (DIGEST_CELL != 0 && !isOwn) storeFaulty(DIGEST_CELL);
}
