// The hash of a string, eight bytes at a time: the same as in the compiler's hash.ts, which lays out the
// tables that are searched by it.

const SPREAD: u64 = 0x9e3779b97f4a7c15;
const FINISH: u64 = 0xd6e8feb86659fd93;

// @ts-ignore: decorator
@inline
function mix(h: u64, part: u64): u64 {
  const product = (h ^ part) * SPREAD;
  return product ^ (product >> 32);
}

/** Continues from `h`, so that several strings have one hash. */
export function continueHash(h: u64, p: usize, n: i32): u64 {
  h = mix(h, <u64>n);
  while (n >= 8) {
    h = mix(h, load<u64>(p));
    p += 8;
    n -= 8;
  }
  if (n >= 4) {
    h = mix(h, <u64>load<u32>(p));
    p += 4;
    n -= 4;
  }
  if (n >= 2) {
    h = mix(h, <u64>load<u16>(p));
    p += 2;
    n -= 2;
  }
  return n == 0 ? h : mix(h, <u64>load<u8>(p));
}

// @ts-ignore: decorator
@inline
export function finishHash(h: u64): u32 {
  h = (h ^ (h >> 29)) * FINISH;
  return <u32>(h >> 32);
}

export function hashText(p: usize, n: i32): u32 {
  return finishHash(continueHash(0, p, n));
}

export function hashWord(v: i64): u32 {
  return finishHash(mix(0, <u64>v));
}
