// Results of calls that fail: they contain the error, and change nothing.

import { Clock } from '../time/clock';
import { Found, record, resetErrors, Severity } from '../reading/errors';
import { judgeAt } from '../policy/answer';
import { setReadable, setSelectors } from '../policy/request';

/** Sets the error of the call; returns 0, which is never a handle. */
export function setFailure(code: i32, path: i32 = 0): u32 {
  resetErrors();
  record(Severity.AMBIGUOUS, code, path, Found.NOTHING, 0);
  setReadable(false);
  return 0;
}

/** Returns the answer of a call that fails. */
export function fail(code: i32): usize {
  setFailure(code);
  setSelectors(0, 0, 0);
  return judgeAt(NaN, Clock.HOST);
}
