// A record that is of the wrong type, or required and missing: whatever lies in it is faulty too.

import { CELL, storeFaulty } from './cells';

/** All cells in the `size` bytes from `start` on. */
export function faultCells(start: usize, size: i32): void {
  const end = start + <usize>size;
  for (let cell = start; cell < end; cell += CELL) storeFaulty(cell);
}
