// Writes the values of cells: as JSON, and as messages show them. The kinds of values and the texts of enums
// and booleans are in tables of the compiler.

import { CELL, lengthIn, pointerIn, storeBytes, wordIn } from '../memory/cells';
import {
  putAddress, putByte, putDuration, putEscaped, putFragment, putInstant, putInteger, putQuotient, textEnd, moveWriter,
} from './text-writer';

/** The kind of a value, as the compiler numbers it. */
export namespace Kind {
  export const BOOL: u32 = 0;
  export const INT: u32 = 1;
  export const DECIMAL: u32 = 2;
  export const STRING: u32 = 3;
  export const INSTANT: u32 = 4;
  export const DURATION: u32 = 5;
  export const ADDRESS: u32 = 6;
  export const ENUM: u32 = 7;
  /** Added to the kind of the elements. */
  export const SET: u32 = 16;
}

/** A value that a response can contain. */
@unmanaged
export class ValueRow {
  /** The fragment before it. */
  before!: u32;
  /** The cell of the value; 0: there is only the fragment. */
  cell!: u32;
  /** As in `Kind`. */
  kind!: u32;
  /** The fragments of an enum's members, or of `false` and `true`. */
  members!: u32;
}

const MILLION: u64 = 1000000;
const THOUSAND: u64 = 1000;
const QUOTE: u32 = 0x22;

/** Writes a value as messages show it; it is not a set. */
export function putShown(cell: usize, kind: u32, members: usize): void {
  if (kind == Kind.INT) putInteger(wordIn(cell));
  else if (kind == Kind.DECIMAL) putQuotient(wordIn(cell), MILLION);
  else if (kind == Kind.STRING) putEscaped(pointerIn(cell), lengthIn(cell));
  else if (kind == Kind.INSTANT) putInstant(wordIn(cell));
  else if (kind == Kind.DURATION) putDuration(wordIn(cell));
  else if (kind == Kind.ADDRESS) putAddress(pointerIn(cell), lengthIn(cell));
  else putFragment(load<u32>(members + (<usize>wordIn(cell) << 2)));
}

/** Writes a value as JSON. `sorted`: room to sort the elements of a set in, a cell for each. */
export function putJson(cell: usize, kind: u32, members: usize, sorted: usize): void {
  if (kind & Kind.SET) {
    putSet(pointerIn(cell), lengthIn(cell), kind & ~Kind.SET, members, sorted);
    return;
  }
  if (kind == Kind.DURATION) {
    putQuotient(wordIn(cell), THOUSAND);
    return;
  }
  const isNumber = kind <= Kind.DECIMAL;
  if (!isNumber) putByte(QUOTE);
  putShown(cell, kind, members);
  if (!isNumber) putByte(QUOTE);
}

/** Writes known elements in order: numbers by value, strings and addresses by the code points of their texts. */
function putSet(elements: usize, count: i32, kind: u32, members: usize, sorted: usize): void {
  const texts = sorted + <usize>count * CELL;
  if (kind == Kind.ADDRESS) {
    storeTexts(elements, count, sorted, texts);
    kind = Kind.STRING;
  } else memory.copy(sorted, elements, <usize>count * CELL);
  sort(sorted, count, kind == Kind.STRING);
  putByte(0x5b);
  const end = sorted + <usize>count * CELL;
  for (let cell = sorted; cell < end; cell += CELL) {
    if (cell > sorted) putByte(0x2c);
    putJson(cell, kind, members, 0);
  }
  putByte(0x5d);
}

/** Writes the texts of addresses, and stores them in cells. */
function storeTexts(elements: usize, count: i32, cells: usize, texts: usize): void {
  const before = moveWriter(texts);
  let text = texts;
  for (let at = 0; at < count; at += 1) {
    const element = elements + <usize>at * CELL;
    putAddress(pointerIn(element), lengthIn(element));
    const end = textEnd();
    storeBytes(cells + <usize>at * CELL, text, <i32>(end - text));
    text = end;
  }
  moveWriter(before);
}

/** Sorts the values of cells in place by heapsort, which is never quadratic. */
function sort(cells: usize, count: i32, isText: bool): void {
  for (let root = (count >> 1) - 1; root >= 0; root -= 1) sink(cells, root, count, isText);
  for (let last = count - 1; last > 0; last -= 1) {
    swap(cells, cells + <usize>last * CELL);
    sink(cells, 0, last, isText);
  }
}

/** Moves an element down until no child is greater. */
function sink(cells: usize, root: i32, count: i32, isText: bool): void {
  for (;;) {
    let child = 2 * root + 1;
    if (child >= count) return;
    const left = cells + <usize>child * CELL;
    if (child + 1 < count && isLess(left, left + CELL, isText)) child += 1;
    const parent = cells + <usize>root * CELL;
    const greatest = cells + <usize>child * CELL;
    if (!isLess(parent, greatest, isText)) return;
    swap(parent, greatest);
    root = child;
  }
}

function swap(a: usize, b: usize): void {
  const first = load<u64>(a);
  const second = load<u64>(b);
  store<u64>(a, second);
  store<u64>(b, first);
}

function isLess(a: usize, b: usize, isText: bool): bool {
  if (!isText) return wordIn(a) < wordIn(b);
  const n = lengthIn(a);
  const m = lengthIn(b);
  const order = memory.compare(pointerIn(a), pointerIn(b), min(n, m));
  return order != 0 ? order < 0 : n < m;
}
