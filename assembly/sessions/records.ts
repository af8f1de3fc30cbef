// The part of a session that each evaluation reads: a record in two parts, found by the session's handle.
// A handle is an index and the number of earlier uses of the record, so that the handle of a closed
// session does not match another session. The data that sweeps read is in the first part, because sweeps
// are bound by memory.
//
// The first part, 32 bytes: +0 u64 and +8 u64 the first pair of words of its atoms, +16 u64 the key of
// its answer, +24 u16 each selectors of subject, action and resource, +30 u8 state and in bits 4 to 6 the
// effect, +31 u8 its use.
//
// The rest: +0 i64 until when its answer is valid, +8 i64 its latest instant, +16 u32 the block of its
// facts, +20 u32 when it is due (0: never), +24 u32 the next free record, +28 u8 class of its block, +32
// u32 and +36 u32 bits of the words that are present, and of those that are present and unknown, then
// these words.

import { take } from '../blocks';
import { SESSION_REST } from '../layout';

const INDEX_BITS: i32 = 22;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;
const USE_MASK: u32 = 255;
const FRONT_BITS: u32 = 5;
const CHUNK_BITS: u32 = 10;
const CHUNK_RECORDS: u32 = 1 << CHUNK_BITS;
const CHUNKS: u32 = (INDEX_MASK + 1) >> CHUNK_BITS;
const NONE: u32 = 0xffffffff;
/** The size of a cache line, so that neither part of a record spans more lines than necessary. */
const LINE: usize = 64;
/** The size of a page of the operating system. */
const PAGE: usize = 4096;

export namespace State {
  export const OPEN: u32 = 1;
  /** It was evaluated before. */
  export const ANSWERED: u32 = 2;
  /** Its answer is a revoke, which is final. */
  export const REVOKED: u32 = 4;
  /** It changed since it was evaluated. */
  export const CHANGED: u32 = 8;
  /** The effect of its answer. */
  export const EFFECT: u32 = 7 << 4;
  /** Instead of an effect: action and resource are not known yet. */
  export const INCOMPLETE: u32 = 5 << 4;
  /** It is in the list of changed sessions, possibly without need. */
  export const LISTED: u32 = 0x80;
  /** The bits that an answer does not change. */
  export const LASTING: u32 = OPEN | REVOKED | LISTED;
  /** It has an answer that can change. */
  export const ACTIVE: u32 = OPEN | ANSWERED;
}

// @ts-ignore: decorator
@inline
export function stateOf(record: usize): u32 {
  return load<u8>(record, 30);
}

// @ts-ignore: decorator
@inline
export function setState(record: usize, state: u32): void {
  store<u8>(record, <u8>state, 30);
}

// @ts-ignore: decorator
@inline
export function isRevoked(record: usize): bool {
  return (stateOf(record) & State.REVOKED) != 0;
}

/** Whether it has an answer that can change. */
// @ts-ignore: decorator
@inline
export function isActive(state: u32): bool {
  return (state & (State.ACTIVE | State.REVOKED)) == State.ACTIVE;
}

// @ts-ignore: decorator
@inline
export function effectIn(state: u32): u32 {
  return (state & State.EFFECT) >> 4;
}

// @ts-ignore: decorator
@inline
export function withEffect(state: u32, effect: u32): u32 {
  return (state & ~State.EFFECT) | (effect << 4);
}

/** The addresses of the chunks of records. */
let directory: usize = 0;
let made: u32 = 0;
let firstFree: u32 = NONE;
let open: i32 = 0;

export function openSessions(): i32 {
  return open;
}

/** The number of records that were ever used; their indexes are lower. */
export function recordsMade(): u32 {
  return made;
}

/** The first part of a session's record. */
// @ts-ignore: decorator
@inline
export function recordAt(index: u32): usize {
  const chunk = <usize>load<u32>(directory + ((index >> CHUNK_BITS) << 2));
  return chunk + (<usize>(index & (CHUNK_RECORDS - 1)) << FRONT_BITS);
}

