// The amounts that the events of all sessions add to a sum. Unlike the parts of one session (see sums.ts), these are the events
// themselves, because the lists of two modules are united event by event. A list stores a bounded number of them. If
// there are more, it drops all events at the earliest instant, so that nothing depends on the order of events at one
// instant; up to it, events may add any amount. `language/evaluator/matches.ts` defines the meaning.

import { isKnown, wordIn } from '../../memory/cells';
import { stampAt } from './shared-places';
import { addAmount, UNBOUNDED } from './sums';
import { Track } from './tracks';

/** A `SharedStamp` with an amount. */
@unmanaged
export class Summand {
  instant!: u64;
  event!: u64;
  /** If the event adds between 0 and its amount, the complement of the amount. */
  amount!: i64;
}

/** An event may add any amount. */
export const ANY_AMOUNT: i64 = ~UNBOUNDED;

/** The amount of the event in the cells, which counts for certain, or may (`certain` is false). */
export function amountOfEvent(track: Track, certain: bool): i64 {
  const cell = <usize>track.addedCell;
  if (!isKnown(cell)) return ANY_AMOUNT;
  const amount = <i64>wordIn(cell);
  return certain ? amount : ~amount;
}

/**
 * Makes room in a full list for an event, unless that is one of those that are dropped. Returns the instant up to which
 * events were dropped; 0: the list has room.
 */
export function makeRoom(track: Track, list: usize, instant: u64): u64 {
  const last = stampAt(track, list, track.stampCount - 1).instant;
  if (last == 0) return 0;
  const earliest = min<u64>(last, instant);
  dropUpTo(track, list, earliest);
  return earliest;
}

/** Drops the events of a list up to an instant. */
export function dropUpTo(track: Track, list: usize, instant: u64): void {
  for (let at = track.stampCount - 1; at >= 0; at -= 1) {
    const stamp = stampAt(track, list, at);
    if (stamp.instant > instant) return;
    memory.fill(changetype<usize>(stamp), 0, <usize>track.stampSize);
  }
}

/**
 * Adds the amounts of the events from `from` on, except for that of one event (0: none), to those of the last call of
 * `resetAmount`.
 */
export function addSummands(track: Track, list: usize, from: u64, isWindowKnown: bool, but: u64): void {
  const count = track.stampCount;
  for (let at = 0; at < count; at += 1) {
    const stamp = stampAt(track, list, at);
    if (stamp.instant < max<u64>(from, 1)) return;
    if (but != 0 && stamp.event == but) continue;
    const amount = changetype<Summand>(changetype<usize>(stamp)).amount;
    const possible = amount < 0 ? ~amount : amount;
    addAmount(amount < 0 || !isWindowKnown ? 0 : amount, possible);
  }
}
