// The reasons of a revoke, which is final: u32 their number, then for each a u32, its number shifted by one
// and whether it fired with a condition that is unknown.

import { NEVER } from '../clock';
import { answer } from '../judging';
import { REASONS, RESULT } from '../layout';
import { judgeFacts } from '../policy/answer';
import { classOf, takeBlock } from './blocks';
import { REVOKED_BEFORE } from './layout';
import { SessionRest } from './session';

/**
 * Stores the reasons of a revoke in a block; 0: there was no room, and they are determined again on
 * request.
 */
export function storeRevoke(): usize {
  const count = load<u32>(RESULT, 48);
  const block = takeBlock(classOf(4 + (<usize>count << 2)));
  if (block == 0) return 0;
  store<u32>(block, count);
  for (let at: u32 = 0; at < count; at += 1) {
    const entry = REASONS + (<usize>at << 4);
    store<u32>(block + (<usize>at << 2), load<u32>(entry) << 1 | load<u32>(entry, 4) & 1, 4);
  }
  return block;
}

/** Writes the answer of a revoked session to the result. */
export function answerRevoked(rest: SessionRest): void {
  const reasons = <usize>rest.until;
  if (reasons == 0) {
    judgeFacts();
    // The contents of a table can have changed since. A revoke is final all the same.
    if (load<u8>(RESULT) != 4) answer(4, REVOKED_BEFORE, NEVER, 0, 0, 0);
    return;
  }
  const count = load<u32>(reasons);
  answer(4, count == 0 ? REVOKED_BEFORE : 0, NEVER, 0, 0, 0);
  store<u32>(RESULT, count, 48);
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(reasons + (<usize>at << 2), 4);
    const entry = REASONS + (<usize>at << 4);
    store<u32>(entry, reason >>> 1);
    store<u32>(entry, reason & 1, 4);
    store<u64>(entry, 0, 8);
  }
}
