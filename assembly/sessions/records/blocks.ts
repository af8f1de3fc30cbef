// Allocates the blocks of sessions and their lists. Takes a size class, and returns an address with
// 16-byte alignment, or 0 if there is no room. Allocation and release take constant time; a freed block
// is reused for its own class.

import { take } from '../../memory/blocks';

/**
 * The sizes of the first classes are multiples of 16; above, there are four sizes between a power of two
 * and the next.
 */
const LINEAR: i32 = 32;
const LINEAR_BITS: i32 = 9;
/** The memory that is allocated at once for blocks, except for the largest. */
const SLAB: usize = 65504;
const LARGE: usize = 8192;

/** The first free block by class; each starts with the address of the next. */
const free: usize = memory.data(512);
let next: usize = 0;
let end: usize = 0;

/** The class of a size from 1 byte to 2 MiB. */
export function classOf(size: usize): i32 {
  if (size <= <usize>LINEAR << 4) return <i32>((size + 15) >> 4);
  const high = 31 - clz<u32>(<u32>size - 1);
  const quarter = <i32>(((<u32>size - 1) >> (high - 2)) & 3);
  return LINEAR + 1 + ((high - LINEAR_BITS) << 2) + quarter;
}

export function sizeOf(sizes: i32): usize {
  if (sizes <= LINEAR) return <usize>sizes << 4;
  const at = sizes - LINEAR - 1;
  const high = LINEAR_BITS + (at >> 2);
  return (<usize>1 << high) + (<usize>((at & 3) + 1) << (high - 2));
}

export function takeBlock(sizes: i32): usize {
  const head = free + (<usize>sizes << 2);
  const first = <usize>load<u32>(head);
  if (first != 0) {
    store<u32>(head, load<u32>(first));
    return first;
  }
  const size = sizeOf(sizes);
  if (size > LARGE) return take(size);
  if (end - next < size) {
    const slab = take(SLAB);
    if (slab == 0) return 0;
    next = slab;
    end = slab + SLAB;
  }
  const block = next;
  next += size;
  return block;
}

export function giveBlock(block: usize, sizes: i32): void {
  const head = free + (<usize>sizes << 2);
  store<u32>(block, load<u32>(head));
  store<u32>(head, <u32>block);
}
