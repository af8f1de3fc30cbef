// Runs of bytes by content. Pointers and lengths come in; nothing outside the runs is read.

export function sameBytes(p: usize, pn: i32, q: usize, qn: i32): bool {
  return pn == qn && equalBytes(p, q, pn);
}

/** Whether `n` bytes at `p` are those at `q`. The last word overlaps the one before it. */
export function equalBytes(p: usize, q: usize, n: i32): bool {
  if (n >= 8) {
    const last = <usize>n - 8;
    for (let at: usize = 0; at < last; at += 8) {
      if (load<u64>(p + at) != load<u64>(q + at)) return false;
    }
    return load<u64>(p + last) == load<u64>(q + last);
  }
  if (n >= 4) {
    const last = <usize>n - 4;
    return load<u32>(p) == load<u32>(q) && load<u32>(p + last) == load<u32>(q + last);
  }
  for (let at: usize = 0; at < <usize>n; at += 1) {
    if (load<u8>(p + at) != load<u8>(q + at)) return false;
  }
  return true;
}
