// Tables that the host fills, from JSON: an object by key or, with two keys, an object of objects. A
// valid document replaces the hash table (see tables.ts) at once; an invalid one results in an error, and
// the table stays. The document is read twice: first to validate and measure it, then to build the table
// in a block of exactly that size.

import { mark, release, setExhausted, tryAllocate } from '../memory/arena';
import { give, take } from '../memory/blocks';
import { CELL, Cell, isKnown, pointerIn, storeCollection } from '../memory/cells';
import { addRows, closeRows, noteOffset, QUEUE_BYTES, unclosedCode, unclosedOffset } from './closure';
import { COLUMN, holdsBytes, keyKind, readColumn, readKey } from './columns';
import {
  Code, errorCode, errorFound, errorIndex, errorIndexCount, errorOffset, errorPath, errorSeverity, failText, Found,
  popIndex, pushIndex, recordFault, setErrorsAside, setIndex, Severity, takeErrorsBack,
} from '../reading/errors';
import { enter, expectEnd, classifyValue, skipColon, skipSpace, skipValue } from '../reading/json';
import { ARENA, ELEMENT_LIMIT, HAS_CLOSED_TABLES, INPUT, PROBE_LIMIT } from '../layout';
import { PADDING, beginText } from '../reading/reader';
import { dedupeBytes, dedupeWords } from '../values/sets';
import { HashTable, insert } from './tables';

/** The description of a table, before a `Column` for each key and for the value. */
@unmanaged
class Description {
  /** The current `HashTable`. */
  table!: u32;
  /** An empty one. */
  empty!: u32;
  keyCount!: u32;
  /** As in `Values`. */
  values!: u32;
}

const enum Values {
  SCALARS = 0,
  SETS = 1,
  /** Sets that are closed, see closure.ts. */
  CLOSED_SETS = 2,
}

/** The indexes of the columns, in the paths of faults; the outer object has that of `FIRST_KEY`. */
const FIRST_KEY: i32 = 0;
const SECOND_KEY: i32 = 1;
const VALUE: i32 = 2;
const ELEMENT: i32 = 3;

const NOWHERE: u32 = 0xffffffff;

let text: usize = 0;
let textLength: i32 = 0;

/** The error of the table that was loaded last, like that of a request; its path is the index of the column. */
export let tableCode: i32 = 0;
export let tablePlace: i32 = 0;
export let tableFound: i32 = 0;
/** In bytes from the start of the document. */
export let tableOffset: i32 = 0;
/** The quotes of the keys that lead to the error; 0: there is none. */
export let tableFirstKey: usize = 0;
export let tableSecondKey: usize = 0;
/** The quote of the key that is wrong. */
export let tableKey: usize = 0;
/** The index of the element; -1 if the error is not in an array. */
export let tableElement: i32 = -1;

/** Whether the contents of a table changed since sessions were evaluated. */
export let hasChangedTable: bool = false;

export function forgetChanges(): void {
  hasChangedTable = false;
}

// The description being read, and whether this is the second pass.
let table: usize = 0;
let building: bool = false;

// The positions of the keys of the current entry, and of the first fault.
let firstAt: u32 = NOWHERE;
let secondAt: u32 = NOWHERE;
let faultFirstAt: u32 = NOWHERE;
let faultSecondAt: u32 = NOWHERE;

// Counted in the first pass, and used up in the second.
let groups: i32 = 0;
let entries: i32 = 0;
let elements: i32 = 0;
let textBytes: usize = 0;

// Where the second pass writes next.
let nextEntry: usize = 0;
let nextElement: usize = 0;
let nextText: usize = 0;
let hashTable: usize = 0;
let groupTable: usize = 0;
let nextGroup: usize = 0;

/** The cells of the keys of the current entry, with room for one after them, and of its value and an element. */
const keyCell: usize = memory.data(3 * offsetof<Cell>());
const valueCell: usize = memory.data(offsetof<Cell>());
const elementCell: usize = memory.data(offsetof<Cell>());

/** The address for a document of this length; 0: there is no room. */
export function tableText(length: i32): usize {
  forgetText();
  if (length < 0) return 0;
  const bytes = <usize>length + PADDING;
  text = take(bytes);
  textLength = length;
  return text;
}

