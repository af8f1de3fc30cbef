// Stores the facts of a session between evaluations, by the policy's tables of cells: words in its
// record, everything else that is present packed in a block. Cells have the same contents as after
// reading; defaults are not stored, because they are filled in each time.
//
// A block: the policy's own state of a fixed size, a bit for each slot that is present, one for each that
// is unknown or, if it is not present, faulty, then the known values by slot, then the data that the
// exports store. Only facts that a session of another policy brought with it are faulty.

import { allocate } from '../../memory/arena';
import {
  Cell, isKnown, lengthIn, Marks, marksIn, pointerIn, storeCollection, storeFaulty, WordCell, wordIn,
} from '../../memory/cells';
import { ELEMENT_LIMIT } from '../../layout';
import { SessionRest } from '../records/session';

/** A row of the tables of cells. */
@unmanaged
export class Slot {
  /** The address of the cell, or in an element its offset. */
  cell!: u32;
  /** As in `Kind`. */
  kind!: u32;
  /** The bytes of a record and everything in it; of a collection, the address of its `Elements`. */
  more!: u32;
}

/** The elements of a collection; the slots of the cells of an element follow. */
@unmanaged
class Elements {
  /** The bytes of an element. */
  stride!: u32;
  /** The number of slots. */
  count!: i32;
}

namespace Kind {
  export const RECORD: u32 = 0;
  export const WORD: u32 = 1;
  export const BYTES: u32 = 2;
  export const COLLECTION: u32 = 3;
}

/** A stored collection; its elements follow, as the state and the value of each of their cells. */
@unmanaged
class StoredCollection {
  count!: u16;
  /** 1 if an element is unknown. */
  partial!: u8;
}

/** The bytes of the length of stored bytes, a u16 before them. */
const LENGTH_BYTES: usize = 2;

/** The state of a known value. */
const KNOWN: u32 = Marks.PRESENT | Marks.KNOWN;
/** The bits of a state that are stored. */
const STORED: u32 = KNOWN | Marks.FAULTY;
/**
 * In the state of an element's cell, which is a byte, above the presence: it is known. A default is known and not
 * present.
 */
const ELEMENT_KNOWN: u32 = 4;
const ELEMENT_KNOWN_SHIFT: i32 = 6;

// @ts-ignore: decorator
@inline
export function slotAt(table: usize, at: usize): Slot {
  return changetype<Slot>(table + at * offsetof<Slot>());
}

/** The slot of a cell in an element. */
// @ts-ignore: decorator
@inline
function elementSlotAt(elements: Elements, at: i32): Slot {
  return changetype<Slot>(changetype<usize>(elements) + offsetof<Elements>() + <usize>at * offsetof<Slot>());
}

// @ts-ignore: decorator
@inline
function bitsOf(count: i32): usize {
  return <usize>(count + 7) >> 3;
}

// @ts-ignore: decorator
@inline
function isThere(marks: u32): bool {
  return (marks & Marks.FAULTY) == Marks.PRESENT;
}

// @ts-ignore: decorator
@inline
function hasNoValue(marks: u32): bool {
  return (marks & KNOWN) == Marks.PRESENT;
}

/** The words follow the rest of a session's record. */
const WORDS_AT: usize = offsetof<SessionRest>();

/** Stores the words of a session's record, in the rest of it. */
export function saveWords(rest: SessionRest, table: usize, count: i32): void {
  let present: u32 = 0;
  let unknown: u32 = 0;
  for (let at = 0; at < count; at += 1) {
    const cell = <usize>slotAt(table, at).cell;
    const marks = marksIn(cell) & STORED;
    if (isThere(marks)) present |= 1 << at;
    if (hasNoValue(marks)) unknown |= 1 << at;
    store<u64>(changetype<usize>(rest) + (<usize>at << 3), wordIn(cell), WORDS_AT);
  }
  rest.present = present;
  rest.unknown = unknown;
}

