// Stores the facts of a session between evaluations, by the policy's tables of cells: words in its
// record, everything else that is present packed in a block. Cells have the same contents as after
// reading; defaults are not stored, because they are filled in each time.
//
// A table: a slot for each cell, +0 u32 the cell, +4 u32 its kind, +8 u32 bytes of a record and
// everything in it, or the description of a collection's elements. Elements: +0 u32 stride, +4 u32 number
// of slots, then the slots, with cells relative to the element.
//
// A block: the policy's own state of a fixed size, a bit for each slot that is present, one for each that
// is unknown or, if it is not present, faulty, then the known values by slot, then the data that the
// exports store. Only facts that a session of another policy brought with it are faulty.

import { allocate } from '../arena';
import { ELEMENT_LIMIT } from '../layout';
import { storeCollection, storeFaulty } from '../cells';
import { SessionRest } from './session';

const RECORD: u32 = 0;
const WORD: u32 = 1;
const BYTES: u32 = 2;
const COLLECTION: u32 = 3;

const SLOT: usize = 12;
const UNKNOWN: u32 = 1;
const KNOWN: u32 = 0x101;
const BY_DEFAULT: u32 = 0x100;
const PARTIAL: u32 = 0x10000;
const FAULTY: u32 = 3;
const MARKS: u32 = 0x103;

// @ts-ignore: decorator
@inline
function bitsOf(count: i32): usize {
  return <usize>(count + 7) >> 3;
}

// @ts-ignore: decorator
@inline
function isThere(marks: u32): bool {
  return (marks & FAULTY) == UNKNOWN;
}

// @ts-ignore: decorator
@inline
function hasNoValue(marks: u32): bool {
  return (marks & KNOWN) == UNKNOWN;
}

/** The words follow the rest of a session's record. */
const WORDS_AT: usize = offsetof<SessionRest>();

/** Stores the words of a session's record, in the rest of it. */
export function saveWords(rest: SessionRest, table: usize, count: i32): void {
  let present: u32 = 0;
  let unknown: u32 = 0;
  for (let at = 0; at < count; at += 1) {
    const cell = <usize>load<u32>(table + <usize>at * SLOT);
    const marks = load<u32>(cell, 8) & MARKS;
    if (isThere(marks)) present |= 1 << at;
    if (hasNoValue(marks)) unknown |= 1 << at;
    store<u64>(changetype<usize>(rest) + (<usize>at << 3), load<u64>(cell), WORDS_AT);
  }
  rest.present = present;
  rest.unknown = unknown;
}

export function loadWords(rest: SessionRest, table: usize, count: i32): void {
  const present = rest.present;
  const unknown = rest.unknown;
  for (let left = present; left != 0; left &= left - 1) {
    const at = <usize>ctz<u32>(left);
    const cell = <usize>load<u32>(table + at * SLOT);
    const isKnown = !((unknown >> <u32>at) & 1);
    store<u64>(cell, isKnown ? load<u64>(changetype<usize>(rest) + (at << 3), WORDS_AT) : 0);
    store<u32>(cell, isKnown ? KNOWN : UNKNOWN, 8);
  }
  for (let left = unknown & ~present; left != 0; left &= left - 1) {
    storeFaulty(load<u32>(table + <usize>ctz<u32>(left) * SLOT));
  }
}

/** The same if the record can contain other words. */
export function replaceWords(rest: SessionRest, table: usize, count: i32): void {
  for (let at = 0; at < count; at += 1) {
    const cell = <usize>load<u32>(table + <usize>at * SLOT);
    store<u64>(cell, 0);
    store<u64>(cell, 0, 8);
  }
  loadWords(rest, table, count);
}

/** The address of a known word; 0: it is not known. */
export function wordAt(rest: SessionRest, at: i32): usize {
  const known = rest.present & ~rest.unknown;
  return (known >> at) & 1 ? changetype<usize>(rest) + WORDS_AT + (<usize>at << 3) : 0;
}

/** The bytes of the facts in a block, without the ID. */
export function bytesOfFacts(table: usize, count: i32, state: usize): usize {
  let bytes = state + 2 * bitsOf(count);
  for (let at = 0; at < count; at += 1) {
    const slot = table + <usize>at * SLOT;
    const cell = <usize>load<u32>(slot);
    if ((load<u32>(cell, 8) & MARKS) == KNOWN) bytes += bytesOfValue(slot, cell);
  }
  return bytes;
}

export function bytesOfValue(slot: usize, cell: usize): usize {
  const kind = load<u32>(slot, 4);
  if (kind == RECORD) return 0;
  if (kind == WORD) return 8;
  if (kind == BYTES) return 2 + <usize>load<u32>(cell, 4);
  return bytesOfElements(load<u32>(slot, 8), load<u32>(cell), load<i32>(cell, 4));
}

function bytesOfElements(elements: usize, first: usize, count: i32): usize {
  const stride = <usize>load<u32>(elements);
  const slots = load<i32>(elements, 4);
  let bytes: usize = 3;
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elements + 8 + <usize>each * SLOT;
      const cell = base + <usize>load<u32>(slot);
      bytes += 1;
      if (load<u8>(cell, 9)) bytes += bytesOfValue(slot, cell);
    }
  }
  return bytes;
}

