// The cells that contain the results of history terms, where rules read them.

import { NEVER } from '../../time/clock';

/** The cell of a count, a sum or a `since`. */
@unmanaged
class TruthCell {
  /** 1 false, 2 unknown, 3 true; 0 if no session stored a value. */
  value!: i32;
  reserved!: u32;
  /** When the value changes; `NEVER` is stored as 0. */
  edge!: i64;
}

/** False, unknown or true; unknown if no session stored a value. */
// @ts-ignore: decorator
@inline
export function remembered(cell: usize): i32 {
  const value = changetype<TruthCell>(cell).value;
  return value == 0 ? 1 : value - 1;
}

// @ts-ignore: decorator
@inline
export function rememberedEdge(cell: usize): i64 {
  return changetype<TruthCell>(cell).edge ^ NEVER;
}

export function remember(cell: usize, value: i32, edge: i64): void {
  const result = changetype<TruthCell>(cell);
  result.value = value + 1;
  result.edge = edge ^ NEVER;
}
