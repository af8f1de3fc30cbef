// Stores the events of a session. A track stores when the newest events of a pattern occurred: those that
// match for certain, and those that may match; or, for a sum, what they add (see sums.ts). With a key it does so for
// each of a number of values.
// `language/evaluator/history.ts` defines the meaning.
//
// The state of a session starts with a `History`; the state of each track follows. With a key, that is: the stamps of
// events whose value is not known, and the stamp of the last one that was dropped; then a place for each value, which
// is a `KeyPlace` with the stamp of the last one dropped before. Without a key it is one place. A place continues, if
// the track stores a value, with a `ValuePlace`; then the certain stamps, then all stamps, the newest first. A sum has
// parts instead of stamps, in one list, and without a key the stamp of the last event that was dropped before them.

import { tryAllocate } from '../../memory/arena';
import { sameBytes } from '../../memory/bytes';
import { Cell, isKnown, lengthIn, pointerIn, wordIn } from '../../memory/cells';
import { OPENS_REQUESTS } from '../../layout';
import { findPeriod, periodStart } from '../../time/windows';
import { classOf, giveBlock, takeBlock } from '../records/blocks';
import { bytesOfValue, saveValue, Slot } from '../facts/facts';
import { HAS_PERIODS, HAS_SUMS } from '../layout';
import { findEventKey } from './keys';
import { addEvent } from './sums';

/** The head of a session's state. */
@unmanaged
export class History {
  /** The order of the event that was recorded last. */
  order!: u32;
  /** The effect of the latest decision, which is not recorded yet, plus 1; 0: there is none. */
  pendingEffect!: u32;
  /** The time and the order of this decision. */
  pendingTime!: i64;
  pendingOrder!: u32;
  reserved!: u32;
}

/** An event. A stamp without an order has only the instant. */
@unmanaged
export class Stamp {
  /** An i64 with the highest bit inverted, so that 0 means "none" and u64 comparison works. */
  instant!: u64;
  /** Orders events at one instant, if that matters. */
  order!: u32;
  reserved!: u32;
}

/** A row of the policy's table of tracks. */
@unmanaged
export class Track {
  /** The offset of its state in that of the session. */
  stateAt!: u32;
  /** The bytes of a stamp, with or without an order, or of a part of a sum. */
  stampSize!: u32;
  /** The number of stored stamps or parts. */
  stampCount!: i32;
  /** The number of key values; 0: it has no key. */
  keyCount!: i32;
  /** The address of the cell of the event's key; of a compound key, that of its members (see keys.ts). */
  keyCell!: u32;
  /** As in `KeyKind`. */
  keyKind!: u32;
  /** In milliseconds; -1: it has none. */
  window!: i64;
  /** The address of the cell of the stored value; 0: none. */
  valueCell!: u32;
  /** The slot of the stored value, as in `Slot`; of the events of all sessions, as in `SharedTrack`. */
  slotCell!: u32;
  slotKind!: u32;
  slotMore!: u32;
  /** If only events of the current calendar period count: the zone, and a `Period`; 0: by their age. */
  zone!: u32;
  period!: u32;
  /** The address of the cell with the number that an event adds to the sum; 0: the track stores no sum. */
  addedCell!: u32;
  /** The same as `keyCell`, of the request. */
  askedCell!: u32;
}

/** The form of a key; `BYTES` and `COMPOUND` are both bytes. */
export namespace KeyKind {
  export const WORD: u32 = 0;
  export const BYTES: u32 = 1;
  export const COMPOUND: u32 = 2;
}

/** The start of a place for a value of the key. */
@unmanaged
export class KeyPlace {
  /** A word, or in its lower half the address of a `SizedBlock`. */
  key!: u64;
  /** 1 if the place is in use. */
  isTaken!: u32;
  /** In a track of all sessions, 1 + the index of the next place in its bucket; 0: it is the last one. */
  next!: u32;
}

/** The value of the newest event. */
@unmanaged
export class ValuePlace {
  /** The address of a `SizedBlock`; 0: none. */
  block!: u32;
  /** 1 if the value is known. */
  isKnown!: u32;
}

/** A block with bytes, which follow. */
@unmanaged
export class SizedBlock {
  length!: u32;
}

