// Parses IP addresses and networks in their strict form (a dotted quad without leading zeros, RFC 4291
// without a zone). A v4 address has the last four bytes of the result, as in `::ffff:10.0.0.1`. So two
// addresses are equal exactly if their bytes are.

import { tryAllocate } from '../memory/arena';
import { setOk } from './arith';
import { equalBytes } from '../memory/bytes';
import { CELL, pair, pointerIn, storeBytes, storeUnknown } from '../memory/cells';
import { INPUT, STRING_LIMIT } from '../layout';
import { readText, textLen, textPtr } from '../reading/json';
import { refuse, refuseLong } from '../reading/values';

/** An address, in network order. */
@unmanaged
export class Address {
  upper!: u64;
  lower!: u64;
}

/** A network: its first address and the length of its prefix in bits, within the 128 bits. */
@unmanaged
export class Network {
  upper!: u64;
  lower!: u64;
  bits!: u8;
}

const IP: i32 = <i32>offsetof<Address>();
const CIDR: i32 = <i32>offsetof<Network>();
const MAPPED_BITS: u32 = 96;
/**
 * A position where no gap can be, because even the eighth group can be followed by a gap, which is then
 * invalid.
 */
const NO_GAP: usize = 9;
/** `0000:0000:0000:0000:0000:ffff:255.255.255.255` */
const MAX_LENGTH: usize = 45;

/** The `Network` or `Address` that was parsed last. */
const parsed: usize = memory.data(32);
/** Whether these were written as a dotted quad alone. */
let isQuad: bool = false;

function parseIp(p: usize, end: usize): bool {
  if (end - p > MAX_LENGTH) return false;
  isQuad = parseQuad(p, end, parsed + 12);
  if (!isQuad) return parseGroups(p, end);
  store<u64>(parsed, 0, offsetof<Address>('upper'));
  store<u32>(parsed, 0xffff0000, offsetof<Address>('lower'));
  return true;
}

function parseQuad(p: usize, end: usize, to: usize): bool {
  for (let part = 0; part < 4; part += 1) {
    if (part > 0) {
      if (p >= end || load<u8>(p) != 0x2e) return false;
      p += 1;
    }
    let value = readDigit(p, end);
    if (value > 9) return false;
    p += 1;
    if (value != 0) {
      for (let digit = readDigit(p, end); digit <= 9; digit = readDigit(p, end)) {
        value = value * 10 + digit;
        if (value > 255) return false;
        p += 1;
      }
    }
    store<u8>(to + part, value);
  }
  return p == end;
}

/** Above 9: not a digit. */
// @ts-ignore: decorator
@inline
function readDigit(p: usize, end: usize): u32 {
  return p < end ? <u32>load<u8>(p) - 0x30 : 10;
}

