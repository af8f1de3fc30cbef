// When sessions are to be looked at: those that changed at once, and others in the second in which their
// answer may end, by a wheel of buckets. Entries come in; from `beginSweep` on `nextDue` gives them one by
// one. An entry whose session was put elsewhere since is told by its record, and passed over; once there are more
// of these than sessions, all lists are made anew, so that they grow with the sessions that are open alone.
//
// An entry: +0 u32 handle, +4 u32 when, in units of about a second, or 0 for one that changed.

import { take } from './blocks';
import { giveBlock, takeBlock } from './session-blocks';
import {
  handleOf, openSessions, recordAt, recordOf, recordsMade, restOf, setState, State, stateOf, touch,
} from './session-records';

/** Of an instant in milliseconds. With so many buckets once around takes four and a half hours. */
const UNIT_BITS: i64 = 10;
const BUCKETS: u32 = 16384;
/** Of the year 2109, and of all that lies behind it. */
const LAST_UNIT: i64 = 0xffffffff;
/** A list is chunks: +0 u32 the next, +4 u32 how many entries, then these. A chunk is a line of a cache. */
const CHUNK: i32 = 4;
const ENTRIES: u32 = 7;
/** How many are fetched together, so that the processor need not wait for one after the other. */
const FETCHED: u32 = 1024;

/** Lists by bucket, then that of what changed, then what was fetched. */
let buckets: usize = 0;
let changed: usize = 0;
let fetched: usize = 0;
let count: u32 = 0;
let given: u32 = 0;

/** All buckets before were emptied. */
let cursor: u32 = 0;
/** What is being emptied, and until when. */
let chain: usize = 0;
let sweptTo: u32 = 0;
let isSwept: bool = true;

/** Entries whose session is looked at elsewhere, or no more. */
let stale: u32 = 0;

/** An entry found no room, so that all sessions must be looked at. */
export let isLossy: bool = false;

export let dueHandle: u32 = 0;
export let dueUnit: u32 = 0;

export function makeWheel(): bool {
  if (buckets != 0) return true;
  const lists = (BUCKETS + 1) << 2;
  const memory_ = take(lists + 4 + (FETCHED << 3));
  if (memory_ == 0) return false;
  memory.fill(memory_, 0, lists);
  buckets = memory_;
  changed = memory_ + (BUCKETS << 2);
  fetched = memory_ + lists + 4;
  return true;
}

export function forgetLoss(): void {
  isLossy = false;
}

// @ts-ignore: decorator
@inline
function unitOf(instant: i64): u32 {
  return <u32>min<i64>((max<i64>(instant, 0) >> UNIT_BITS) + 1, LAST_UNIT);
}

// @ts-ignore: decorator
@inline
function bucketOf(unit: u32): usize {
  return buckets + ((unit & (BUCKETS - 1)) << 2);
}

/** It is to be looked at when its answer ends, if not before. */
export function awaitEnd(rest: usize, handle: u32, until: i64): void {
  if (until == i64.MAX_VALUE) return;
  const unit = unitOf(until);
  const known = load<u32>(rest, 20);
  if (known != 0 && known <= unit) return;
  if (!push(bucketOf(max(unit, cursor)), handle, unit)) return;
  if (known != 0) stale += 1;
  store<u32>(rest, unit, 20);
}

/** Its answer ends no more. */
export function forgetEnd(rest: usize): void {
  if (load<u32>(rest, 20) == 0) return;
  store<u32>(rest, 0, 20);
  stale += 1;
}

/** It is about to be closed. */
export function forgetEntries(record: usize, rest: usize): void {
  forgetEnd(rest);
  if (stateOf(record) & State.LISTED) stale += 1;
}

/** An entry was given whose session is looked at elsewhere, or no more. */
export function passOver(): void {
  if (stale > 0) stale -= 1;
}

/** Between sweeps: entries that are passed over are at most as many as sessions, and once around the wheel. */
export function tidyLists(): void {
  if (stale <= <u32>openSessions() + BUCKETS || given != count || chain != 0) return;
  for (let at: u32 = 0; at < BUCKETS; at += 1) giveList(bucketOf(at));
  giveList(changed);
  const end = recordsMade();
  for (let index: u32 = 0; index < end; index += 1) {
    const record = recordAt(index);
    const state = stateOf(record);
    if (!(state & State.OPEN)) continue;
    const handle = handleOf(index);
    const rest = restOf(record, handle);
    const unit = load<u32>(rest, 20);
    if (unit != 0) pushAgain(record, handle, unit);
    if ((state & State.LISTED) && !push(changed, handle, 0)) setState(record, state & ~State.LISTED);
  }
  stale = 0;
}

function giveList(list: usize): void {
  let chunk = <usize>load<u32>(list);
  while (chunk != 0) {
    const next = <usize>load<u32>(chunk);
    giveBlock(chunk, CHUNK);
    chunk = next;
  }
  store<u32>(list, 0);
}

