// Schedules evaluations of sessions: changed sessions at once, others in the second in which their answer
// can end, with a timing wheel of buckets. From `beginSweep` on, `nextDue` returns due entries one by
// one. An entry whose session has been rescheduled does not match its record, and is skipped; once there
// are more of these than sessions, all lists are rebuilt, so that their size depends only on the number
// of open sessions.

import { take } from '../../memory/blocks';
import { giveBlock, takeBlock } from './blocks';
import { handleOf, openSessions, recordAt, recordOf, recordsMade, restOf, setState, stateOf, touch } from './records';
import { Session, SessionRest, State } from './session';

/** A scheduled evaluation. */
@unmanaged
class Entry {
  handle!: u32;
  /** When it is due, in units of about a second; 0: the session changed. */
  unit!: u32;
}

/** A part of a list, which is a chain of them; its entries follow. */
@unmanaged
class Chunk {
  /** The address of the next chunk; 0: there is none. */
  next!: u32;
  /** The number of entries. */
  count!: u32;
}

/** The bits of a unit in milliseconds. One turn of the wheel takes four and a half hours. */
const UNIT_BITS: i64 = 10;
const BUCKETS: u32 = 16384;
/** In the year 2109; it stands for all later instants as well. */
const LAST_UNIT: i64 = 0xffffffff;
/** The size class of a chunk, which is a cache line, and the number of its entries. */
const CHUNK: i32 = 4;
const ENTRIES: u32 = 7;
/** The number of entries that are prefetched together, so that the processor need not wait for each. */
const FETCHED: u32 = 1024;

/** The lists by bucket, then that of changed sessions, then the prefetched entries. */
let buckets: usize = 0;
let changed: usize = 0;
let fetched: usize = 0;
let count: u32 = 0;
let given: u32 = 0;

/** All earlier buckets are empty. */
let cursor: u32 = 0;
/** The list that is being emptied, and its time limit. */
let chain: usize = 0;
let sweptTo: u32 = 0;
let isSwept: bool = true;

/** The number of entries whose session was rescheduled or closed. */
let stale: u32 = 0;

/** There was no room for an entry, so all sessions must be evaluated. */
export let isLossy: bool = false;

export let dueHandle: u32 = 0;
export let dueUnit: u32 = 0;

export function makeWheel(): bool {
  if (buckets != 0) return true;
  const lists = (BUCKETS + 1) << 2;
  const memory_ = take(lists + 4 + FETCHED * offsetof<Entry>());
  if (memory_ == 0) return false;
  memory.fill(memory_, 0, lists);
  buckets = memory_;
  changed = memory_ + (BUCKETS << 2);
  fetched = memory_ + lists + 4;
  return true;
}

