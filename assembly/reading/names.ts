// Handles the names of members other than the expected one: declared members that are out of order or not
// in the common form, and undeclared members, of which duplicates within an object are recorded. One hash
// table serves all objects and requests: each object is a scope with its own number, and slots of earlier
// requests count as free, so nothing is cleared.

import { sameBytes } from '../memory/bytes';
import { Code, failText, Found, record, Severity } from './errors';
import { readText, skipColon, skipSpace, skipValue, textLen, textPtr } from './json';
import { INPUT, NAMES, NAMES_PROBES, NAMES_SLOTS } from '../layout';
import { findMember, memberNamed, commonLength } from './members';
import { isShortString, scannedEscape, shortStringEnd } from './scan';
import { Kind, noteValue, noting, stopNoting } from './shapes';

/** A slot of the table at `NAMES`. */
@unmanaged
class Slot {
  /** The number of the object that has the name. */
  scope!: u32;
  hash!: u32;
  pointer!: u32;
  length!: i32;
}

const SLOT: u32 = offsetof<Slot>();
/** Scope numbers restart before they run out within a request. */
const LAST_START: u32 = 0xffff0000;

let scopes: u32 = 0;
let firstScope: u32 = 1;
let mask: u32 = 0;
/** The remaining probes. Names with colliding hashes must not take long: their request is denied. */
let left: i32 = 0;
/** The cost of a slot with the same hash. */
const COMPARING: i32 = 4;

/**
 * Prepares for a document of `length` bytes: few enough slots that they stay in the CPU cache, and more
 * than twice the number of names that the document can contain.
 */
export function resetNames(length: i32): void {
  if (scopes >= LAST_START) {
    memory.fill(NAMES, 0, <usize>NAMES_SLOTS * SLOT);
    scopes = 0;
  }
  firstScope = scopes + 1;
  mask = min<u32>(<u32>NAMES_SLOTS, <u32>32 << (32 - clz<u32>(<u32>length >> 6))) - 1;
  left = <i32>(mask + 1) * NAMES_PROBES;
}

/** Starts an object; returns the number of its scope. */
// @ts-ignore: decorator
@inline
export function openNames(): i32 {
  scopes += 1;
  return scopes;
}

/** 0: the name that was read last is not declared. */
export let otherMember: usize = 0;

/**
 * Reads the name at `p`. If it is a name of `record`, sets `otherMember` and returns the cursor at the
 * value. Otherwise notes and skips the member.
 */
export function readOtherName(p: usize, record: usize, scope: i32, depth: i32): usize {
  otherMember = findMember(p, record);
  if (otherMember != 0) return skipSpace(p + commonLength(otherMember));
  const at = p;
  if (load<u8>(p) != 0x22) return failText(Code.NOT_JSON, p);
  let ptr = p + 1;
  const end = shortStringEnd(p);
  let len = <i32>(end - ptr) - 1;
  if (isShortString(p, end) && load<u8>(end) == 0x3a) {
    p = skipSpace(end + 1);
  } else {
    p = readText(p);
    if (p == 0) return 0;
    // The contents of the arena must be the same whether a shape is known or not.
    if (scannedEscape) stopNoting();
    ptr = textPtr;
    len = textLen;
    p = skipColon(p);
    if (p == 0) return 0;
    otherMember = memberNamed(record, ptr, len);
    if (otherMember != 0) return p;
  }
  noteName(scope, ptr, len, <i32>(at - INPUT));
  if (noting) noteValue(Kind.ANY, p, 0, 0, depth);
  return skipValue(p, depth);
}

/** Skips the value at `p` of a duplicate name, which is at `at`. */
export function skipRepeated(at: usize, p: usize, depth: i32): usize {
  record(Severity.AMBIGUOUS, Code.DUPLICATE_NAME, 0, Found.NOTHING, <i32>(at - INPUT));
  return skipValue(p, depth);
}

/** Notes a name in the object `scope`, whose opening quote is `offset` bytes into the document. */
export function noteName(scope: i32, ptr: usize, len: i32, offset: i32): void {
  const hash = hashName(ptr, len) ^ (<u32>scope * 0x9e3779b1);
  let at = (hash ^ (hash >> 15)) & mask;
  while (left > 0) {
    left -= 1;
    const slot = NAMES + <usize>(at * SLOT);
    const owner = load<u32>(slot, offsetof<Slot>('scope'));
    if (owner < firstScope) {
      store<u32>(slot, scope, offsetof<Slot>('scope'));
      store<u32>(slot, hash, offsetof<Slot>('hash'));
      store<u32>(slot, <u32>ptr, offsetof<Slot>('pointer'));
      store<i32>(slot, len, offsetof<Slot>('length'));
      return;
    }
    if (owner == scope && load<u32>(slot, offsetof<Slot>('hash')) == hash) {
      left -= COMPARING + (len >> 3);
      const pointer = load<u32>(slot, offsetof<Slot>('pointer'));
      if (sameBytes(pointer, load<i32>(slot, offsetof<Slot>('length')), ptr, len)) {
        record(Severity.AMBIGUOUS, Code.DUPLICATE_NAME, 0, Found.NOTHING, offset);
        return;
      }
    }
    at = (at + 1) & mask;
  }
  record(Severity.AMBIGUOUS, Code.OUT_OF_MEMORY, 0, Found.NOTHING, offset);
}

/** Eight bytes at a time; bytes after the name are ignored. */
function hashName(ptr: usize, len: i32): u32 {
  let hash = <u64>len;
  for (let left = len; left > 0; left -= 8) {
    const word = load<u64>(ptr);
    hash = mix(hash, left < 8 ? word & ((<u64>1 << (<u64>left << 3)) - 1) : word);
    ptr += 8;
  }
  return <u32>(hash ^ (hash >> 32));
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * 0x9e3779b97f4a7c15;
  return product ^ (product >> 29);
}
