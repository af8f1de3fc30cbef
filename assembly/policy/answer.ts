// Evaluates the facts of the current request at an instant, and completes the answer.

import { release } from '../arena';
import { isKnown, wordIn } from '../cells';
import { Clock, setNow } from '../clock';
import { errorSeverity, Severity } from '../errors';
import { concludeUnread, storeError } from '../judging';
import { RESULT } from '../layout';
import { Result } from '../result';
import { judge } from './generated';
import { TIME_CELL } from './layout';
import { actionSelector, isReadable, requestEnd, resourceSelector, subjectSelector } from './request';

/** Evaluates the facts at an instant, which is used as in `Clock`. */
export function judgeAt(now: f64, clock: i32): usize {
  storeQuery();
  chooseNow(now, clock);
  return judgeFacts();
}

/** Stores the request to evaluate: which of the listed names it has, and its errors. */
export function storeQuery(): void {
  store<i32>(RESULT, subjectSelector, offsetof<Result>('subject'));
  store<i32>(RESULT, actionSelector, offsetof<Result>('action'));
  store<i32>(RESULT, resourceSelector, offsetof<Result>('resource'));
  storeError();
}

function chooseNow(now: f64, clock: i32): void {
  if (TIME_CELL != 0) {
    if (clock == Clock.REQUEST && isKnown(TIME_CELL)) {
      setNow(wordIn(TIME_CELL), true);
      return;
    }
  }
  setInstant(now);
}

/** NaN and instants outside the range of clocks are invalid. */
export function isInstant(now: f64): bool {
  return now >= -8.64e15 && now <= 8.64e15;
}

export function setInstant(now: f64): void {
  const isValid = isInstant(now);
  setNow(isValid ? <i64>now : 0, isValid);
}

/** Evaluates the facts at the instant that was set; returns the address of the result. */
export function judgeFacts(): usize {
  release(requestEnd);
  if (isReadable) {
    judge(errorSeverity > Severity.NONE);
    // Rules can run out of memory as well.
    if (errorSeverity > Severity.FAULT) concludeUnread();
  } else concludeUnread();
  return RESULT;
}