/** It is to be looked at in the next sweep. It is listed once, however often it changes before. */
export function awaitSweep(record: usize, handle: u32): void {
  const state = stateOf(record);
  if ((state & State.ANSWERED) == 0) return;
  const isListed = (state & State.LISTED) != 0 || push(changed, handle, 0);
  setState(record, state | State.CHANGED | (isListed ? State.LISTED : 0));
}

/** What finds no room is not awaited, so that it is once all were looked at. */
function pushAgain(record: usize, handle: u32, unit: u32): void {
  if (push(bucketOf(max(unit, cursor)), handle, unit) || record == 0) return;
  const rest = restOf(record, handle);
  if (load<u32>(rest, 20) == unit) store<u32>(rest, 0, 20);
}

function push(list: usize, handle: u32, unit: u32): bool {
  let chunk = <usize>load<u32>(list);
  if (chunk == 0 || load<u32>(chunk, 4) == ENTRIES) {
    const fresh = takeBlock(CHUNK);
    if (fresh == 0) {
      isLossy = true;
      return false;
    }
    store<u32>(fresh, <u32>chunk);
    store<u32>(fresh, 0, 4);
    store<u32>(list, <u32>fresh);
    chunk = fresh;
  }
  const entries = load<u32>(chunk, 4);
  const entry = chunk + (<usize>entries << 3);
  store<u32>(entry, handle, 8);
  store<u32>(entry, unit, 12);
  store<u32>(chunk, entries + 1, 4);
  return true;
}

/** What an earlier sweep left is given first. */
export function beginSweep(now: i64): void {
  sweptTo = unitOf(now);
  isSwept = cursor > sweptTo;
  if (sweptTo - cursor >= BUCKETS && !isSwept) cursor = sweptTo - BUCKETS + 1;
}

/** Whether there is one; it is `dueHandle`'s. */
export function nextDue(): bool {
  if (given == count) fetch();
  if (given == count) return false;
  const entry = fetched + (<usize>given << 3);
  given += 1;
  dueHandle = load<u32>(entry);
  dueUnit = load<u32>(entry, 4);
  return true;
}

function fetch(): void {
  given = 0;
  count = 0;
  while (count + ENTRIES <= FETCHED) {
    if (chain == 0 && !nextChain()) return;
    const chunk = chain;
    const entries = load<u32>(chunk, 4);
    for (let at: u32 = 0; at < entries; at += 1) {
      const entry = chunk + (<usize>at << 3);
      const handle = load<u32>(entry, 8);
      const unit = load<u32>(entry, 12);
      if (unit > sweptTo) {
        pushAgain(recordOf(handle), handle, unit);
        continue;
      }
      touch(handle);
      const to = fetched + (<usize>count << 3);
      store<u32>(to, handle);
      store<u32>(to, unit, 4);
      count += 1;
    }
    chain = load<u32>(chunk);
    giveBlock(chunk, CHUNK);
  }
}

/** Takes the next list out of its place, so that what is put there meanwhile waits for the next sweep. */
function nextChain(): bool {
  let list = changed;
  while (load<u32>(list) == 0) {
    if (isSwept) return false;
    list = bucketOf(cursor);
    if (cursor == sweptTo) isSwept = true;
    else cursor += 1;
  }
  chain = load<u32>(list);
  store<u32>(list, 0);
  return true;
}

/** The first instant at which an answer ends, or what lies further ahead than once around; `i64.MAX_VALUE`: none. */
export function earliestEnd(): i64 {
  if (buckets == 0) return i64.MAX_VALUE;
  if (isLossy || given != count || chain != 0 || load<u32>(changed) != 0) return 0;
  let earliest = i64.MAX_VALUE;
  hasFurther = false;
  for (let ahead: u32 = 0; ahead < BUCKETS; ahead += 1) {
    // An answer may hold for longer than when its session is looked at, but never less.
    if (earliest <= (<i64>(cursor + ahead) - 1) << UNIT_BITS) return earliest;
    const list = <usize>load<u32>(bucketOf(cursor + ahead));
    if (list != 0) earliest = min<i64>(earliest, earliestIn(list, cursor + ahead));
  }
  return hasFurther ? min<i64>(earliest, <i64>(cursor + BUCKETS - 1) << UNIT_BITS) : earliest;
}

/** Whether there was one to be looked at another time around. */
let hasFurther: bool = false;

function earliestIn(list: usize, unit: u32): i64 {
  let earliest = i64.MAX_VALUE;
  for (let chunk = list; chunk != 0; chunk = load<u32>(chunk)) {
    for (let at: u32 = 0; at < load<u32>(chunk, 4); at += 1) {
      const entry = chunk + (<usize>at << 3);
      const own = load<u32>(entry, 12);
      if (own > unit && hasFurther) continue;
      const handle = load<u32>(entry, 8);
      const record = recordOf(handle);
      const rest = restOf(record, handle);
      if (record == 0 || load<u32>(rest, 20) != own) continue;
      if (own > unit) hasFurther = true;
      else earliest = min<i64>(earliest, load<i64>(rest));
    }
  }
  return earliest;
}
