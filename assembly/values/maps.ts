// Maps: arrays of entries, each the cell of the entry, then those of its key and its value.

import { sameBytes } from '../memory/bytes';
import { CELL, isFaulty, isKnown, lengthIn, pointerIn } from '../memory/cells';

/**
 * The entry of the map in the cell `map` with this key, `stride` bytes. Without one, `missing`: an entry whose cells
 * are absent; after it is one whose cells are faulty, as those of a faulty map are.
 */
export function findEntry(map: usize, stride: usize, ptr: usize, len: i32, missing: usize): usize {
  if (isFaulty(map)) return missing + stride;
  if (!isKnown(map)) return missing;
  return entryWithKey(pointerIn(map), lengthIn(map), stride, ptr, len, missing);
}

/** The entry with this key among `count` entries from `entry` on; otherwise `none`. */
export function entryWithKey(entry: usize, count: i32, stride: usize, ptr: usize, len: i32, none: usize): usize {
  for (let left = count; left > 0; left -= 1) {
    if (sameBytes(pointerIn(entry + CELL), lengthIn(entry + CELL), ptr, len)) return entry;
    entry += stride;
  }
  return none;
}
