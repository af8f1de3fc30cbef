// The counters of a track of all sessions: for each key one amount of the current period, whatever the number of events. In a
// `KeyPlace`, a counter is in place of the list, and its version in place of the stamp of the last event that was dropped:
// if events were dropped, the amount is unlimited. `language/evaluator/history/counters.ts` defines the meaning.
//
// A session stores what its latest decision added, because that does not count for itself.

import { isKnown, wordIn } from '../../memory/cells';
import { HAS_COUNTERS, OWN } from '../layout';
import { addAmount, plus, subtractAmount, UNBOUNDED } from './sums';
import { frontOf, isSum, isWindowKnown, lostOf, Stamp, startAt, Track, TURN } from './tracks';
import { isShared, keylessOf, lostOfTrack, sharedOf } from './shared-places';

/** The amount of a period. Nothing that is added is negative. */
@unmanaged
export class Counter {
  /** The first instant of the period, or one within it, as in `Stamp`; without a window 1; 0: nothing was added. */
  start!: u64;
  /** As in `Part`. */
  least!: i64;
  most!: i64;
}

/**
 * The version of a counter in its period. Its changes are one line as long as one module after the other continues from what
 * the last one stored, so that of two records the later one includes the earlier one.
 */
@unmanaged
export class CounterVersion {
  /** The number of changes; 0: there were none. */
  version!: u32;
  /**
   * Identifies the module that made the latest change, by the first event that it added. The lowest bit is 1 if that is this
   * module.
   */
  line!: u32;
  /** The version that this module continued from. */
  base!: u32;
  /** Identifies the first event. */
  origin!: u32;
}

/** The bit of `CounterVersion.line`. */
export const OWN_LINE: u32 = 1;
/** The amount that the latest decision of a session added to a counter. */
@unmanaged
export class OwnAmount {
  /** As in `Counter`. */
  start!: u64;
  least!: i64;
  most!: i64;
  /** 1 + the index of the place; 0: it added nothing; or as in `OwnPlace`. */
  place!: u32;
  reserved!: u32;
}

export namespace OwnPlace {
  /** The counter of events without a known key. */
  export const KEYLESS: u32 = 0xffffffff;
  /** A key that is not known any more. */
  export const ANY: u32 = 0xfffffffe;
}

/** In place of the address of a cell: each event adds 1. */
const ONE: u32 = 1;

/** A list of a sum has more than one event, except for a counter. */
// @ts-ignore: decorator
@inline
export function isCounter(track: Track): bool {
  return HAS_COUNTERS && isShared(track) && isSum(track) && track.stampCount == 1;
}

export function ownAmountIn(state: usize, track: Track): OwnAmount {
  return changetype<OwnAmount>(state + OWN + <usize>sharedOf(track).number * offsetof<OwnAmount>());
}

/** The counter of a place; 0 as its place: that of events without a known key. */
export function counterOf(track: Track, place: usize): usize {
  return place == 0 ? keylessOf(track) : place + frontOf(track);
}

/** The version of this counter. */
export function versionOf(track: Track, place: usize): CounterVersion {
  return changetype<CounterVersion>(place == 0 ? lostOfTrack(track) + offsetof<Stamp>() : lostOf(place));
}

/** The first instant of the period that counts at an instant; meaningless unless `isWindowKnown`. */
export function counterStart(track: Track, latest: i64): u64 {
  return max<u64>(startAt(track, latest), 1);
}

/** The maximum that the event in the cells adds. */
export function amountIn(track: Track): i64 {
  if (track.addedCell == ONE) return 1;
  const cell = <usize>track.addedCell;
  return isKnown(cell) ? <i64>wordIn(cell) : UNBOUNDED;
}

/** The minimum that it adds; `certain`: whether it matches for certain. */
export function leastIn(track: Track, certain: bool): i64 {
  if (!certain) return 0;
  if (track.addedCell == ONE) return 1;
  const cell = <usize>track.addedCell;
  return isKnown(cell) ? <i64>wordIn(cell) : 0;
}

/**
 * Adds an amount to a counter in the period that starts at an instant. `place`: as in `counterOf`; `event`: the number of the
 * event, or another number that identifies the change.
 */
export function addToCounter(track: Track, place: usize, event: u64, start: u64, least: i64, most: i64): void {
  const counter = changetype<Counter>(counterOf(track, place));
  const version = versionOf(track, place);
  if (counter.start < start) {
    memory.fill(changetype<usize>(counter), 0, offsetof<Counter>());
    memory.fill(changetype<usize>(version), 0, offsetof<CounterVersion>());
    counter.start = start;
  }
  counter.least = plus(counter.least, least);
  counter.most = plus(counter.most, most);
  beginLine(version, <u32>event);
  version.version += 1;
}

/** Notes that this module makes the changes from now on. */
export function beginLine(version: CounterVersion, event: u32): void {
  if ((version.line & OWN_LINE) != 0) return;
  version.base = version.version;
  version.line = event | OWN_LINE;
  if (version.version == 0) version.origin = event;
}

/** Assumes any amount in the period of an instant. `place`: as in `counterOf`. */
export function loseAmount(track: Track, place: usize, instant: u64): void {
  const counter = changetype<Counter>(counterOf(track, place));
  // A later period.
  if (counter.start > instant) return;
  const first = counterStart(track, <i64>(instant ^ TURN));
  const start = isWindowKnown ? first : instant;
  if (counter.start >= start && counter.most == UNBOUNDED) return;
  addToCounter(track, place, instant, start, 0, UNBOUNDED);
}

// --- sums ------------------------------------------------------------------------------------------

/** Adds the counters of a key and of events without one to those of the last call of `resetAmount`. */
export function addCounters(track: Track, list: usize, from: u64, own: usize, place: u32): void {
  addCounter(list, from);
  addCounter(keylessOf(track), from);
  if (own != 0) subtractOwn(changetype<OwnAmount>(own), from, place);
}

function addCounter(list: usize, from: u64): void {
  if (list == 0) return;
  const counter = changetype<Counter>(list);
  if (counter.start >= from) addAmount(counter.least, counter.most);
}

/** The latest decision of the session does not count for itself. */
function subtractOwn(own: OwnAmount, from: u64, place: u32): void {
  if (own.start != from || own.place == 0) return;
  const isHere = own.place == place || own.place == OwnPlace.KEYLESS;
  if (!isHere && own.place != OwnPlace.ANY) return;
  subtractAmount(own.least, isHere ? own.most : 0);
}
