// A record that is of the wrong type, or required and missing, makes everything in it faulty.

import { CELL, storeFaulty } from '../memory/cells';

/** Marks all cells in the `size` bytes from `start` on. */
export function faultCells(start: usize, size: i32): void {
  const end = start + <usize>size;
  for (let cell = start; cell < end; cell += CELL) storeFaulty(cell);
}
