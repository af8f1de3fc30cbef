// Evaluates the facts of the current request at an instant, and completes the answer.

import { release } from '../memory/arena';
import { isKnown, wordIn } from '../memory/cells';
import { Clock, NEVER, setNow } from '../time/clock';
import { Code, errorSeverity, Severity } from '../reading/errors';
import { answer, concludeUnread, storeError } from '../rules/judging';
import { RESULT } from '../layout';
import { Effect, Result, ResultFlag } from '../rules/result';
import { judge } from './generated';
import { TIME_CELL } from './layout';
import { isReadable, requestEnd } from './request';

/** Evaluates the facts at an instant, which is used as in `Clock`. */
export function judgeAt(now: f64, clock: i32): usize {
  storeError();
  chooseNow(now, clock);
  return judgeFacts();
}

export function chooseNow(now: f64, clock: i32): void {
  if (TIME_CELL != 0) {
    if (clock == Clock.REQUEST && isKnown(TIME_CELL)) {
      setNow(wordIn(TIME_CELL), true);
      return;
    }
  }
  setInstant(now);
}

/** NaN and instants outside the range of clocks are invalid. */
// @ts-ignore: decorator
@inline
export function isInstant(now: f64): bool {
  return now >= -8.64e15 && now <= 8.64e15;
}

export function setInstant(now: f64): void {
  const isValid = isInstant(now);
  setNow(isValid ? <i64>now : 0, isValid);
}

/** Denies because the instant is invalid. */
export function concludeWithoutInstant(): usize {
  answer(Effect.DENY, ResultFlag.NO_INSTANT, NEVER, 0, 0, 0);
  store<i32>(RESULT, Code.NO_INSTANT, offsetof<Result>('errorCode'));
  store<i32>(RESULT, 0, offsetof<Result>('errorPath'));
  store<i32>(RESULT, 0, offsetof<Result>('errorOffset'));
  return RESULT;
}

/** Evaluates the facts at the instant that was set; returns the address of the result. */
// @ts-ignore: decorator
@inline
export function judgeFacts(): usize {
  release(requestEnd);
  if (isReadable) {
    judge(errorSeverity > Severity.NONE);
    // Rules can run out of memory as well.
    if (errorSeverity > Severity.FAULT) concludeUnread();
  } else concludeUnread();
  return RESULT;
}
