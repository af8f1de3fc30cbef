// Memory that lasts from one request to the next: blocks above all else. A size comes in, an address
// of 16-byte alignment goes out, or 0 where there is no room; only `reservePages` grows the memory. The
// first free block that is large enough is taken; neighbours that are free become one.

import { BLOCKS } from './layout';

/** Before each block: its size with this header, and, while it is free, the next free one. */
const HEADER: usize = 16;
const PAGE_BITS: i32 = 16;
/** What may be read behind a block, though it is no part of it. */
const BEHIND: usize = 8;

/** Above it nothing was ever taken, or all was given back. */
let top: usize = BLOCKS;
/** The lowest free block below `top`; 0: none. */
let firstFree: usize = 0;

/** Makes room of so many pages for blocks; gives how many there are, fewer when memory ends. */
export function reservePages(pages: i32): i32 {
  const own = <i32>(BLOCKS >> PAGE_BITS);
  const missing = <u32>pages > 0xffff ? 0x10000 : own + pages - memory.size();
  if (missing > 0) memory.grow(missing);
  return max(0, memory.size() - own);
}

/** How many pages more would make room for a block of so many bytes behind all others. */
export function missingPages(bytes: usize): i32 {
  const end = <u64>top + HEADER + ((<u64>bytes + 15) & ~15) + BEHIND;
  return max(0, <i32>((end + 0xffff) >> PAGE_BITS) - memory.size());
}

export function take(bytes: usize): usize {
  if (bytes >= 0x7fff0000) return 0;
  const size = HEADER + ((bytes + 15) & ~15);
  let before: usize = 0;
  for (let block = firstFree; block != 0; before = block, block = load<u32>(block, 4)) {
    if (load<u32>(block) >= <u32>size) return fromFree(block, before, size);
  }
  const end = (<usize>memory.size() << PAGE_BITS) - BEHIND;
  if (top > end || size > end - top) return 0;
  const block = top;
  top += size;
  store<u32>(block, <u32>size);
  return block + HEADER;
}

/** What is left of it stays free, if it could be a block. */
function fromFree(block: usize, before: usize, size: usize): usize {
  const left = <usize>load<u32>(block) - size;
  let next = <usize>load<u32>(block, 4);
  if (left >= 2 * HEADER) {
    const rest = block + size;
    store<u32>(rest, <u32>left);
    store<u32>(rest, <u32>next, 4);
    store<u32>(block, <u32>size);
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
    next = load<u32>(next, 4);
  }
  if (next != 0 && endOf(block) == next) {
    store<u32>(block, load<u32>(block) + load<u32>(next));
    next = load<u32>(next, 4);
  }
  if (before != 0 && endOf(before) == block) {
    store<u32>(before, load<u32>(before) + load<u32>(block));
    block = before;
    before = beforeThat;
  }
  if (endOf(block) == top) {
    top = block;
    link(before, 0);
  } else {
    store<u32>(block, <u32>next, 4);
    link(before, block);
  }
}

function endOf(block: usize): usize {
  return block + load<u32>(block);
}

function link(before: usize, next: usize): void {
  if (before == 0) firstFree = next;
  else store<u32>(before, <u32>next, 4);
}