/**
 * Fills the table from the document that was written; returns the code of the error, or 0. The document is
 * available until `forgetText`.
 */
export function loadTable(description: usize): i32 {
  if (text == 0) {
    tableCode = Code.NO_TABLE_ROOM;
    tableOffset = 0;
    return tableCode;
  }
  setErrorsAside();
  const start = mark();
  const wasExhausted = setExhausted(false);
  // The contents that such a request left there are never read.
  if (wasExhausted) release(ARENA);
  table = description;
  const code = fill();
  release(start);
  setExhausted(wasExhausted);
  takeErrorsBack();
  return code;
}

/** Discards the contents; every look-up misses. */
export function dropTable(description: usize): void {
  const held = load<u32>(description, offsetof<Description>('table'));
  const empty = load<u32>(description, offsetof<Description>('empty'));
  store<u32>(description, empty, offsetof<Description>('table'));
  if (held != empty) give(held);
  hasChangedTable = true;
}

export function forgetText(): void {
  if (text != 0) give(text);
  text = 0;
}

function fill(): i32 {
  building = false;
  noted = -1;
  groups = 0;
  entries = 0;
  elements = 0;
  textBytes = 0;
  faultFirstAt = NOWHERE;
  faultSecondAt = NOWHERE;
  readAll();
  if (errorSeverity > Severity.NONE) return tell(errorCode);
  if (HAS_CLOSED_TABLES && isClosed()) return fillClosed();
  return build(entries, elements) == 0 ? tellUnbuilt() : replaceTable();
}

/** The contents take effect. */
function replaceTable(): i32 {
  dropTable(table);
  store<u32>(table, <u32>hashTable, offsetof<Description>('table'));
  return tell(0);
}

// @ts-ignore: decorator
@inline
function isClosed(): bool {
  return load<u32>(table, offsetof<Description>('values')) == Values.CLOSED_SETS;
}

/** Builds the table twice: first to find what each key leads to, then with room for it. */
function fillClosed(): i32 {
  const kind = keyKind(column(FIRST_KEY));
  const queue = tryAllocate(QUEUE_BYTES);
  const count = entries;
  const direct = elements;
  // Each element can be a key without a row.
  const most = count + direct;
  if (queue == 0) return tell(Code.NO_TABLE_ROOM);
  const draft = build(most, direct);
  if (draft == 0) return tellUnbuilt();
  const isComplete = addRows(hashTable, draft, count, kind);
  const total = isComplete ? closeRows(hashTable, draft, count, kind, queue, 0) : 0;
  give(hashTable);
  if (!isComplete) return tell(Code.NO_TABLE_ROOM);
  if (total < 0) return tellUnclosed();
  const rows = build(most, direct + total);
  if (rows == 0) return tellUnbuilt();
  addRows(hashTable, rows, count, kind);
  closeRows(hashTable, rows, count, kind, queue, nextElement);
  return replaceTable();
}

function tellUnbuilt(): i32 {
  return tell(errorSeverity > Severity.NONE ? errorCode : Code.NO_TABLE_ROOM);
}

function tellUnclosed(): i32 {
  recordFault(unclosedCode, FIRST_KEY, Found.NOTHING, text + <usize>unclosedOffset);
  faultFirstAt = unclosedOffset;
  return tell(unclosedCode);
}

/** Builds the table with room for these entries and elements; returns the address of the first entry, or 0. */
function build(most: i32, mostElements: i32): usize {
  const slots = countSlots(most);
  const keys = keyCount();
  const start = tableBytes(slots);
  const room = <usize>mostElements * CELL;
  const block = take(start + <usize>most * (keys + 1) * CELL + room + textBytes);
  if (block == 0) return 0;
  if (keys == 2) {
    const groupSlots = countSlots(groups);
    const bytes = tableBytes(groupSlots) + <usize>groups * 2 * CELL;
    groupTable = take(bytes);
    if (groupTable == 0) {
      give(block);
      return 0;
    }
    beginTable(groupTable, groupSlots);
    nextGroup = groupTable + tableBytes(groupSlots);
  }
  beginTable(block, slots);
  hashTable = block;
  nextEntry = block + start;
  nextElement = nextEntry + <usize>most * (keys + 1) * CELL;
  nextText = nextElement + room;
  building = true;
  readAll();
  if (keys == 2) give(groupTable);
  if (errorSeverity > Severity.NONE) {
    give(block);
    return 0;
  }
  return block + start;
}