export function loadWords(rest: SessionRest, table: usize, count: i32): void {
  const present = rest.present;
  const unknown = rest.unknown;
  for (let left = present; left != 0; left &= left - 1) {
    const at = <usize>ctz<u32>(left);
    const cell = <usize>slotAt(table, at).cell;
    const hasValue = !((unknown >> <u32>at) & 1);
    const value = hasValue ? load<u64>(changetype<usize>(rest) + (at << 3), WORDS_AT) : 0;
    store<u64>(cell, value, offsetof<WordCell>('value'));
    store<u32>(cell, hasValue ? KNOWN : Marks.PRESENT, offsetof<WordCell>('marks'));
  }
  for (let left = unknown & ~present; left != 0; left &= left - 1) {
    storeFaulty(slotAt(table, <usize>ctz<u32>(left)).cell);
  }
}

/** The same if the record can contain other words. */
export function replaceWords(rest: SessionRest, table: usize, count: i32): void {
  for (let at = 0; at < count; at += 1) {
    const cell = <usize>slotAt(table, at).cell;
    store<u64>(cell, 0, offsetof<WordCell>('value'));
    store<u64>(cell, 0, offsetof<WordCell>('marks'));
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
    const slot = slotAt(table, at);
    const cell = <usize>slot.cell;
    if ((marksIn(cell) & STORED) == KNOWN) bytes += bytesOfValue(slot, cell);
  }
  return bytes;
}

export function bytesOfValue(slot: Slot, cell: usize): usize {
  const kind = slot.kind;
  if (kind == Kind.RECORD) return 0;
  if (kind == Kind.WORD) return 8;
  if (kind == Kind.BYTES) return LENGTH_BYTES + <usize>lengthIn(cell);
  return bytesOfElements(changetype<Elements>(slot.more), pointerIn(cell), lengthIn(cell));
}

function bytesOfElements(elements: Elements, first: usize, count: i32): usize {
  const stride = <usize>elements.stride;
  const slots = elements.count;
  let bytes: usize = offsetof<StoredCollection>();
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elementSlotAt(elements, each);
      const cell = base + <usize>slot.cell;
      bytes += 1;
      if (isKnown(cell)) bytes += bytesOfValue(slot, cell);
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
    const slot = slotAt(table, at);
    const cell = <usize>slot.cell;
    const marks = marksIn(cell) & STORED;
    if ((marks & Marks.PRESENT) == 0) continue;
    const byte = <usize>(at >> 3);
    const bit: u32 = 1 << (at & 7);
    if (isThere(marks)) store<u8>(present + byte, load<u8>(present + byte) | bit);
    if (hasNoValue(marks)) store<u8>(unknown + byte, load<u8>(unknown + byte) | bit);
    else to = saveValue(to, slot, cell);
  }
  return to;
}

export function saveValue(to: usize, slot: Slot, cell: usize): usize {
  const kind = slot.kind;
  if (kind == Kind.RECORD) return to;
  if (kind == Kind.WORD) {
    store<u64>(to, wordIn(cell));
    return to + 8;
  }
  if (kind == Kind.COLLECTION) return saveElements(to, changetype<Elements>(slot.more), cell);
  const length = <usize>lengthIn(cell);
  store<u16>(to, <u16>length);
  memory.copy(to + LENGTH_BYTES, pointerIn(cell), length);
  return to + LENGTH_BYTES + length;
}

function saveElements(to: usize, elements: Elements, collection: usize): usize {
  const stride = <usize>elements.stride;
  const slots = elements.count;
  const first = <usize>pointerIn(collection);
  const count = lengthIn(collection);
  store<u16>(to, <u16>count, offsetof<StoredCollection>('count'));
  store<u8>(to, <u8>i32((marksIn(collection) & Marks.PARTIAL) != 0), offsetof<StoredCollection>('partial'));
  to += offsetof<StoredCollection>();
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elementSlotAt(elements, each);
      const cell = base + <usize>slot.cell;
      const marks = marksIn(cell) & STORED;
      store<u8>(to, <u8>((marks & Marks.FAULTY) | (marks >> ELEMENT_KNOWN_SHIFT)));
      to += 1;
      if (marks & Marks.KNOWN) to = saveValue(to, slot, cell);
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
      const slot = slotAt(table, (byte << 3) + <usize>ctz<u32>(left));
      const cell = <usize>slot.cell;
      if (missing & left & (0 - left)) store<u32>(cell, Marks.PRESENT, offsetof<WordCell>('marks'));
      else {
        from = loadValue(from, slot, cell);
        store<u32>(cell, marksIn(cell) | KNOWN, offsetof<WordCell>('marks'));
      }
    }
    for (let left = missing & ~<u32>load<u8>(present + byte); left != 0; left &= left - 1) {
      const at = (byte << 3) + <usize>ctz<u32>(left);
      storeFaulty(slotAt(table, at).cell);
    }
  }
  return from;
}

