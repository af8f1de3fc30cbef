// The counter-offer of a deny: values to which the request can be lowered, so that the answer may be a narrow.

import { Cell } from '../memory/cells';
import { countFired, isLowered, mayOffer, getNarrow, narrowCount } from '../rules/judging';
import { OFFER_COUNT, OFFERS, RESULT } from '../layout';
import { Effect, Result, ResultFlag } from '../rules/result';
import { mergeNarrows } from './conflicts';
import { lower } from './generated';

/** Stores what a deny offers, if the request would be permitted with lower values and needs no approval. */
export function offer(): void {
  if (!mayOffer() || countFired(Effect.PERMIT) == 0 || countFired(Effect.CHALLENGE) > 0) return;
  if (!mergeNarrows(true)) return;
  memory.fill(OFFERS, 0, OFFER_COUNT * <i32>offsetof<Cell>());
  const count = narrowCount();
  for (let at = 0; at < count; at += 1) {
    // Nothing is left of a set.
    if (isLowered(at) && lower(getNarrow(at)) != 0) return;
  }
  const flags = load<u32>(RESULT, offsetof<Result>('flags'));
  store<u32>(RESULT, flags | ResultFlag.LOWER, offsetof<Result>('flags'));
}