function tell(code: i32): i32 {
  // A key or value that does not fit the arena is reported like a table that does not fit.
  tableCode = code == Code.OUT_OF_MEMORY ? Code.NO_TABLE_ROOM : code;
  tablePlace = errorPath;
  tableFound = errorFound;
  // Offsets are relative to the start of the request's document.
  const offset = <i32>(INPUT + <usize>errorOffset - text);
  tableOffset = code == Code.NO_TABLE_ROOM ? 0 : offset;
  tableKey = text + <usize>offset;
  tableFirstKey = faultFirstAt == NOWHERE ? 0 : text + <usize>faultFirstAt;
  tableSecondKey = faultSecondAt == NOWHERE ? 0 : text + <usize>faultSecondAt;
  tableElement = errorIndexCount > 0 ? errorIndex(0) : -1;
  return tableCode;
}

function keyCount(): usize {
  return load<u32>(table, offsetof<Description>('keyCount'));
}

function column(place: i32): usize {
  return table + offsetof<Description>() + <usize>place * COLUMN;
}

function valueColumn(): usize {
  return column(<i32>keyCount());
}

/** A power of two, at least twice the number of entries. */
function countSlots(count: i32): i32 {
  let slots = 4;
  while (slots < 2 * count) slots *= 2;
  return slots;
}

function tableBytes(slots: i32): usize {
  return (offsetof<HashTable>() + <usize>slots * 4 + 15) & ~15;
}

/** Keys with colliding hashes must not make look-ups slow. */
function beginTable(address: usize, slots: i32): void {
  store<i32>(address, slots - 1, offsetof<HashTable>('mask'));
  store<i32>(address, PROBE_LIMIT, offsetof<HashTable>('maxProbes'));
  memory.fill(address + offsetof<HashTable>(), 0, <usize>slots * 4);
}

// --- reading -------------------------------------------------------------------------------------

function readAll(): void {
  firstAt = NOWHERE;
  secondAt = NOWHERE;
  let p = readObject(beginText(text, textLength), FIRST_KEY);
  if (p != 0) expectEnd(p);
}

/** Reads the object whose names are the key with this index. */
function readObject(p: usize, place: i32): usize {
  const depth = place + 1;
  if (load<u8>(p) != 0x7b) {
    const kind = classifyValue(p);
    if (kind != 0) recordFault(Code.WRONG_TYPE, place, kind, p);
    noteFault();
    return skipValue(p, depth);
  }
  p = enter(p, depth);
  if (p == 0) return 0;
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    const top = mark();
    p = readMember(p, place);
    release(top);
    if (p == 0) return 0;
    p = skipSpace(p);
    const byte = load<u8>(p);
    if (byte == 0x7d) return p + 1;
    if (byte != 0x2c) return failText(Code.NOT_JSON, p);
    p = skipSpace(p + 1);
  }
}

function readMember(p: usize, place: i32): usize {
  if (load<u8>(p) != 0x22) return failText(Code.NOT_JSON, p);
  const cell = keyCell + <usize>place * CELL;
  const at = p;
  p = readKey(p, column(place), cell, place);
  if (p == 0) return 0;
  noteFault();
  const offset = <u32>(at - text);
  if (place == FIRST_KEY) firstAt = offset;
  else secondAt = offset;
  if (isKnown(cell)) storeText(column(place), cell);
  p = skipColon(p);
  if (p == 0) return 0;
  const isGroup = place + 1 < <i32>keyCount();
  if (isGroup) {
    groups += 1;
    if (building) refuseKey(openGroup(cell), at, place);
    p = readObject(p, SECOND_KEY);
  } else {
    p = readValue(p, at, place);
  }
  if (place == FIRST_KEY) firstAt = NOWHERE;
  secondAt = NOWHERE;
  return p;
}

