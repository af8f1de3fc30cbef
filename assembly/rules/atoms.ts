// Reads an atom, a condition that was decided when the request was read, where speed does not matter:
// from the pair of words that contains its bits and its position.

/** The words of 64 atoms. */
@unmanaged
export class AtomWords {
  /** The bits of those that are true. */
  sure!: u64;
  /** The bits of those that are true or unknown. */
  may!: u64;
}

/** 0 false, 1 unknown, 2 true. */
export function readTri(pair: usize, place: i32): i32 {
  const at = <u64>place;
  const sure = load<u64>(pair, offsetof<AtomWords>('sure'));
  return <i32>((sure >> at) & 1) + <i32>((load<u64>(pair, offsetof<AtomWords>('may')) >> at) & 1);
}
