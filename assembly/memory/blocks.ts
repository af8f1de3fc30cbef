// Memory that persists between requests: blocks above everything else. Allocates addresses with 16-byte
// alignment, and grows the memory as needed up to a limit, which is 0 until the host sets it; returns 0 if there is
// no room. The first free block that is large enough is used; adjacent free blocks are merged.

import { BLOCKS } from '../layout';

/** The header before each block. It takes 16 bytes, so that the block is aligned. */
@unmanaged
class Header {
  /** The bytes of the block, including the header. */
  size!: u32;
  /** While the block is free: the next free one, or 0. */
  next!: u32;
}

const HEADER: usize = 16;
const PAGE_BITS: i32 = 16;
/** The number of pages that the memory grows by at least. */
const MIN_PAGES: i32 = 16;
/** The number of bytes after a block that can be read, although they are not part of it. */
const PADDING: usize = 8;

/** The memory above it was never allocated, or is free again. */
let top: usize = BLOCKS;
/** The lowest free block below `top`; 0: none. */
let firstFree: usize = 0;

/** The limit, in pages; memory below `BLOCKS` does not count. */
let limit: i32 = 0;
/** The pages above the limit that the current call may use. */
let extra: i32 = 0;

/** Sets the limit. Memory that was allocated before stays. */
export function setLimit(pages: i32): void {
  limit = <u32>pages > 0x10000 ? 0x10000 : pages;
}

/** Allows pages above the limit, until it is called with 0. */
export function allowExtra(pages: i32): void {
  extra = pages;
}

/** The limit in bytes. */
export function limitBytes(): u64 {
  return <u64>limit << PAGE_BITS;
}

/**
 * Grows the memory by at least as many bytes; returns false if the limit or the engine forbids it. Grows by a
 * quarter where the limit allows it, so that it happens rarely.
 */
function grow(bytes: i64): bool {
  const missing = <i32>((bytes + 0xffff) >> PAGE_BITS);
  const own = memory.size() - <i32>(BLOCKS >> PAGE_BITS);
  const left = limit + extra - own;
  if (missing > left) return false;
  const wanted = max(missing, min(left, max(MIN_PAGES, own >> 2)));
  return memory.grow(wanted) >= 0 || (wanted > missing && memory.grow(missing) >= 0);
}

export function take(bytes: usize): usize {
  if (bytes >= 0x7fff0000) return 0;
  const size = HEADER + ((bytes + 15) & ~15);
  let before: usize = 0;
  for (let block = firstFree; block != 0; before = block, block = readNext(block)) {
    if (load<u32>(block, offsetof<Header>('size')) >= <u32>size) return fromFree(block, before, size);
  }
  const end = (<usize>memory.size() << PAGE_BITS) - PADDING;
  const missing = <i64>(<u64>top + <u64>size) - <i64>end;
  if (missing > 0 && !grow(missing)) return 0;
  const block = top;
  top += size;
  store<u32>(block, <u32>size, offsetof<Header>('size'));
  return block + HEADER;
}

/** The rest of the block stays free if it is large enough for a block. */
function fromFree(block: usize, before: usize, size: usize): usize {
  const left = <usize>readSize(block) - size;
  let next = readNext(block);
  if (left >= 2 * HEADER) {
    const rest = block + size;
    store<u32>(rest, <u32>left, offsetof<Header>('size'));
    store<u32>(rest, <u32>next, offsetof<Header>('next'));
    store<u32>(block, <u32>size, offsetof<Header>('size'));
    next = rest;
  }
  link(before, next);
  return block + HEADER;
}

export function give(address: usize): void {
  let block = address - HEADER;
  let before: usize = 0;
  let beforeThat: usize = 0;
  let next = firstFree;
  while (next != 0 && next < block) {
    beforeThat = before;
    before = next;
    next = readNext(next);
  }
  if (next != 0 && findEnd(block) == next) {
    store<u32>(block, readSize(block) + readSize(next), offsetof<Header>('size'));
    next = readNext(next);
  }
  if (before != 0 && findEnd(before) == block) {
    store<u32>(before, readSize(before) + readSize(block), offsetof<Header>('size'));
    block = before;
    before = beforeThat;
  }
  if (findEnd(block) == top) {
    top = block;
    link(before, 0);
  } else {
    store<u32>(block, <u32>next, offsetof<Header>('next'));
    link(before, block);
  }
}

// @ts-ignore: decorator
@inline
function readSize(block: usize): u32 {
  return load<u32>(block, offsetof<Header>('size'));
}

// @ts-ignore: decorator
@inline
function readNext(block: usize): usize {
  return load<u32>(block, offsetof<Header>('next'));
}

function findEnd(block: usize): usize {
  return block + readSize(block);
}

function link(before: usize, next: usize): void {
  if (before == 0) firstFree = next;
  else store<u32>(before, <u32>next, offsetof<Header>('next'));
}