/** Inserts a key that contains others; returns the result of `insert`. */
function openGroup(cell: usize): i32 {
  const entry = nextGroup;
  nextGroup += 2 * CELL;
  memory.copy(entry, cell, CELL);
  return insert(groupTable, entry, 1, keyKind(column(FIRST_KEY)), 0);
}

/** Reads the value of the last key, whose quote is at `name`. */
function readValue(p: usize, name: usize, place: i32): usize {
  p = load<u32>(table, offsetof<Description>('values')) == Values.SCALARS
    ? readScalar(p, place + 2)
    : readElements(p, place + 2);
  if (p == 0) return 0;
  entries += 1;
  if (!building) return p;
  const keys = keyCount();
  const entry = nextEntry;
  nextEntry += (keys + 1) * CELL;
  memory.copy(entry, keyCell, keys * CELL);
  if (HAS_CLOSED_TABLES) noteOffset(entry, <u32>(name - text));
  memory.copy(entry + keys * CELL, valueCell, CELL);
  const second = keys == 2 ? keyKind(column(SECOND_KEY)) : 0;
  refuseKey(insert(hashTable, entry, <i32>keys, keyKind(column(FIRST_KEY)), second), name, place);
  return p;
}

function readScalar(p: usize, depth: i32): usize {
  p = readColumn(p, valueColumn(), valueCell, VALUE, depth);
  noteFault();
  if (p != 0 && isKnown(valueCell)) storeText(valueColumn(), valueCell);
  return p;
}

function readElements(p: usize, depth: i32): usize {
  const start = p;
  if (load<u8>(p) != 0x5b) {
    const kind = classifyValue(p);
    if (kind != 0) recordFault(Code.WRONG_TYPE, VALUE, kind, p);
    noteFault();
    return skipValue(p, depth);
  }
  p = enter(p, depth);
  if (p == 0) return 0;
  const first = nextElement;
  let count = 0;
  if (load<u8>(p) != 0x5d) {
    pushIndex(0);
    while (true) {
      setIndex(count);
      const top = mark();
      p = count < ELEMENT_LIMIT ? readElement(p, depth + 1) : skipValue(p, depth + 1);
      release(top);
      if (p == 0) return 0;
      count += 1;
      p = skipSpace(p);
      const byte = load<u8>(p);
      if (byte == 0x5d) break;
      if (byte != 0x2c) return failText(Code.NOT_JSON, p);
      p = skipSpace(p + 1);
    }
    popIndex();
  }
  if (count > ELEMENT_LIMIT) recordFault(Code.TOO_MANY, VALUE, Found.NOTHING, start);
  noteFault();
  if (building) {
    const kept = holdsBytes(valueColumn()) ? dedupeBytes(first, count) : dedupeWords(first, count);
    storeCollection(valueCell, first, kept, false);
  }
  return p + 1;
}

function readElement(p: usize, depth: i32): usize {
  p = readColumn(p, valueColumn(), elementCell, ELEMENT, depth);
  noteFault();
  elements += 1;
  if (p == 0 || !isKnown(elementCell)) return p;
  storeText(valueColumn(), elementCell);
  if (building) {
    memory.copy(nextElement, elementCell, CELL);
    nextElement += CELL;
  }
  return p;
}

/**
 * Strings are counted in the first pass and copied in the second, because they must outlive the document.
 */
function storeText(type: usize, cell: usize): void {
  if (!holdsBytes(type)) return;
  const length = <usize>load<u32>(cell, offsetof<Cell>('length'));
  if (!building) {
    textBytes += length;
    return;
  }
  memory.copy(nextText, pointerIn(cell), length);
  store<u32>(cell, <u32>nextText, offsetof<Cell>('pointer'));
  nextText += length;
}

/** Records the result of `insert` for the key whose quote is at `name`, unless it is 0. */
function refuseKey(code: i32, name: usize, place: i32): void {
  if (code == 0) return;
  recordFault(code, place, Found.NOTHING, name);
  noteFault();
}

/** The offset of the last fault whose keys were noted. */
let noted: i32 = -1;

function noteFault(): void {
  if (errorSeverity == Severity.NONE || errorOffset == noted) return;
  noted = errorOffset;
  faultFirstAt = firstAt;
  faultSecondAt = secondAt;
}