/** Above 15: not a digit. */
function readHexDigit(p: usize, end: usize): u32 {
  if (p >= end) return 16;
  const digit = readDigit(p, end);
  if (digit <= 9) return digit;
  const letter = (<u32>load<u8>(p) | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** Parses groups of hexadecimal digits, with at most one gap, and possibly a dotted quad at the end. */
function parseGroups(p: usize, end: usize): bool {
  let count: usize = 0;
  let gap: usize = NO_GAP;
  if (end - p >= 2 && load<u16>(p) == 0x3a3a) {
    gap = 0;
    p += 2;
  }
  while (p < end) {
    if (count == 8) return false;
    const start = p;
    let value: u32 = 0;
    for (let digit = readHexDigit(p, end); digit <= 15 && p - start < 5; digit = readHexDigit(p, end)) {
      value = value << 4 | digit;
      p += 1;
    }
    if (p < end && load<u8>(p) == 0x2e) {
      if (count > 6 || !parseQuad(start, end, parsed + count * 2)) return false;
      count += 2;
      break;
    }
    if (p == start || p - start > 4) return false;
    store<u16>(parsed + count * 2, bswap<u16>(<u16>value));
    count += 1;
    if (p == end) break;
    if (load<u8>(p) != 0x3a) return false;
    p += 1;
    if (p == end) return false;
    if (load<u8>(p) == 0x3a) {
      if (gap != NO_GAP) return false;
      gap = count;
      p += 1;
    }
  }
  return gap == NO_GAP ? count == 8 : fillGap(gap, count);
}

/** Moves the groups after the gap to the end. */
function fillGap(gap: usize, count: usize): bool {
  if (count > 7) return false;
  const after = (count - gap) * 2;
  memory.copy(parsed + 16 - after, parsed + gap * 2, after);
  memory.fill(parsed + gap * 2, 0, 16 - count * 2);
  return true;
}

/** The address of a network must be its first one. */
function parseCidr(p: usize, end: usize): bool {
  let slash = p;
  while (slash < end && load<u8>(slash) != 0x2f) slash += 1;
  if (!parseIp(p, slash)) return false;
  let at = slash + 1;
  let bits = readDigit(at, end);
  if (bits > 9) return false;
  at += 1;
  if (bits != 0) {
    for (let digit = readDigit(at, end); digit <= 9; digit = readDigit(at, end)) {
      bits = bits * 10 + digit;
      if (bits > 128) return false;
      at += 1;
    }
  }
  if (at != end) return false;
  if (isQuad) bits += MAPPED_BITS;
  if (bits > 128 || !hasZeroTail(bits)) return false;
  store<u8>(parsed, bits, offsetof<Network>('bits'));
  return true;
}

/** Whether the parsed bytes have no bit set from `bits` on. */
function hasZeroTail(bits: u32): bool {
  if (bits == 128) return true;
  const low = bswap<u64>(load<u64>(parsed, offsetof<Address>('lower')));
  if (bits >= 64) return low << (bits - 64) == 0;
  return low == 0 && bswap<u64>(load<u64>(parsed, offsetof<Address>('upper'))) << bits == 0;
}

/** Copies the parsed bytes; returns 0 if the arena is full, which is recorded. */
function copyParsed(length: i32): usize {
  const copy = tryAllocate(length);
  if (copy != 0) memory.copy(copy, parsed, length);
  return copy;
}

// --- readers, as in values.ts: unknown if the address is invalid ---------------------------------

export function readIp(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  return readAddress(p, cell, path, depth, nullIsAbsent, IP);
}

export function readCidr(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  return readAddress(p, cell, path, depth, nullIsAbsent, CIDR);
}

function readAddress(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool, length: i32,
): usize {
  if (load<u8>(p) != 0x22) return refuse(p, cell, path, depth, nullIsAbsent);
  const end = readText(p);
  if (end == 0) return 0;
  if (textLen > STRING_LIMIT) {
    refuseLong(p, cell, path);
    return end;
  }
  const copied = parseAddress(textPtr, textLen, length) ? copyParsed(length) : 0;
  if (copied == 0) storeUnknown(cell);
  else storeBytes(cell, copied, length);
  return end;
}

function parseAddress(p: usize, n: i32, length: i32): bool {
  const end = p + <usize>n;
  return length == IP ? parseIp(p, end) : parseCidr(p, end);
}

// --- builtins, as in operators.ts ----------------------------------------------------------------

export function toIp(p: usize, n: i32): u64 {
  return toAddress(p, n, IP);
}

export function toCidr(p: usize, n: i32): u64 {
  return toAddress(p, n, CIDR);
}

function toAddress(p: usize, n: i32, length: i32): u64 {
  const copied = parseAddress(p, n, length) ? copyParsed(length) : 0;
  setOk(i32(copied != 0));
  return pair(copied == 0 ? INPUT : copied, length);
}

/** A v6 network never contains a v4 address, however wide it is. */
export function ipInCidr(ip: usize, n: i32, network: usize, m: i32): bool {
  const bits = <u32>load<u8>(network, offsetof<Network>('bits'));
  if (bits < MAPPED_BITS && isV4(ip)) return false;
  const whole = bits >> 3;
  if (!equalBytes(ip, network, <i32>whole)) return false;
  const rest = bits & 7;
  if (rest == 0) return true;
  return <u32>(load<u8>(ip + whole) ^ load<u8>(network + whole)) >> (8 - rest) == 0;
}

export function ipNotInCidr(ip: usize, n: i32, network: usize, m: i32): bool {
  return !ipInCidr(ip, n, network, m);
}

/** Whether any of a set of known networks contains the address. */
export function ipInCidrs(ip: usize, n: i32, networks: usize, count: i32): bool {
  const end = networks + <usize>count * CELL;
  for (let cell = networks; cell < end; cell += CELL) {
    if (ipInCidr(ip, n, pointerIn(cell), CIDR)) return true;
  }
  return false;
}

export function ipNotInCidrs(ip: usize, n: i32, networks: usize, count: i32): bool {
  return !ipInCidrs(ip, n, networks, count);
}

export function cidrWithin(a: usize, n: i32, b: usize, m: i32): bool {
  const isNarrower = load<u8>(a, offsetof<Network>('bits')) >= load<u8>(b, offsetof<Network>('bits'));
  return isNarrower && ipInCidr(a, IP, b, m);
}

export function cidrNotWithin(a: usize, n: i32, b: usize, m: i32): bool {
  return !cidrWithin(a, n, b, m);
}

/** If two networks have an address in common, one contains the other. */
export function cidrIntersects(a: usize, n: i32, b: usize, m: i32): bool {
  return cidrWithin(a, n, b, m) || cidrWithin(b, m, a, n);
}

/** The version of an address, or of a network by its first address. */
export function addressVersion(p: usize, n: i32): i64 {
  return isV4(p) ? 4 : 6;
}

export function prefixLength(network: usize, n: i32): i64 {
  const bits = <i64>load<u8>(network, offsetof<Network>('bits'));
  return isV4(network) ? bits - MAPPED_BITS : bits;
}

// @ts-ignore: decorator
@inline
function isV4(p: usize): bool {
  return load<u64>(p, offsetof<Address>('upper')) == 0 && load<u32>(p, offsetof<Address>('lower')) == 0xffff0000;
}
