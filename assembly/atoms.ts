// What is decided of a request beforehand, for whoever is in no haste: the pair of words that a bit is in
// (true ones; true or unknown ones) and its place come in.

/** 0 false, 1 unknown, 2 true. */
export function triAt(pair: usize, place: i32): i32 {
  const at = <u64>place;
  return <i32>((load<u64>(pair) >> at) & 1) + <i32>((load<u64>(pair, 8) >> at) & 1);
}
