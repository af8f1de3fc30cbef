// Maps: arrays of entries, each the cell of the entry, then those of its key and its value.

import { sameBytes } from './bytes';
import { CELL, isFaulty, isKnown, lengthIn, pointerIn } from './cells';

/**
 * The entry of the map in the cell `map` with this key, `stride` bytes. Without one, `missing`: an entry whose cells
 * are absent; after it is one whose cells are faulty, as those of a faulty map are.
 */
export function entryAt(map: usize, stride: usize, ptr: usize, len: i32, missing: usize): usize {
  if (isFaulty(map)) return missing + stride;
  if (!isKnown(map)) return missing;
  let entry = <usize>pointerIn(map);
  for (let left = lengthIn(map); left > 0; left -= 1) {
    if (sameBytes(pointerIn(entry + CELL), lengthIn(entry + CELL), ptr, len)) return entry;
    entry += stride;
  }
  return missing;
}