export function loadValue(from: usize, slot: Slot, cell: usize): usize {
  const kind = slot.kind;
  if (kind == Kind.RECORD) return from;
  if (kind == Kind.WORD) {
    store<u64>(cell, load<u64>(from), offsetof<WordCell>('value'));
    return from + 8;
  }
  if (kind == Kind.COLLECTION) return loadElements(from, changetype<Elements>(slot.more), cell);
  const length = <usize>load<u16>(from);
  store<u32>(cell, <u32>(from + LENGTH_BYTES), offsetof<Cell>('pointer'));
  store<u32>(cell, <u32>length, offsetof<Cell>('length'));
  return from + LENGTH_BYTES + length;
}

function loadElements(from: usize, elements: Elements, collection: usize): usize {
  const stride = <usize>elements.stride;
  const slots = elements.count;
  const count = <i32>load<u16>(from, offsetof<StoredCollection>('count'));
  const partial = load<u8>(from, offsetof<StoredCollection>('partial')) != 0;
  const first = allocate(<usize>count * stride);
  memory.fill(first, 0, <usize>count * stride);
  from += offsetof<StoredCollection>();
  for (let at = 0; at < count; at += 1) {
    const base = first + <usize>at * stride;
    for (let each = 0; each < slots; each += 1) {
      const slot = elementSlotAt(elements, each);
      const cell = base + <usize>slot.cell;
      const marks = <u32>load<u8>(from);
      from += 1;
      if (marks & ELEMENT_KNOWN) from = loadValue(from, slot, cell);
      store<u32>(
        cell,
        marksIn(cell) | (marks & Marks.FAULTY) | ((marks & ELEMENT_KNOWN) << ELEMENT_KNOWN_SHIFT),
        offsetof<WordCell>('marks'),
      );
    }
  }
  storeCollection(collection, first, count, partial);
  return from;
}

/**
 * The end of a value that starts at `from`, if it has the form that `saveValue` writes and ends by `end`;
 * 0: it is invalid.
 */
export function endOfValue(from: usize, end: usize, slot: Slot): usize {
  const kind = slot.kind;
  if (kind == Kind.RECORD) return from;
  if (kind == Kind.WORD) return end - from >= 8 ? from + 8 : 0;
  if (kind == Kind.COLLECTION) return endOfElements(from, end, changetype<Elements>(slot.more));
  if (end - from < LENGTH_BYTES) return 0;
  const length = <usize>load<u16>(from);
  return end - from - LENGTH_BYTES >= length ? from + LENGTH_BYTES + length : 0;
}

function endOfElements(from: usize, end: usize, elements: Elements): usize {
  const slots = elements.count;
  if (end - from < offsetof<StoredCollection>()) return 0;
  const count = <i32>load<u16>(from, offsetof<StoredCollection>('count'));
  if (count > ELEMENT_LIMIT) return 0;
  from += offsetof<StoredCollection>();
  for (let left = count * slots; left > 0; left -= 1) {
    if (from == end) return 0;
    const marks = load<u8>(from);
    from += 1;
    const slot = elementSlotAt(elements, (count * slots - left) % slots);
    if (marks & ELEMENT_KNOWN) from = endOfValue(from, end, slot);
    if (from == 0) return 0;
  }
  return from;
}
