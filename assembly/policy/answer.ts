// Evaluates the facts of the current request at an instant, and completes the answer.

import { release } from '../arena';
import { setNow } from '../clock';
import { errorSeverity } from '../errors';
import { concludeUnread, storeError } from '../judging';
import { RESULT } from '../layout';
import { judge } from './generated';
import { TIME_CELL } from './layout';
import { actionSelector, isReadable, requestEnd, resourceSelector, subjectSelector } from './request';

/** Evaluates the facts; `clock` is 1 if the request's own time takes precedence over `now`. */
export function judgeAt(now: f64, clock: i32): usize {
  storeQuery();
  chooseNow(now, clock);
  return judgeFacts();
}

/** Stores the request to evaluate: which of the listed names it has, and its errors. */
export function storeQuery(): void {
  store<i32>(RESULT, subjectSelector, 52);
  store<i32>(RESULT, actionSelector, 56);
  store<i32>(RESULT, resourceSelector, 60);
  storeError();
}

function chooseNow(now: f64, clock: i32): void {
  if (TIME_CELL != 0) {
    if (clock == 1 && load<u8>(TIME_CELL, 9)) {
      setNow(load<i64>(TIME_CELL), true);
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
    judge(errorSeverity > 0);
    // Rules can run out of memory as well.
    if (errorSeverity > 1) concludeUnread();
  } else concludeUnread();
  return RESULT;
}
