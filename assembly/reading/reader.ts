// The start of a request: takes the length of the document that the host wrote at `INPUT`, and returns
// the cursor at its first value, or 0 if it is too large. All state of the last request is discarded.

import { resetArena } from '../memory/arena';
import { Code, failText, resetErrors } from './errors';
import { setTextEnd, skipSpace } from './json';
import { INPUT, INPUT_LIMIT } from '../layout';
import { forgetMarks, markRequest } from './marks';
import { resetNames } from './names';

/** The number of bytes after a document that can be read and written. */
export const PADDING: usize = 32;

export function beginRequest(length: i32): usize {
  resetArena();
  return beginPatch(length);
}

/** The same, if the contents of the arena are still needed. */
export function beginPatch(length: i32): usize {
  resetErrors();
  resetNames(length);
  if (<u32>length > <u32>INPUT_LIMIT) return failText(Code.TOO_LARGE, INPUT);
  const start = beginText(INPUT, length);
  if (ASC_FEATURE_SIMD) markRequest(length);
  return start;
}

/**
 * Starts any document in memory that is followed by `PADDING` bytes; returns the cursor at its first
 * value.
 */
export function beginText(start: usize, length: i32): usize {
  const end = start + <usize>length;
  setTextEnd(end);
  if (ASC_FEATURE_SIMD) forgetMarks();
  // The sentinel: zeros stop every scan, and no scan reads further than these.
  store<u64>(end, 0);
  store<u64>(end, 0, 8);
  store<u64>(end, 0, 16);
  store<u64>(end, 0, 24);
  return skipSpace(start);
}
