// Stores the reasons of a revoke, which is final.

import { NEVER } from '../time/clock';
import { answer, listReasons } from '../rules/judging';
import { REASONS, RESULT } from '../layout';
import { judgeFacts } from '../policy/answer';
import { Effect, Reason, ReasonFlag, Result, ResultFlag } from '../rules/result';
import { classOf, takeBlock } from './records/blocks';
import { RevokeReasons, SessionRest } from './records/session';

/**
 * Stores the reasons of a revoke in a block; 0: there was no room, and they are determined again on
 * request.
 */
export function storeRevoke(): usize {
  listReasons();
  const count = load<u32>(RESULT, offsetof<Result>('reasonCount'));
  const block = takeBlock(classOf(offsetof<RevokeReasons>() + (<usize>count << 2)));
  if (block == 0) return 0;
  store<u32>(block, count, offsetof<RevokeReasons>('count'));
  for (let at: u32 = 0; at < count; at += 1) {
    const entry = REASONS + <usize>at * offsetof<Reason>();
    const isUnknown = load<u32>(entry, offsetof<Reason>('flags')) & ReasonFlag.UNKNOWN;
    const reason = load<u32>(entry, offsetof<Reason>('index')) << 1 | isUnknown;
    store<u32>(block + (<usize>at << 2), reason, offsetof<RevokeReasons>());
  }
  return block;
}

/** Writes the answer of a revoked session to the result. */
export function answerRevoked(rest: SessionRest): void {
  const reasons = <usize>rest.until;
  if (reasons == 0) {
    judgeFacts();
    // The contents of a table can have changed since. A revoke is final all the same.
    if (load<u8>(RESULT, offsetof<Result>('effect')) != Effect.REVOKE) {
      answer(Effect.REVOKE, ResultFlag.REVOKED_BEFORE, NEVER, 0, 0, 0);
    }
    return;
  }
  const count = load<u32>(reasons, offsetof<RevokeReasons>('count'));
  answer(Effect.REVOKE, count == 0 ? ResultFlag.REVOKED_BEFORE : 0, NEVER, 0, 0, 0);
  store<u32>(RESULT, count, offsetof<Result>('reasonCount'));
  for (let at: u32 = 0; at < count; at += 1) {
    const reason = load<u32>(reasons + (<usize>at << 2), offsetof<RevokeReasons>());
    const entry = REASONS + <usize>at * offsetof<Reason>();
    store<u32>(entry, reason >>> 1, offsetof<Reason>('index'));
    store<u32>(entry, reason & ReasonFlag.UNKNOWN, offsetof<Reason>('flags'));
    store<u64>(entry, 0, offsetof<Reason>('unknown'));
  }
}
