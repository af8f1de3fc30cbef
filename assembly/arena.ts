// Memory that lasts for one request: a pointer that moves on. Bytes come in, an address of 16-byte
// alignment goes out; the memory is not cleared. When the arena is full, that is an error of the
// request and nothing is written outside.

import { Code, Found, record, Severity } from './errors';
import { ARENA, ARENA_END } from './layout';

let next: usize = ARENA;
/** Whether the arena was full once in this request: cells made since may overlay each other. */
export let exhausted: bool = false;

export function resetArena(): void {
  next = ARENA;
  exhausted = false;
}

/** Whether the arena was full is set aside while another text is read; what comes out is put back. */
export function setExhausted(value: bool): bool {
  const before = exhausted;
  exhausted = value;
  return before;
}

/** 0 when the arena is full, which is recorded. */
export function tryAllocate(bytes: usize): usize {
  const size = (bytes + 15) & ~15;
  if (bytes > ARENA_END - ARENA || size > ARENA_END - next) {
    exhausted = true;
    record(Severity.AMBIGUOUS, Code.OUT_OF_MEMORY, 0, Found.NOTHING, 0);
    return 0;
  }
  const address = next;
  next += size;
  return address;
}

/**
 * At most 65536 bytes, which the caller sees to: 256 elements of 16 cells. When the arena is full,
 * gives its start: writing there is safe, and what is there is never judged, since the error denies
 * the request.
 */
export function allocate(bytes: usize): usize {
  const address = tryAllocate(bytes);
  return address == 0 ? ARENA : address;
}

export function mark(): usize {
  return next;
}

/** Frees what was allocated since `mark`. */
export function release(marked: usize): void {
  next = marked;
}
