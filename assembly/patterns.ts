// Matches a string against a pattern: the automaton over bytes that the compiler lays out runs once along
// the string. A pattern: +0 u32 first state, +4 u32 the states from here on accept, +8 u32 columns, +12
// u32 bytes per entry (1 or 2), +16 u8 the column of each of 256 bytes, +272 the rows. State 0 is a dead
// state.

const COLUMNS: usize = 16;
const ROWS: usize = 272;

export function matches(p: usize, n: i32, pattern: usize): bool {
  const end = p + <usize>n;
  const state = load<u32>(pattern, 12) == 1 ? runBytes(p, end, pattern) : runWords(p, end, pattern);
  return state >= load<u32>(pattern, 4);
}

function runBytes(p: usize, end: usize, pattern: usize): u32 {
  const width = <usize>load<u32>(pattern, 8);
  let state = <u32>load<u32>(pattern);
  while (p < end && state != 0) {
    const column = <usize>load<u8>(pattern + <usize>load<u8>(p), COLUMNS);
    state = load<u8>(pattern + <usize>state * width + column, ROWS);
    p += 1;
  }
  return state;
}

function runWords(p: usize, end: usize, pattern: usize): u32 {
  const width = <usize>load<u32>(pattern, 8);
  let state = <u32>load<u32>(pattern);
  while (p < end && state != 0) {
    const column = <usize>load<u8>(pattern + <usize>load<u8>(p), COLUMNS);
    state = load<u16>(pattern + ((<usize>state * width + column) << 1), ROWS);
    p += 1;
  }
  return state;
}
