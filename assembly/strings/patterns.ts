// Matches a string against a pattern: the automaton over bytes that the compiler lays out runs once along
// the string. Globs that need no automaton are compared by their segments.

import { HAS_AUTOMATA, HAS_SEGMENT_GLOBS } from '../layout';
import { matchesSegments } from './segment-globs';

/**
 * A pattern, before a u8 for each of 256 bytes, its column, and the rows: for each state and column the next
 * state. State 0 is a dead state.
 */
@unmanaged
class Pattern {
  firstState!: u32;
  /** The states from here on accept. */
  accepting!: u32;
  /** The number of columns. */
  width!: u32;
  /** The bytes of a state in the rows, 1 or 2; 0: a glob without an automaton, see segment-globs.ts. */
  stateBytes!: u32;
}

const COLUMNS: usize = offsetof<Pattern>();
const ROWS: usize = COLUMNS + 256;

export function matches(p: usize, n: i32, pattern: usize): bool {
  if (HAS_SEGMENT_GLOBS) {
    const isGlob = !HAS_AUTOMATA || load<u32>(pattern, offsetof<Pattern>('stateBytes')) == 0;
    if (isGlob) return matchesSegments(p, n, pattern);
  }
  const end = p + <usize>n;
  const state = load<u32>(pattern, offsetof<Pattern>('stateBytes')) == 1
    ? runBytes(p, end, pattern)
    : runWords(p, end, pattern);
  return state >= load<u32>(pattern, offsetof<Pattern>('accepting'));
}

function runBytes(p: usize, end: usize, pattern: usize): u32 {
  const width = <usize>load<u32>(pattern, offsetof<Pattern>('width'));
  let state = <u32>load<u32>(pattern, offsetof<Pattern>('firstState'));
  while (p < end && state != 0) {
    const column = <usize>load<u8>(pattern + <usize>load<u8>(p), COLUMNS);
    state = load<u8>(pattern + <usize>state * width + column, ROWS);
    p += 1;
  }
  return state;
}

function runWords(p: usize, end: usize, pattern: usize): u32 {
  const width = <usize>load<u32>(pattern, offsetof<Pattern>('width'));
  let state = <u32>load<u32>(pattern, offsetof<Pattern>('firstState'));
  while (p < end && state != 0) {
    const column = <usize>load<u8>(pattern + <usize>load<u8>(p), COLUMNS);
    state = load<u16>(pattern + ((<usize>state * width + column) << 1), ROWS);
    p += 1;
  }
  return state;
}
