// Which error is stored, with which element indexes, and the behavior when memory is exhausted.

import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

function indexes(): number[] {
  const count = exports.errorIndexCount.value;
  return Array.from({ length: count }, (_, at) => exports.errorIndex(at));
}

test('the most severe error is stored, and among equals the first in the document', () => {
  library.begin('');
  exports.record(1, 17, 3, 0, 50);
  exports.record(1, 16, 4, 2, 20);
  exports.record(1, 16, 5, 2, 20);
  expect(library.finding()).toEqual({ severity: 1, code: 16, path: 4, found: 2, offset: 20 });
  exports.record(2, 6, 0, 0, 90);
  exports.record(1, 16, 4, 2, 0);
  expect(library.finding()).toEqual({ severity: 2, code: 6, path: 0, found: 0, offset: 90 });
  library.begin('');
  expect(library.finding()).toBeUndefined();
});

test('an error has the indexes of the arrays around it', () => {
  library.begin('');
  exports.pushIndex(0);
  exports.setIndex(7);
  exports.pushIndex(0);
  exports.setIndex(2);
  exports.record(1, 16, 4, 2, 20);
  exports.popIndex();
  exports.setIndex(8);
  expect(indexes()).toEqual([7, 2]);
  exports.record(1, 16, 4, 2, 10);
  expect(indexes()).toEqual([8]);
});

test('an error has at most four indexes', () => {
  library.begin('');
  for (let index = 1; index <= 9; index += 1) exports.pushIndex(index);
  exports.record(1, 16, 4, 2, 20);
  expect(indexes()).toEqual([1, 2, 3, 4]);
});

test('the arena allocates aligned memory, and frees it', () => {
  library.begin('');
  const first = exports.allocate(1);
  const marked = exports.mark();
  expect(exports.allocate(20)).toBe(first + 16);
  exports.release(marked);
  expect(exports.allocate(16)).toBe(first + 16);
});

test('a full arena is an error, and its memory is safe to write', () => {
  library.begin('');
  const maxBytes = 65_536;
  for (
    let taken = exports.ARENA.value;
    taken + maxBytes <= exports.ARENA_END.value;
    taken += maxBytes
  ) {
    expect(exports.allocate(maxBytes)).toBe(taken);
  }
  expect(library.finding()).toBeUndefined();
  const address = exports.allocate(maxBytes);
  expect(library.finding()).toEqual({ severity: 2, code: 7, path: 0, found: 0, offset: 0 });
  expect(address).toBeGreaterThanOrEqual(exports.ARENA.value);
  expect(address + maxBytes).toBeLessThanOrEqual(exports.ARENA_END.value);
});

test('strings and sets are empty once the arena is full', () => {
  const p = library.begin('"a\\nb"');
  const word = library.scratch(16);
  library.writeCell(word, 5n);
  while (library.finding() === undefined) exports.allocate(65_536);
  expect(exports.readText(p)).toBe(p + 6);
  expect(exports.textLen.value).toBe(0);
  expect(exports.unionWords(word, 1, word, 1) >> 32n).toBe(0n);
  expect(exports.lowerAscii(exports.INPUT.value, 3) >> 32n).toBe(0n);
});
