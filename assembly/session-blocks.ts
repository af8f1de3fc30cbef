// Blocks that sessions and their lists lie in. A class of sizes comes in, an address of 16-byte alignment
// goes out, or 0 where there is no room. Both ways take the same time however many blocks there are; what
// is given back serves its own class again.

import { take } from './blocks';

/** Sizes of the first classes are multiples of 16; above, four lie between one power of two and the next. */
const LINEAR: i32 = 32;
const LINEAR_BITS: i32 = 9;
/** Room for blocks is taken by as much, for all but the largest. */
const SLAB: usize = 65504;
const LARGE: usize = 8192;

/** By class, the first free block; each begins with the next. */
const free: usize = memory.data(512);
let next: usize = 0;
let end: usize = 0;

/** Of a size from 1 byte to 2 MiB. */
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
