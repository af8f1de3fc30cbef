// Allocates the records of sessions, and finds the record of a session by its handle.
// A handle is an index and the number of earlier uses of the record, so that the handle of a closed
// session does not match another session.

import { take } from '../../memory/blocks';
import { SESSION_REST } from '../../layout';
import { EFFECT_SHIFT, Session, SessionRest, State } from './session';

const INDEX_BITS: i32 = 22;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;
const USE_MASK: u32 = 255;
const CHUNK_BITS: u32 = 10;
const CHUNK_RECORDS: u32 = 1 << CHUNK_BITS;
/** The bytes of the first parts of a chunk's records; their other parts follow. */
const CHUNK_BYTES: usize = <usize>CHUNK_RECORDS * offsetof<Session>();
const CHUNKS: u32 = (INDEX_MASK + 1) >> CHUNK_BITS;
const NONE: u32 = 0xffffffff;
/** The size of a cache line, so that neither part of a record spans more lines than necessary. */
const LINE: usize = 64;
/** The size of a page of the operating system. */
const PAGE: usize = 4096;

// @ts-ignore: decorator
@inline
export function stateOf(session: Session): u32 {
  return load<u8>(changetype<usize>(session), offsetof<Session>('state'));
}

// @ts-ignore: decorator
@inline
export function setState(session: Session, state: u32): void {
  session.state = <u8>state;
}

// @ts-ignore: decorator
@inline
export function isRevoked(session: Session): bool {
  return (stateOf(session) & State.REVOKED) != 0;
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
  return (state & State.EFFECT) >> EFFECT_SHIFT;
}

// @ts-ignore: decorator
@inline
export function withEffect(state: u32, effect: u32): u32 {
  return (state & ~State.EFFECT) | (effect << EFFECT_SHIFT);
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

/** The address of a session's record. */
// @ts-ignore: decorator
@inline
export function recordAt(index: u32): Session {
  const chunk = <usize>load<u32>(directory + ((index >> CHUNK_BITS) << 2));
  return changetype<Session>(chunk + <usize>(index & (CHUNK_RECORDS - 1)) * offsetof<Session>());
}

/** The next record; `index` is that of the next one. */
// @ts-ignore: decorator
@inline
export function recordAfter(session: Session, index: u32): Session {
  return index & (CHUNK_RECORDS - 1)
    ? changetype<Session>(changetype<usize>(session) + offsetof<Session>())
    : firstOfChunk(index);
}

/** The first record of a chunk; prefetches the pages of the chunk, because each takes long to find. */
export function firstOfChunk(index: u32): Session {
  const session = recordAt(index);
  for (let page: usize = 0; page < CHUNK_BYTES; page += PAGE) {
    touched ^= load<u64>(changetype<usize>(session) + page);
  }
  return session;
}

/** The rest of a record; meaningless if there is no record. */
// @ts-ignore: decorator
@inline
export function restOf(session: Session | null, handle: u32): SessionRest {
  const place = <usize>(handle & (CHUNK_RECORDS - 1));
  return changetype<SessionRest>(
    changetype<usize>(session) + CHUNK_BYTES + place * (SESSION_REST - offsetof<Session>()),
  );
}

/** Like `recordOf`, where a call would be expensive. */
// @ts-ignore: decorator
@inline
export function findRecord(handle: u32): Session | null {
  const index = handle & INDEX_MASK;
  if (index >= made) return null;
  const session = recordAt(index);
  // State and use are compared together.
  const found = load<u16>(changetype<usize>(session), offsetof<Session>('state'));
  const isOpen = (found & (USE_MASK << 8 | State.OPEN)) == (handle >>> INDEX_BITS << 8 | State.OPEN);
  return isOpen ? session : null;
}

/** The record of an open session; null: no session has this handle. */
export function recordOf(handle: u32): Session | null {
  return findRecord(handle);
}

let touched: u64 = 0;

/** Prefetches a record without waiting for it. */
export function touch(handle: u32): void {
  const session = recordAt(handle & INDEX_MASK);
  const rest = changetype<usize>(restOf(session, handle));
  touched ^= load<u64>(changetype<usize>(session)) ^ load<u64>(rest) ^ load<u64>(rest, SESSION_REST - 8);
}

// @ts-ignore: decorator
@inline
export function indexOf(handle: u32): u32 {
  return handle & INDEX_MASK;
}

export function handleOf(index: u32): u32 {
  return (<u32>recordAt(index).use << INDEX_BITS) | index;
}

/** Opens a record, with everything else zero; returns its handle, or 0 if there is no room. */
export function openRecord(): u32 {
  let index = firstFree;
  if (index != NONE) {
    firstFree = restOf(recordAt(index), index).nextFree;
  } else {
    if (!hasRoom()) return 0;
    index = made;
    made += 1;
  }
  const session = recordAt(index);
  const use = (<u32>session.use + 1) & USE_MASK;
  memory.fill(changetype<usize>(session), 0, offsetof<Session>());
  memory.fill(changetype<usize>(restOf(session, index)), 0, SESSION_REST);
  session.use = <u8>(use == 0 ? 1 : use);
  setState(session, State.OPEN);
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
  const size = <usize>CHUNK_RECORDS * (offsetof<Session>() + SESSION_REST);
  const block = take(size + LINE);
  if (block == 0) return false;
  const records = (block + LINE - 1) & ~(LINE - 1);
  memory.fill(records, 0, size);
  store<u32>(directory + (chunk << 2), <u32>records);
  return true;
}

export function closeRecord(handle: u32): void {
  const index = handle & INDEX_MASK;
  const session = recordAt(index);
  setState(session, 0);
  restOf(session, index).nextFree = firstFree;
  firstFree = index;
  open -= 1;
}
