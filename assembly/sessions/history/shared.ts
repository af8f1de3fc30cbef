// Records the events of all sessions (see shared-places.ts), and marks the sessions that depend on them.

import { mark, release, setExhausted } from '../../memory/arena';
import { isKnown, storeWord } from '../../memory/cells';
import { noteSharedDecision } from '../../policy/generated';
import { EVENT_EFFECT, EVENT_TIME, HAS_COUNTERS, OWN, SHARED_COUNT } from '../layout';
import { markAll, markBucket, markFreed, setDeciding } from '../records/links';
import { SessionRest } from '../records/session';
import {
  bucketOf, eventNumber, findShared, keylessOf, lostOfTrack, loseForAll, noteChange, noteHeadChange, placeIn, placeNumber,
  raiseInstant, sharedOf, SharedStamp, sharedTrackAt, stampAt,
} from './shared-places';
import { findEventKey } from './keys';
import { setSwept } from '../time';
import {
  decisionTime, frontOf, History, isSum, isWindowKnown, lostOf, pendingEffect, stampsOf, Track, turned,
} from './tracks';
// As in terms.ts, these come last.
import { amountOfEvent, ANY_AMOUNT, makeRoom, Summand } from './shared-sums';
import {
  addToCounter, amountIn, counterStart, isCounter, leastIn, loseAmount, OwnAmount, OwnPlace,
} from './counters';

/** Where a session stores what its decision adds to counters; 0: the event that is recorded is not its decision. */
let ownAmounts: usize = 0;

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
  if (HAS_COUNTERS) {
    ownAmounts = state + OWN;
    memory.fill(ownAmounts, 0, <usize>SHARED_COUNT * offsetof<OwnAmount>());
  }
  noteSharedDecision(time, changetype<History>(state).pendingOrder);
  ownAmounts = 0;
  setDeciding(0);
  if (setExhausted(wasExhausted)) noteAnything(turned(time));
  release(end);
}

/** Records that there may have been an event with any key. */
function noteAnything(instant: u64): void {
  for (let at = 0; at < SHARED_COUNT; at += 1) {
    const track = sharedTrackAt(at);
    if (isCounter(track)) {
      loseForAll(track, instant);
      markAll(track);
    } else insertKeyless(track, instant, 0, ANY_AMOUNT);
  }
}

function insertKeyless(track: Track, instant: u64, event: u64, amount: i64): void {
  const list = keylessOf(track);
  if (isSum(track)) {
    const dropped = insertSummand(track, list, instant, event, amount);
    if (dropped != 0) loseForAll(track, dropped);
  } else insertStamp(track, list, instant, event);
  noteHeadChange(track);
  markAll(track);
}

/** Records an event of the recalled session, as `noteEvent` does. */
export function noteShared(address: usize, certain: bool, time: i64, order: u32, latest: i64): void {
  const track = changetype<Track>(address);
  const instant = turned(time);
  const event = eventNumber(order, time);
  if (HAS_COUNTERS && isCounter(track)) {
    noteCounted(track, certain, instant, event, latest);
    return;
  }
  const cell = findEventKey(track);
  if (!isKnown(cell)) {
    insertKeyless(track, instant, event, isSum(track) ? amountOfEvent(track, false) : 0);
    return;
  }
  const bucket = bucketOf(track, cell);
  const place = placeIn(track, bucket, cell, latest);
  markFreed(track);
  if (place == 0) {
    dropForAll(track, instant);
    return;
  }
  const stamps = place + frontOf(track);
  if (isSum(track)) {
    raiseInstant(lostOf(place), insertSummand(track, stamps, instant, event, amountOfEvent(track, certain)));
  } else {
    insertStamp(track, stamps + stampsOf(track), instant, event);
    if (certain) insertStamp(track, stamps, instant, event);
  }
  noteChange(track, placeNumber());
  markBucket(track, bucket);
}

/** An event of a key without a place was dropped. */
function dropForAll(track: Track, instant: u64): void {
  raiseInstant(lostOfTrack(track), instant);
  noteHeadChange(track);
  markAll(track);
}

/** Adds an event to the counter of its key. */
function noteCounted(track: Track, certain: bool, instant: u64, event: u64, latest: i64): void {
  const start = counterStart(track, latest);
  const isStartKnown = isWindowKnown;
  if (isStartKnown && instant < start) return;
  const cell = findEventKey(track);
  const most = amountIn(track);
  if (!isKnown(cell)) {
    if (isStartKnown) count(track, 0, OwnPlace.KEYLESS, event, start, 0, most);
    else loseForAll(track, instant);
    noteHeadChange(track);
    markAll(track);
    return;
  }
  const bucket = bucketOf(track, cell);
  const place = isStartKnown ? placeIn(track, bucket, cell, latest) : findShared(track, cell);
  if (isStartKnown) markFreed(track);
  if (place == 0) {
    dropForAll(track, instant);
    return;
  }
  if (isStartKnown) count(track, place, placeNumber(), event, start, leastIn(track, certain), most);
  else loseAmount(track, place, instant);
  noteChange(track, placeNumber());
  markBucket(track, bucket);
}

/** `place`: 0 for events without a known key; `number`: as in `OwnAmount`. */
function count(track: Track, place: usize, number: u32, event: u64, start: u64, least: i64, most: i64): void {
  addToCounter(track, place, event, start, least, most);
  if (ownAmounts == 0) return;
  const own = changetype<OwnAmount>(ownAmounts + <usize>sharedOf(track).number * offsetof<OwnAmount>());
  own.start = start;
  own.least = least;
  own.most = most;
  own.place = number;
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
