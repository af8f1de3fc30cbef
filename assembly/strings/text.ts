// Operations on strings, from pointers to UTF-8 and lengths in bytes. Parts of a string are returned in
// place, as a pointer with the length in the upper half; SPIFFE IDs are those of SPIFFE-ID §2.

import { tryAllocate } from '../memory/arena';
import { equalBytes } from '../memory/bytes';
import { pair } from '../memory/cells';
import { INPUT } from '../layout';

const SPIFFE_LIMIT: i32 = 2048;
const TRUST_DOMAIN_LIMIT: usize = 255;
/** `spiffe://` */
const SCHEME_LENGTH: i32 = 9;

export function startsWith(p: usize, n: i32, q: usize, m: i32): bool {
  return m <= n && equalBytes(p, q, m);
}

export function endsWith(p: usize, n: i32, q: usize, m: i32): bool {
  return m <= n && equalBytes(p + <usize>(n - m), q, m);
}

export function contains(p: usize, n: i32, q: usize, m: i32): bool {
  if (m == 0) return true;
  const first = load<u8>(q);
  for (let left = n; left >= m; left -= 1) {
    if (load<u8>(p) == first && equalBytes(p, q, m)) return true;
    p += 1;
  }
  return false;
}

/** A copy with A to Z in lower case; empty if the arena is full. */
export function lowerAscii(p: usize, n: i32): u64 {
  const copy = tryAllocate(n);
  if (copy == 0) return pair(INPUT, 0);
  for (let at: usize = 0; at < <usize>n; at += 1) {
    const byte = <u32>load<u8>(p + at);
    store<u8>(copy + at, byte - 0x41 < 26 ? byte | 0x20 : byte);
  }
  return pair(copy, n);
}

/** The number of characters in well-formed UTF-8: the bytes that are not continuation bytes. */
export function codePoints(p: usize, n: i32): i32 {
  let count: i32 = 0;
  for (const end = p + <usize>n; p < end; p += 1) count += i32((load<u8>(p) & 0xc0) != 0x80);
  return count;
}

export function spiffeValid(p: usize, n: i32): bool {
  if (n <= SCHEME_LENGTH || n > SPIFFE_LIMIT) return false;
  // "spiffe:/" as a word, and the second slash.
  if (load<u64>(p) != 0x2f3a656666697073 || load<u8>(p, 8) != 0x2f) return false;
  const end = p + <usize>n;
  const domain = p + SCHEME_LENGTH;
  p = domain;
  while (p < end && isDomainByte(load<u8>(p))) p += 1;
  if (p == domain || p - domain > TRUST_DOMAIN_LIMIT) return false;
  while (p < end) {
    if (load<u8>(p) != 0x2f) return false;
    const segment = p + 1;
    let onlyDots = true;
    for (p = segment; p < end; p += 1) {
      const byte = <u32>load<u8>(p);
      if (!isSegmentByte(byte)) break;
      if (byte != 0x2e) onlyDots = false;
    }
    if (p == segment || (onlyDots && p - segment <= 2)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isDomainByte(byte: u32): bool {
  return byte - 0x61 < 26 || byte - 0x30 < 10 || byte - 0x2d < 2 || byte == 0x5f;
}

// @ts-ignore: decorator
@inline
function isSegmentByte(byte: u32): bool {
  return byte - 0x41 < 26 || isDomainByte(byte);
}

/** The trust domain of a valid SPIFFE ID. */
export function spiffeTrustDomain(p: usize, n: i32): u64 {
  return pair(p + SCHEME_LENGTH, <i32>(pathStart(p, n) - p) - SCHEME_LENGTH);
}

/** The path of a valid SPIFFE ID: from the slash on, or empty. */
export function spiffePath(p: usize, n: i32): u64 {
  const start = pathStart(p, n);
  return pair(start, <i32>(p + <usize>n - start));
}

function pathStart(p: usize, n: i32): usize {
  const end = p + <usize>n;
  p = min(p + SCHEME_LENGTH, end);
  while (p < end && load<u8>(p) != 0x2f) p += 1;
  return p;
}
