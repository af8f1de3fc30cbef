// Closes the sets of a transitive table: the set of a key gets all keys that it leads to, step by step. An element
// without a row leads nowhere, and gets a row with an empty set.

import { CELL, Cell, lengthIn, pointerIn, storeCollection, wordIn } from '../memory/cells';
import { Code } from '../reading/errors';
import { ELEMENT_LIMIT } from '../layout';
import { find1, insert, KEY_BYTES } from './tables';

/** The result of `reach` for a key that leads to itself. */
const CYCLE: i32 = -1;
const TOO_MANY: i32 = ELEMENT_LIMIT + 1;
/** The bytes of the queue that the functions take. */
export const QUEUE_BYTES: usize = <usize>ELEMENT_LIMIT * 4;

/** The unused part of a cell: of a key, the offset of its name in the document; of a value, the last key that led to it. */
const NOTE: usize = offsetof<Cell>('reserved');

// @ts-ignore: decorator
@inline
export function noteOffset(key: usize, offset: u32): void {
  store<u32>(key, offset, NOTE);
}

/** The error of `closeRows`: its code, and the offset of the key in the document. */
export let unclosedCode: i32 = 0;
export let unclosedOffset: u32 = 0;

/** The value of the key that equals the cell; 0: there is none. */
function findValue(table: usize, kind: i32, cell: usize): usize {
  return kind == KEY_BYTES
    ? find1(table, kind, <i64>pointerIn(cell), lengthIn(cell))
    : find1(table, kind, wordIn(cell), 0);
}

/**
 * Adds a row for each element of the first `count` rows that has none; there must be room after them. Returns false if one
 * cannot be inserted.
 */
export function addRows(table: usize, rows: usize, count: i32, kind: i32): bool {
  let next = rows + <usize>count * 2 * CELL;
  for (let at = 0; at < count; at += 1) {
    const value = rows + <usize>at * 2 * CELL + CELL;
    const end = <usize>pointerIn(value) + <usize>lengthIn(value) * CELL;
    for (let element = <usize>pointerIn(value); element < end; element += CELL) {
      if (findValue(table, kind, element) != 0) continue;
      memory.copy(next, element, CELL);
      storeCollection(next + CELL, end, 0, false);
      store<u32>(next + CELL, 0, NOTE);
      if (insert(table, next, 1, kind, 0) != 0) return false;
      next += 2 * CELL;
    }
  }
  return true;
}

/**
 * Closes the sets of the first `count` rows, with elements from `to` on. If `to` is 0, only counts the elements: returns
 * their number, or -1 after an error.
 */
export function closeRows(table: usize, rows: usize, count: i32, kind: i32, queue: usize, to: usize): i32 {
  let total = 0;
  for (let at = 0; at < count; at += 1) {
    const key = rows + <usize>at * 2 * CELL;
    const reached = reach(table, key + CELL, kind, queue, <u32>at + 1);
    if (reached == CYCLE || reached == TOO_MANY) {
      unclosedCode = reached == CYCLE ? Code.CYCLE : Code.TOO_MANY;
      unclosedOffset = load<u32>(key, NOTE);
      return -1;
    }
    total += reached;
    if (to == 0) continue;
    storeCollection(key + CELL, to, reached, false);
    for (let each: usize = 0; each < <usize>reached; each += 1) {
      memory.copy(to, <usize>load<u32>(queue + (each << 2)) - CELL, CELL);
      to += CELL;
    }
  }
  return total;
}

/** Queues the values of all keys that `value` leads to, nearest first; returns their number. */
function reach(table: usize, value: usize, kind: i32, queue: usize, mark: u32): i32 {
  let count = 0;
  let from = value;
  let at: usize = 0;
  while (true) {
    const end = <usize>pointerIn(from) + <usize>lengthIn(from) * CELL;
    for (let element = <usize>pointerIn(from); element < end; element += CELL) {
      const next = findValue(table, kind, element);
      if (next == value) return CYCLE;
      if (load<u32>(next, NOTE) == mark) continue;
      store<u32>(next, mark, NOTE);
      if (count == ELEMENT_LIMIT) return TOO_MANY;
      store<u32>(queue + (<usize>count << 2), <u32>next);
      count += 1;
    }
    if (at == <usize>count << 2) return count;
    from = load<u32>(queue + at);
    at += 4;
  }
}
