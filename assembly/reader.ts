// The beginning of a request: the length of the text that the host wrote at `INPUT` comes in, the
// cursor at its first value goes out, or 0 when it is too large. Everything of the last request is
// gone.

import { resetArena } from './arena';
import { Code, failText, resetErrors } from './errors';
import { setTextEnd, skipSpace } from './json';
import { INPUT, INPUT_LIMIT } from './layout';
import { forgetMarks, markRequest } from './marks';
import { resetNames } from './names';

export const BEHIND: usize = 32;

export function beginRequest(length: i32): usize {
  resetArena();
  return beginPatch(length);
}

/** The same where what lies in the arena is still needed. */
export function beginPatch(length: i32): usize {
  resetErrors();
  resetNames(length);
  if (<u32>length > <u32>INPUT_LIMIT) return failText(Code.TOO_LARGE, INPUT);
  const start = beginText(INPUT, length);
  if (ASC_FEATURE_SIMD) markRequest(length);
  return start;
}

/** Any text in memory, with `BEHIND` bytes more behind it: the cursor at its first value. */
export function beginText(start: usize, length: i32): usize {
  const end = start + <usize>length;
  setTextEnd(end);
  if (ASC_FEATURE_SIMD) forgetMarks();
  // The sentinel: zeros stop every scan, and these are more than any reads ahead.
  store<u64>(end, 0);
  store<u64>(end, 0, 8);
  store<u64>(end, 0, 16);
  store<u64>(end, 0, 24);
  return skipSpace(start);
}
