// Compares constant tables with one and two keys with a JavaScript Map.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';
import { type Key, writeTable } from '../support/modules/assembly-table.ts';

const library = await Library.load();
const { exports } = library;

const bytesKey = 0;
const wordKey = 1;

function toArguments(key: Key): [number, bigint, number] {
  if (typeof key === 'bigint') return [wordKey, key, 0];
  const { pointer, length } = library.put(key);
  return [bytesKey, BigInt(pointer), length];
}

function find(table: number, keys: readonly Key[]): bigint | undefined {
  const [first, second] = keys.map(toArguments) as [
    [number, bigint, number],
    [number, bigint, number]?,
  ];
  const cell =
    second === undefined
      ? exports.find1(table, ...first)
      : exports.find2(table, ...first, ...second);
  return cell === 0 ? undefined : library.readCell(cell).value;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('', 'a', 'ab', 'b', 'tool.invoke'),
);
const word = fc.bigInt({ min: -3n, max: 2n ** 62n });
const shapes: [string, fc.Arbitrary<Key[]>][] = [
  ['a string', fc.tuple(text)],
  ['a word', fc.tuple(word)],
  ['two strings', fc.tuple(text, text)],
  ['a string and a word', fc.tuple(text, word)],
  ['a word and a string', fc.tuple(word, text)],
];
const name = (keys: readonly Key[]) => keys.map((key) => `${typeof key} ${key}`).join('\0\0');

test.each(shapes)('finds all keys of tables by %s, and no others', (_, keys) => {
  const entries = fc.uniqueArray(keys, { selector: name, maxLength: 40 });
  fc.assert(
    fc.property(
      entries,
      fc.array(keys, { maxLength: 10 }),
      fc.boolean(),
      (stored, others, isTight) => {
        library.begin('');
        const rows = stored.map((each, at) => ({ keys: each, value: BigInt(at) - 2n }));
        const values = new Map(rows.map((row) => [name(row.keys), row.value]));
        const tight = 2 ** Math.ceil(Math.log2(Math.max(1, rows.length)));
        const table = writeTable(library, rows, keyCount(rows), isTight ? tight : tight * 2);
        for (const each of [...stored, ...others])
          expect(find(table, each)).toBe(values.get(name(each)));
      },
    ),
    { numRuns: 150 },
  );
});

function keyCount(rows: readonly { keys: readonly Key[] }[]): number {
  return rows[0]?.keys.length ?? 1;
}

test('keys of two strings are unambiguous', () => {
  library.begin('');
  const table = writeTable(library, [{ keys: ['ab', 'c'], value: 1n }], 2, 2);
  expect(find(table, ['a', 'bc'])).toBeUndefined();
  expect(find(table, ['ab', 'c'])).toBe(1n);
});