/** Writes the facts into a block that has room for them; returns the address for the ID. */
export function saveFacts(block: usize, table: usize, count: i32, state: usize): usize {
  const present = block + state;
  const unknown = present + bitsOf(count);
  let to = unknown + bitsOf(count);
  memory.fill(present, 0, 2 * bitsOf(count));
  for (let at = 0; at < count; at += 1) {
    const slot = table + <usize>at * SLOT;
    const cell = <usize>load<u32>(slot);
    const marks = load<u32>(cell, 8) & MARKS;
    if ((marks & UNKNOWN) == 0) continue;
    const byte = <usize>(at >> 3);
    const bit: u32 = 1 << (at & 7);
    if (isThere(marks)) store<u8>(present + byte, load<u8>(present + byte) | bit);
    if (hasNoValue(marks)) store<u8>(unknown + byte, load<u8>(unknown + byte) | bit);
    else to = saveValue(to, slot, cell);
  }
  return to;
}

export function saveValue(to: usize, slot: usize, cell: usize): usize {
  const kind = load<u32>(slot, 4);
  if (kind == RECORD) return to;
  if (kind == WORD) {
    store<u64>(to, load<u64>(cell));
    return to + 8;
  }
  if (kind == COLLECTION) return saveElements(to, load<u32>(slot, 8), cell);
  const length = <usize>load<u32>(cell, 4);
  store<u16>(to, <u16>length);
  memory.copy(to + 2, load<u32>(cell), length);
  return to + 2 + length;
}

function saveElements(to: usize, elements: usize, collection: usize): usize {
  const stride = <usize>load<u32>(elements);
  const slots = load<i32>(elements, 4);
  const first = <usize>load<u32>(collection);
  const count = load<i32>(collection, 4);
  store<u16>(to, <u16>count);
  store<u8>(to, <u8>i32((load<u32>(collection, 8) & PARTIAL) != 0), 2);
  to += 3;
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elements + 8 + <usize>each * SLOT;
      const cell = base + <usize>load<u32>(slot);
      const marks = load<u32>(cell, 8) & MARKS;
      // Whether it is present or faulty, and above it whether it is known: a default is known and not
      // present.
      store<u8>(to, <u8>((marks & FAULTY) | (marks >> 6)));
      to += 1;
      if (marks & BY_DEFAULT) to = saveValue(to, slot, cell);
    }
  }
  return to;
}

/** Fills cells that are all absent; stored bytes are not copied. Returns the address of the ID. */
export function loadFacts(block: usize, table: usize, count: i32, state: usize): usize {
  const present = block + state;
  const unknown = present + bitsOf(count);
  let from = unknown + bitsOf(count);
  for (let byte: usize = 0; byte < bitsOf(count); byte += 1) {
    const missing = <u32>load<u8>(unknown + byte);
    for (let left = <u32>load<u8>(present + byte); left != 0; left &= left - 1) {
      const slot = table + ((byte << 3) + <usize>ctz<u32>(left)) * SLOT;
      const cell = <usize>load<u32>(slot);
      if (missing & left & (0 - left)) store<u32>(cell, UNKNOWN, 8);
      else {
        from = loadValue(from, slot, cell);
        store<u32>(cell, load<u32>(cell, 8) | KNOWN, 8);
      }
    }
    for (let left = missing & ~<u32>load<u8>(present + byte); left != 0; left &= left - 1) {
      const at = (byte << 3) + <usize>ctz<u32>(left);
      storeFaulty(load<u32>(table + at * SLOT));
    }
  }
  return from;
}

export function loadValue(from: usize, slot: usize, cell: usize): usize {
  const kind = load<u32>(slot, 4);
  if (kind == RECORD) return from;
  if (kind == WORD) {
    store<u64>(cell, load<u64>(from));
    return from + 8;
  }
  if (kind == COLLECTION) return loadElements(from, load<u32>(slot, 8), cell);
  const length = <usize>load<u16>(from);
  store<u32>(cell, <u32>(from + 2));
  store<u32>(cell, <u32>length, 4);
  return from + 2 + length;
}

function loadElements(from: usize, elements: usize, collection: usize): usize {
  const stride = <usize>load<u32>(elements);
  const slots = load<i32>(elements, 4);
  const count = <i32>load<u16>(from);
  const partial = load<u8>(from, 2) != 0;
  const first = allocate(<usize>count * stride);
  memory.fill(first, 0, <usize>count * stride);
  from += 3;
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elements + 8 + <usize>each * SLOT;
      const cell = base + <usize>load<u32>(slot);
      const marks = <u32>load<u8>(from);
      from += 1;
      if (marks & 4) from = loadValue(from, slot, cell);
      store<u32>(cell, load<u32>(cell, 8) | (marks & FAULTY) | ((marks & 4) << 6), 8);
    }
  }
  storeCollection(collection, first, count, partial);
  return from;
}


/**
 * The end of a value that starts at `from`, if it has the form that `saveValue` writes and ends by `end`;
 * 0: it is invalid.
 */
export function endOfValue(from: usize, end: usize, slot: usize): usize {
  const kind = load<u32>(slot, 4);
  if (kind == RECORD) return from;
  if (kind == WORD) return end - from >= 8 ? from + 8 : 0;
  if (kind == COLLECTION) return endOfElements(from, end, load<u32>(slot, 8));
  if (end - from < 2) return 0;
  const length = <usize>load<u16>(from);
  return end - from - 2 >= length ? from + 2 + length : 0;
}

function endOfElements(from: usize, end: usize, elements: usize): usize {
  const slots = load<i32>(elements, 4);
  if (end - from < 3) return 0;
  const count = <i32>load<u16>(from);
  if (count > ELEMENT_LIMIT) return 0;
  from += 3;
  for (let left = count * slots; left > 0; left -= 1) {
    if (from == end) return 0;
    const marks = load<u8>(from);
    from += 1;
    const slot = elements + 8 + <usize>((count * slots - left) % slots) * SLOT;
    if (marks & 4) from = endOfValue(from, end, slot);
    if (from == 0) return 0;
  }
  return from;
}
