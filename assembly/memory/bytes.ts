// Compares sequences of bytes by content, from pointers and lengths. Up to seven bytes after a sequence
// are read and ignored.

export function sameBytes(p: usize, pn: i32, q: usize, qn: i32): bool {
  return pn == qn && equalBytes(p, q, pn);
}

/** Whether the `n` bytes at `p` equal those at `q`. The last word overlaps the one before it. */
export function equalBytes(p: usize, q: usize, n: i32): bool {
  if (n > 8) {
    const last = <usize>n - 8;
    for (let at: usize = 0; at < last; at += 8) {
      if (load<u64>(p + at) != load<u64>(q + at)) return false;
    }
    return load<u64>(p + last) == load<u64>(q + last);
  }
  return ((load<u64>(p) ^ load<u64>(q)) & firstBytes(n)) == 0;
}

/** A mask of the first `n` bytes of a word, or of all. */
// @ts-ignore: decorator
@inline
export function firstBytes(n: i32): u64 {
  return n >= 8 ? -1 : (<u64>1 << (<u64>n << 3)) - 1;
}