export function clearLoss(): void {
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

/** Schedules the session for the end of its answer, unless it is due before. */
export function scheduleEnd(rest: SessionRest, handle: u32, until: i64): void {
  if (until == i64.MAX_VALUE) return;
  const unit = unitOf(until);
  const known = rest.due;
  if (known != 0 && known <= unit) return;
  if (!push(bucketOf(max(unit, cursor)), handle, unit)) return;
  if (known != 0) stale += 1;
  rest.due = unit;
}

/** The answer of the session has no end any more. */
export function forgetEnd(rest: SessionRest): void {
  if (rest.due == 0) return;
  rest.due = 0;
  stale += 1;
}

/** Called before the session is closed. */
export function forgetEntries(session: Session, rest: SessionRest): void {
  forgetEnd(rest);
  if (stateOf(session) & State.LISTED) stale += 1;
}

/** Counts an entry that was returned although its session was rescheduled or closed. */
export function skipStale(): void {
  if (stale > 0) stale -= 1;
}

/** Called between sweeps: rebuilds the lists if the stale entries outnumber the sessions and buckets. */
export function tidyLists(): void {
  if (stale <= <u32>openSessions() + BUCKETS || given != count || chain != 0) return;
  for (let at: u32 = 0; at < BUCKETS; at += 1) giveList(bucketOf(at));
  giveList(changed);
  const end = recordsMade();
  for (let index: u32 = 0; index < end; index += 1) {
    const session = recordAt(index);
    const state = stateOf(session);
    if (!(state & State.OPEN)) continue;
    const handle = handleOf(index);
    const rest = restOf(session, handle);
    const unit = rest.due;
    if (unit != 0) pushAgain(session, handle, unit);
    if ((state & State.LISTED) && !push(changed, handle, 0)) setState(session, state & ~State.LISTED);
  }
  stale = 0;
}

function giveList(list: usize): void {
  let chunk = <usize>load<u32>(list);
  while (chunk != 0) {
    const next = <usize>load<u32>(chunk, offsetof<Chunk>('next'));
    giveBlock(chunk, CHUNK);
    chunk = next;
  }
  store<u32>(list, 0);
}

/** Schedules the session for the next sweep. It is listed once, however often it changes before. */
export function scheduleSweep(session: Session, handle: u32): void {
  const state = stateOf(session);
  if ((state & State.ANSWERED) == 0) return;
  const isListed = (state & State.LISTED) != 0 || push(changed, handle, 0);
  setState(session, state | State.CHANGED | (isListed ? State.LISTED : 0));
}

/**
 * If there is no room, the session is marked as not scheduled, so that it is scheduled again after all
 * sessions were evaluated.
 */
function pushAgain(session: Session | null, handle: u32, unit: u32): void {
  if (push(bucketOf(max(unit, cursor)), handle, unit) || session == null) return;
  const rest = restOf(session, handle);
  const due = rest.due;
  if (due == unit) rest.due = 0;
}

function push(list: usize, handle: u32, unit: u32): bool {
  let chunk = <usize>load<u32>(list);
  if (chunk == 0 || load<u32>(chunk, offsetof<Chunk>('count')) == ENTRIES) {
    const fresh = takeBlock(CHUNK);
    if (fresh == 0) {
      isLossy = true;
      return false;
    }
    store<u32>(fresh, <u32>chunk, offsetof<Chunk>('next'));
    store<u32>(fresh, 0, offsetof<Chunk>('count'));
    store<u32>(list, <u32>fresh);
    chunk = fresh;
  }
  const entries = load<u32>(chunk, offsetof<Chunk>('count'));
  const entry = chunk + <usize>entries * offsetof<Entry>();
  store<u32>(entry, handle, offsetof<Chunk>() + offsetof<Entry>('handle'));
  store<u32>(entry, unit, offsetof<Chunk>() + offsetof<Entry>('unit'));
  store<u32>(chunk, entries + 1, offsetof<Chunk>('count'));
  return true;
}

/** Entries that an earlier sweep left come first. */
export function beginSweep(now: i64): void {
  sweptTo = unitOf(now);
  isSwept = cursor > sweptTo;
  if (sweptTo - cursor >= BUCKETS && !isSwept) cursor = sweptTo - BUCKETS + 1;
}

/** Whether there is a due entry; it is that of `dueHandle`. */
export function nextDue(): bool {
  if (given == count) fetch();
  if (given == count) return false;
  const entry = fetched + <usize>given * offsetof<Entry>();
  given += 1;
  dueHandle = load<u32>(entry, offsetof<Entry>('handle'));
  dueUnit = load<u32>(entry, offsetof<Entry>('unit'));
  return true;
}

function fetch(): void {
  given = 0;
  count = 0;
  while (count + ENTRIES <= FETCHED) {
    if (chain == 0 && !nextChain()) return;
    const chunk = chain;
    const entries = load<u32>(chunk, offsetof<Chunk>('count'));
    for (let at: u32 = 0; at < entries; at += 1) {
      const entry = chunk + <usize>at * offsetof<Entry>();
      const handle = load<u32>(entry, offsetof<Chunk>() + offsetof<Entry>('handle'));
      const unit = load<u32>(entry, offsetof<Chunk>() + offsetof<Entry>('unit'));
      if (unit > sweptTo) {
        pushAgain(recordOf(handle), handle, unit);
        continue;
      }
      touch(handle);
      const to = fetched + <usize>count * offsetof<Entry>();
      store<u32>(to, handle, offsetof<Entry>('handle'));
      store<u32>(to, unit, offsetof<Entry>('unit'));
      count += 1;
    }
    chain = load<u32>(chunk, offsetof<Chunk>('next'));
    giveBlock(chunk, CHUNK);
  }
}

/** Detaches the next list, so that entries added meanwhile wait for the next sweep. */
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

/**
 * The first instant at which an answer ends, or a bound if it is further away than one turn;
 * `i64.MAX_VALUE`: none.
 */
export function earliestEnd(): i64 {
  if (buckets == 0) return i64.MAX_VALUE;
  if (isLossy || given != count || chain != 0 || load<u32>(changed) != 0) return 0;
  let earliest = i64.MAX_VALUE;
  hasFurther = false;
  for (let ahead: u32 = 0; ahead < BUCKETS; ahead += 1) {
    // An answer can be valid for longer than its bucket, but not for less.
    if (earliest <= (<i64>(cursor + ahead) - 1) << UNIT_BITS) return earliest;
    const list = <usize>load<u32>(bucketOf(cursor + ahead));
    if (list != 0) earliest = min<i64>(earliest, earliestIn(list, cursor + ahead));
  }
  return hasFurther ? min<i64>(earliest, <i64>(cursor + BUCKETS - 1) << UNIT_BITS) : earliest;
}

/** Whether an entry was found that is due in a later turn. */
let hasFurther: bool = false;

function earliestIn(list: usize, unit: u32): i64 {
  let earliest = i64.MAX_VALUE;
  for (let chunk = list; chunk != 0; chunk = load<u32>(chunk, offsetof<Chunk>('next'))) {
    for (let at: u32 = 0; at < load<u32>(chunk, offsetof<Chunk>('count')); at += 1) {
      const entry = chunk + <usize>at * offsetof<Entry>();
      const own = load<u32>(entry, offsetof<Chunk>() + offsetof<Entry>('unit'));
      if (own > unit && hasFurther) continue;
      const handle = load<u32>(entry, offsetof<Chunk>() + offsetof<Entry>('handle'));
      const session = recordOf(handle);
      const rest = restOf(session, handle);
      if (session == null || load<u32>(changetype<usize>(rest), offsetof<SessionRest>('due')) != own) continue;
      if (own > unit) hasFurther = true;
      else earliest = min<i64>(earliest, load<i64>(changetype<usize>(rest), offsetof<SessionRest>('until')));
    }
  }
  return earliest;
}
