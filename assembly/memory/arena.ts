// Memory that is valid for one request: a pointer that advances. Allocates addresses with 16-byte
// alignment; the memory is not cleared. A full arena is an error of the request, and nothing is written
// outside it.

import { Code, Found, record, Severity } from '../reading/errors';
import { ARENA, ARENA_END } from '../layout';

let next: usize = ARENA;
/** Whether the arena was full during this request: cells allocated since can overlap. */
export let exhausted: bool = false;

export function resetArena(): void {
  next = ARENA;
  exhausted = false;
}

/**
 * Sets whether the arena was full, and returns the old value, which is saved while another document is
 * read.
 */
export function setExhausted(value: bool): bool {
  const before = exhausted;
  exhausted = value;
  return before;
}

/** Returns 0 if the arena is full, which is recorded. */
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
 * Allocates at most 65536 bytes, the size of 256 elements of 16 cells, which the caller guarantees. If
 * the arena is full, returns its start: writing there is safe, and the contents are never evaluated, because
 * the error denies the request.
 */
export function allocate(bytes: usize): usize {
  const address = tryAllocate(bytes);
  return address == 0 ? ARENA : address;
}

export function mark(): usize {
  return next;
}

/** Frees the memory that was allocated since `marked`. */
export function release(marked: usize): void {
  next = marked;
}