/** The highest bit of an instant. */
export const TURN: u64 = 0x8000000000000000;

export const TRACK: usize = offsetof<Track>();

/** The bytes of a place with a key before the stamp of the last event that was dropped. */
export const HEADER: usize = offsetof<KeyPlace>();

// @ts-ignore: decorator
@inline
export function trackAt(tracks: usize, at: usize): Track {
  return changetype<Track>(tracks + at * offsetof<Track>());
}

/** The slot of the stored value. */
// @ts-ignore: decorator
@inline
export function slotOf(track: Track): Slot {
  return changetype<Slot>(changetype<usize>(track) + offsetof<Track>('slotCell'));
}

// --- the session's own state -----------------------------------------------------------------------

/** The order of an event that is recorded now. */
export function nextOrder(state: usize): u32 {
  const order = load<u32>(state, offsetof<History>('order')) + 1;
  store<u32>(state, order, offsetof<History>('order'));
  return order;
}

export function hasPending(state: usize): bool {
  return changetype<History>(state).pendingEffect != 0;
}

export function pendingEffect(state: usize): i64 {
  return <i64>changetype<History>(state).pendingEffect - 1;
}

export function decisionTime(state: usize): i64 {
  return changetype<History>(state).pendingTime;
}

/** A decision becomes an event once another one is requested. */
export function setPending(state: usize, effect: u32, time: i64): void {
  const history = changetype<History>(state);
  history.pendingEffect = effect + 1;
  history.pendingTime = time;
  history.pendingOrder = nextOrder(state);
}

/** Returns its order. From now on the tracks are incomplete. */
export function forgetPending(state: usize): u32 {
  const history = changetype<History>(state);
  history.pendingEffect = 0;
  nextOrder(state);
  return history.pendingOrder;
}

// --- events ----------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function turned(instant: i64): u64 {
  return <u64>instant ^ TURN;
}

// @ts-ignore: decorator
@inline
export function placesOf(track: Track): i32 {
  return max(1, load<i32>(changetype<usize>(track), offsetof<Track>('keyCount')));
}

// @ts-ignore: decorator
@inline
export function stampsOf(track: Track): usize {
  return <usize>load<u32>(changetype<usize>(track), offsetof<Track>('stampSize'))
    * <usize>load<u32>(changetype<usize>(track), offsetof<Track>('stampCount'));
}

// @ts-ignore: decorator
@inline
export function isSum(track: Track): bool {
  return HAS_SUMS && load<u32>(changetype<usize>(track), offsetof<Track>('addedCell')) != 0;
}

/** The bytes of the stamps of a place: those that match for certain, and all. */
// @ts-ignore: decorator
@inline
export function listsOf(track: Track): usize {
  return isSum(track) ? stampsOf(track) : 2 * stampsOf(track);
}

/** The newest of all stamps in the lists of a place. */
// @ts-ignore: decorator
@inline
export function newestIn(track: Track, lists: usize): Stamp {
  return changetype<Stamp>(lists + listsOf(track) - stampsOf(track));
}

// @ts-ignore: decorator
@inline
export function hasKey(track: Track): bool {
  return load<u32>(changetype<usize>(track), offsetof<Track>('keyCount')) != 0;
}

// @ts-ignore: decorator
@inline
export function hasValue(track: Track): bool {
  return load<u32>(changetype<usize>(track), offsetof<Track>('valueCell')) != 0;
}

/** The bytes of the stamps of events without a known key value, and of the last one dropped. */
export function headOf(track: Track): usize {
  if (hasKey(track)) return stampsOf(track) + offsetof<Stamp>();
  return isSum(track) ? offsetof<Stamp>() : 0;
}

/** The bytes before the stamps of a place. */
export function frontOf(track: Track): usize {
  return (hasKey(track) ? HEADER + offsetof<Stamp>() : 0) + (hasValue(track) ? offsetof<ValuePlace>() : 0);
}

/** The stamp of the last event of a value of the key that was dropped. */
// @ts-ignore: decorator
@inline
export function lostOf(place: usize): usize {
  return place + HEADER;
}

export function placeBytes(track: Track): usize {
  return frontOf(track) + listsOf(track);
}

