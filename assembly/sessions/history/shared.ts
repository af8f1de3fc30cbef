// Records the events of all sessions (see shared-places.ts), and marks the sessions that depend on them.

import { mark, release, setExhausted } from '../../memory/arena';
import { isKnown, storeWord } from '../../memory/cells';
import { noteSharedDecision } from '../../policy/generated';
import { EVENT_EFFECT, EVENT_TIME, SHARED_COUNT } from '../layout';
import { markAll, markBucket, markFreed, setDeciding } from '../records/links';
import { SessionRest } from '../records/session';
import {
  bucketOf, eventNumber, keylessOf, lostOfTrack, loseForAll, placeIn, SharedStamp, sharedTrackAt, stampAt,
} from './shared-places';
import { setSwept } from '../time';
import { decisionTime, frontOf, History, isSum, lostOf, pendingEffect, raise, stampsOf, Track, turned } from './tracks';
// As in terms.ts, these come last.
import { amountOfEvent, ANY_AMOUNT, makeRoom, Summand } from './shared-sums';

/** Records the latest decision of the recalled session. The result of its evaluation remains. */
export function recordShared(rest: SessionRest): void {
  const state = <usize>rest.block;
  const time = decisionTime(state);
  const end = mark();
  const wasExhausted = setExhausted(false);
  storeWord(EVENT_EFFECT, pendingEffect(state));
  storeWord(EVENT_TIME, time);
  setSwept(time);
  setDeciding(state);
  noteSharedDecision(time, changetype<History>(state).pendingOrder);
  setDeciding(0);
  if (setExhausted(wasExhausted)) noteAnything(turned(time));
  release(end);
}

/** Records that there may have been an event with any key. */
function noteAnything(instant: u64): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) insertKeyless(sharedTrackAt(at), instant, 0, ANY_AMOUNT);
}

function insertKeyless(track: Track, instant: u64, event: u64, amount: i64): void {
  const list = keylessOf(track);
  if (isSum(track)) {
    const dropped = insertSummand(track, list, instant, event, amount);
    if (dropped != 0) loseForAll(track, dropped);
  } else insertStamp(track, list, instant, event);
  markAll(track);
}

/** Records an event of the recalled session, as `noteEvent` does. */
export function noteShared(address: usize, certain: bool, time: i64, order: u32, latest: i64): void {
  const track = changetype<Track>(address);
  const instant = turned(time);
  const event = eventNumber(order, time);
  const cell = <usize>track.keyCell;
  if (!isKnown(cell)) {
    insertKeyless(track, instant, event, isSum(track) ? amountOfEvent(track, false) : 0);
    return;
  }
  const bucket = bucketOf(track, cell);
  const place = placeIn(track, bucket, cell, latest);
  markFreed(track);
  if (place == 0) {
    raise(lostOfTrack(track), instant, 0);
    markAll(track);
    return;
  }
  const stamps = place + frontOf(track);
  if (isSum(track)) {
    raise(lostOf(place), insertSummand(track, stamps, instant, event, amountOfEvent(track, certain)), 0);
  } else {
    insertStamp(track, stamps + stampsOf(track), instant, event);
    if (certain) insertStamp(track, stamps, instant, event);
  }
  markBucket(track, bucket);
}

/** Inserts a stamp; returns its address, or 0: it is too old. Most events are later than all before them. */
function insertStamp(track: Track, list: usize, instant: u64, event: u64): usize {
  const count = track.stampCount;
  let at = 0;
  while (at < count && isBefore(instant, event, stampAt(track, list, at))) at += 1;
  if (at == count) return 0;
  const stamp = stampAt(track, list, at);
  const place = changetype<usize>(stamp);
  const size = <usize>track.stampSize;
  memory.copy(place + size, place, <usize>(count - 1 - at) * size);
  stamp.instant = instant;
  stamp.event = event;
  return place;
}

/** Inserts the amount of an event. Returns the instant up to which events were dropped; 0: none were. */
function insertSummand(track: Track, list: usize, instant: u64, event: u64, amount: i64): u64 {
  const dropped = makeRoom(track, list, instant);
  if (instant <= dropped) return dropped;
  changetype<Summand>(insertStamp(track, list, instant, event)).amount = amount;
  return dropped;
}

// @ts-ignore: decorator
@inline
function isBefore(instant: u64, event: u64, stamp: SharedStamp): bool {
  return instant < stamp.instant || (instant == stamp.instant && event < stamp.event);
}