/** The first part of the next record; `index` is that of the next one. */
// @ts-ignore: decorator
@inline
export function recordAfter(record: usize, index: u32): usize {
  return index & (CHUNK_RECORDS - 1) ? record + (1 << FRONT_BITS) : firstOfChunk(index);
}

/** The first record of a chunk; prefetches the pages of the chunk, because each takes long to find. */
export function firstOfChunk(index: u32): usize {
  const record = recordAt(index);
  for (let page: usize = 0; page < <usize>CHUNK_RECORDS << FRONT_BITS; page += PAGE) {
    touched ^= load<u64>(record + page);
  }
  return record;
}

/** The rest of a record. */
// @ts-ignore: decorator
@inline
export function restOf(record: usize, handle: u32): usize {
  const place = <usize>(handle & (CHUNK_RECORDS - 1));
  return record + (<usize>CHUNK_RECORDS << FRONT_BITS) + place * (SESSION_REST - (1 << FRONT_BITS));
}

/** Like `recordOf`, where a call would be expensive. */
// @ts-ignore: decorator
@inline
export function findRecord(handle: u32): usize {
  const index = handle & INDEX_MASK;
  if (index >= made) return 0;
  const record = recordAt(index);
  const isOpen = (load<u16>(record, 30) & (USE_MASK << 8 | State.OPEN)) == (handle >>> INDEX_BITS << 8 | State.OPEN);
  return isOpen ? record : 0;
}

/** The first part of the record of an open session; 0: no session has this handle. */
export function recordOf(handle: u32): usize {
  return findRecord(handle);
}

let touched: u64 = 0;

/** Prefetches a record without waiting for it. */
export function touch(handle: u32): void {
  const record = recordAt(handle & INDEX_MASK);
  const rest = restOf(record, handle);
  touched ^= load<u64>(record) ^ load<u64>(rest) ^ load<u64>(rest, SESSION_REST - 8);
}

// @ts-ignore: decorator
@inline
export function indexOf(handle: u32): u32 {
  return handle & INDEX_MASK;
}

export function handleOf(index: u32): u32 {
  return (<u32>load<u8>(recordAt(index), 31) << INDEX_BITS) | index;
}

/** Opens a record, with everything else zero; returns its handle, or 0 if there is no room. */
export function openRecord(): u32 {
  let index = firstFree;
  if (index != NONE) {
    firstFree = load<u32>(restOf(recordAt(index), index), 24);
  } else {
    if (!hasRoom()) return 0;
    index = made;
    made += 1;
  }
  const record = recordAt(index);
  const use = (<u32>load<u8>(record, 31) + 1) & USE_MASK;
  memory.fill(record, 0, 1 << FRONT_BITS);
  memory.fill(restOf(record, index), 0, SESSION_REST);
  store<u8>(record, use == 0 ? 1 : use, 31);
  setState(record, State.OPEN);
  open += 1;
  return handleOf(index);
}

function hasRoom(): bool {
  if (made & (CHUNK_RECORDS - 1)) return true;
  const chunk = made >> CHUNK_BITS;
  if (chunk == CHUNKS) return false;
  if (directory == 0) {
    directory = take(CHUNKS << 2);
    if (directory == 0) return false;
  }
  const size = <usize>CHUNK_RECORDS * ((1 << FRONT_BITS) + SESSION_REST);
  const block = take(size + LINE);
  if (block == 0) return false;
  const records = (block + LINE - 1) & ~(LINE - 1);
  memory.fill(records, 0, size);
  store<u32>(directory + (chunk << 2), <u32>records);
  return true;
}

export function closeRecord(handle: u32): void {
  const index = handle & INDEX_MASK;
  const record = recordAt(index);
  setState(record, 0);
  store<u32>(restOf(record, index), firstFree, 24);
  firstFree = index;
  open -= 1;
}