export function placeAt(track: Track, state: usize, at: i32): usize {
  return state + <usize>load<u32>(changetype<usize>(track), offsetof<Track>('stateAt')) + headOf(track)
    + <usize>at * placeBytes(track);
}

/**
 * Records an event that matches, or may (`certain` is false); `latest`: the latest instant of the
 * session.
 */
export function noteEvent(
  address: usize, state: usize, certain: bool, time: i64, order: u32, latest: i64,
): void {
  const track = changetype<Track>(address);
  const instant = turned(time);
  let place = placeAt(track, state, 0);
  if (hasKey(track)) {
    const own = state + <usize>track.stateAt;
    const key = findEventKey(track);
    if (!load<u8>(key, offsetof<Cell>('known'))) {
      if (isSum(track)) addEvent(track, own, false, instant, latest);
      else insert(track, own, instant, order);
      return;
    }
    const lost = own + stampsOf(track);
    const found = findPlace(track, state, key);
    place = found != 0 ? found : takePlace(track, state, key, lost, latest);
    if (place == 0) {
      raise(lost, instant, order);
      return;
    }
  }
  const stamps = place + frontOf(track);
  if (isSum(track)) {
    addEvent(track, stamps, certain, instant, latest);
    return;
  }
  insert(track, stamps + stampsOf(track), instant, order);
  if (certain && insert(track, stamps, instant, order) == 0 && hasValue(track)) {
    saveEventValue(track, stamps - offsetof<ValuePlace>());
  }
}

/** Inserts a stamp; returns its index among the newest, or -1: it is too old. */
export function insert(track: Track, stamps: usize, instant: u64, order: u32): i32 {
  const size = <usize>track.stampSize;
  const count = track.stampCount;
  let at = count;
  while (at > 0) {
    const before = changetype<Stamp>(stamps + <usize>(at - 1) * size);
    if (!isAfter(instant, order, before.instant, size == offsetof<Stamp>() ? before.order : 0)) break;
    at -= 1;
  }
  if (at == count) return -1;
  const place = stamps + <usize>at * size;
  memory.copy(place + size, place, <usize>(count - 1 - at) * size);
  const stamp = changetype<Stamp>(place);
  stamp.instant = instant;
  if (size == offsetof<Stamp>()) stamp.order = order;
  return at;
}

// @ts-ignore: decorator
@inline
export function isAfter(instant: u64, order: u32, other: u64, otherOrder: u32): bool {
  return instant > other || (instant == other && order > otherOrder);
}

/** Replaces a stamp with its order by the later one of the two. */
export function raise(stamp: usize, instant: u64, order: u32): void {
  const latest = changetype<Stamp>(stamp);
  if (!isAfter(instant, order, latest.instant, latest.order)) return;
  latest.instant = instant;
  latest.order = order;
}

/** Stores the value of the event instead of that of an earlier one. */
function saveEventValue(track: Track, valueAt: usize): void {
  giveSizedBlock(valueAt);
  const cell = <usize>track.valueCell;
  const place = changetype<ValuePlace>(valueAt);
  place.isKnown = 0;
  if (!isKnown(cell)) return;
  const block = takeSizedBlock(bytesOfValue(slotOf(track), cell));
  if (block == 0) return;
  saveValue(block + offsetof<SizedBlock>(), slotOf(track), cell);
  place.block = <u32>block;
  place.isKnown = 1;
}

/** Whether events are recorded in a copy of the state, whose blocks are those of the session. */
let isTrial: bool = false;

export function setTrial(value: bool): void {
  isTrial = value;
}

/** Allocates a block that starts with its length; 0: there is no room. */
export function takeSizedBlock(bytes: usize): usize {
  if (OPENS_REQUESTS) {
    if (isTrial) {
      const own = tryAllocate(bytes + offsetof<SizedBlock>());
      if (own != 0) changetype<SizedBlock>(own).length = <u32>bytes;
      return own;
    }
  }
  const block = takeBlock(classOf(bytes + offsetof<SizedBlock>()));
  if (block != 0) changetype<SizedBlock>(block).length = <u32>bytes;
  return block;
}

