// SHA-256 (FIPS 180-4) of bytes that are given in parts.

const BLOCK: usize = 64;
/** The bytes of the length of a message, in bits, at the end of its last block. */
const LENGTH_BYTES: usize = 8;
const DIGEST_BYTES: usize = 32;
/** The bytes of the words of a block. */
const WORDS: usize = 256;

const state: usize = memory.data(32, 8);
const words: usize = memory.data(256, 8);
/** The start of a block whose rest is not known yet. */
const pending: usize = memory.data(64, 8);
let pendingBytes: usize = 0;
let totalBytes: u64 = 0;

export function beginHash(): void {
  const initial: usize = memory.data<u32>([
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]);
  memory.copy(state, initial, DIGEST_BYTES);
  pendingBytes = 0;
  totalBytes = 0;
}

/** Adds `n` bytes to the message. */
export function hashBytes(p: usize, n: usize): void {
  totalBytes += <u64>n;
  if (pendingBytes != 0) {
    const part = min(n, BLOCK - pendingBytes);
    memory.copy(pending + pendingBytes, p, part);
    pendingBytes += part;
    if (pendingBytes < BLOCK) return;
    hashBlock(pending);
    p += part;
    n -= part;
  }
  for (; n >= BLOCK; n -= BLOCK) {
    hashBlock(p);
    p += BLOCK;
  }
  memory.copy(pending, p, n);
  pendingBytes = n;
}

/** Ends the message and writes its digest as 64 lower-case hexadecimal digits. */
export function endHash(to: usize): void {
  store<u8>(pending + pendingBytes, 0x80);
  pendingBytes += 1;
  memory.fill(pending + pendingBytes, 0, BLOCK - pendingBytes);
  if (pendingBytes > BLOCK - LENGTH_BYTES) {
    hashBlock(pending);
    memory.fill(pending, 0, BLOCK);
  }
  store<u64>(pending, bswap<u64>(totalBytes << 3), 56);
  hashBlock(pending);
  for (let at: usize = 0; at < DIGEST_BYTES; at += 1) {
    // The words of the state are in the order of the machine.
    const byte = <u32>load<u8>(state + (at ^ 3));
    store<u8>(to + (at << 1), hexDigit(byte >> 4));
    store<u8>(to + (at << 1), hexDigit(byte & 15), 1);
  }
}

function hexDigit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}

// @ts-ignore: decorator
@inline
function mix(x: u32, a: u32, b: u32, c: u32): u32 {
  return rotr<u32>(x, a) ^ rotr<u32>(x, b) ^ rotr<u32>(x, c);
}

function hashBlock(p: usize): void {
  const constants: usize = memory.data<u32>([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  for (let at: usize = 0; at < BLOCK; at += 4) store<u32>(words + at, bswap<u32>(load<u32>(p + at)));
  for (let at = words + BLOCK; at < words + WORDS; at += 4) {
    const near = load<u32>(at - 60);
    const far = load<u32>(at - 8);
    store<u32>(
      at,
      load<u32>(at - 64) + load<u32>(at - 28) + (rotr<u32>(near, 7) ^ rotr<u32>(near, 18) ^ (near >>> 3))
        + (rotr<u32>(far, 17) ^ rotr<u32>(far, 19) ^ (far >>> 10)),
    );
  }
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let at: usize = 0; at < WORDS; at += 4) {
    const first = h + mix(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + load<u32>(constants + at) + load<u32>(words + at);
    const second = mix(a, 2, 13, 22) + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  store<u32>(state, load<u32>(state) + a);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
  store<u32>(state, load<u32>(state, 20) + f, 20);
  store<u32>(state, load<u32>(state, 24) + g, 24);
  store<u32>(state, load<u32>(state, 28) + h, 28);
}
