// Computes the values that the texts of an answer contain: the paths that are unknown, and the placeholders and
// properties of its reasons.

import { release } from '../../memory/arena';
import { REASONS, RESULT, TEXTS, TEXTS_END } from '../../layout';
import { resetTexts } from '../../strings/parts';
import { Reason, ReasonFlag, Result } from '../../rules/result';
import { fill, why } from '../generated';
import { requestEnd } from '../request';

/** Constraints may not be used afterwards. */
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