/** Frees the block whose address is stored at `addressAt`. */
function giveSizedBlock(addressAt: usize): void {
  const block = <usize>load<u32>(addressAt);
  if (block == 0) return;
  store<u32>(addressAt, 0);
  if (OPENS_REQUESTS) {
    if (isTrial) return;
  }
  giveBlock(block, classOf(<usize>changetype<SizedBlock>(block).length + offsetof<SizedBlock>()));
}

// --- values of a key -------------------------------------------------------------------------------

/** The place of the value in a cell; 0: it has none. */
export function findPlace(track: Track, state: usize, cell: usize): usize {
  const count = placesOf(track);
  for (let at = 0; at < count; at += 1) {
    const place = placeAt(track, state, at);
    if (changetype<KeyPlace>(place).isTaken != 0 && isOf(track, place, cell)) return place;
  }
  return 0;
}

/** Whether a place is that of the value in a cell. */
export function isOf(track: Track, place: usize, cell: usize): bool {
  if (track.keyKind == KeyKind.WORD) return changetype<KeyPlace>(place).key == wordIn(cell);
  const block = <usize>load<u32>(place, offsetof<KeyPlace>('key'));
  const length = changetype<SizedBlock>(block).length;
  return sameBytes(block + offsetof<SizedBlock>(), length, pointerIn(cell), lengthIn(cell));
}

/** Takes the first place that is free, or whose events have all expired; 0: there is none. */
function takePlace(track: Track, state: usize, cell: usize, lost: usize, latest: i64): usize {
  const count = placesOf(track);
  let place: usize = 0;
  for (let at = 0; at < count && place == 0; at += 1) {
    const each = placeAt(track, state, at);
    if (changetype<KeyPlace>(each).isTaken == 0) place = each;
  }
  for (let at = 0; at < count && place == 0; at += 1) {
    const each = placeAt(track, state, at);
    if (isOver(track, newestIn(track, each + frontOf(track)).instant, latest)) place = each;
  }
  if (place == 0) return 0;
  forgetPlace(track, place);
  memory.fill(place, 0, placeBytes(track));
  if (track.keyKind == KeyKind.WORD) {
    store<u64>(place, wordIn(cell), offsetof<KeyPlace>('key'));
  } else {
    const length = <usize>lengthIn(cell);
    const block = takeSizedBlock(length);
    if (block == 0) return 0;
    memory.copy(block + offsetof<SizedBlock>(), pointerIn(cell), length);
    store<u32>(place, <u32>block, offsetof<KeyPlace>('key'));
  }
  store<u32>(place, 1, offsetof<KeyPlace>('isTaken'));
  memory.copy(lostOf(place), lost, offsetof<Stamp>());
  return place;
}

/** An event exactly as old as the window still counts, and one that may count. */
export function isOver(track: Track, instant: u64, now: i64): bool {
  return instant < startAt(track, now);
}

/** Whether the start of the window was known. */
export let isWindowKnown: bool = true;

/** The first instant that counts, in stored form; 0 if it is not known. */
export function startAt(track: Track, now: i64): u64 {
  isWindowKnown = true;
  if (HAS_PERIODS) {
    const zone = <usize>track.zone;
    if (zone != 0) {
      isWindowKnown = findPeriod(zone, track.period, now);
      return isWindowKnown ? turned(periodStart) : 0;
    }
  }
  const within = track.window;
  return within < 0 ? 0 : since(now, within);
}

/** The first instant that still counts, in stored form. */
export function since(now: i64, within: i64): u64 {
  return now >= i64.MIN_VALUE + within ? turned(now - within) : 0;
}

export function forgetPlace(track: Track, place: usize): void {
  if (hasKey(track) && track.keyKind != KeyKind.WORD) giveSizedBlock(place);
  if (hasValue(track)) giveSizedBlock(place + frontOf(track) - offsetof<ValuePlace>());
}

/** Frees the blocks of tracks. */
export function forgetTracks(tracks: usize, count: i32, state: usize): void {
  for (let at = 0; at < count; at += 1) {
    const track = trackAt(tracks, at);
    for (let each = 0; each < placesOf(track); each += 1) forgetPlace(track, placeAt(track, state, each));
  }
}
