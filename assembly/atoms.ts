// Reads an atom, a condition that was decided when the request was read, where speed does not matter:
// from the pair of words that contains its bits (true; true or unknown) and its position.

/** 0 false, 1 unknown, 2 true. */
export function triAt(pair: usize, place: i32): i32 {
  const at = <u64>place;
  return <i32>((load<u64>(pair) >> at) & 1) + <i32>((load<u64>(pair, 8) >> at) & 1);
}
