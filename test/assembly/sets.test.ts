// Compares sets of strings and of numbers with JavaScript's Set.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library, unpair } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

type Element = string | bigint;
const operations = [
  'unionBytes',
  'unionWords',
  'intersectBytes',
  'intersectWords',
  'minusBytes',
  'minusWords',
] as const;

/** Writes an array of cells; those with an index in `unknown` are unknown. */
function write(elements: readonly Element[], unknown: ReadonlySet<number> = new Set()): number {
  const array = library.scratch(elements.length * 16);
  for (const [at, element] of elements.entries()) {
    library.writeCell(array + at * 16, element, !unknown.has(at));
  }
  return array;
}

function readElement(cell: number, isBytes: boolean): Element {
  const content = library.readCell(cell);
  return isBytes ? library.readText(content) : content.value;
}

function readSet(pair: bigint, isBytes: boolean): Element[] {
  const { pointer, length } = unpair(pair);
  return Array.from({ length }, (_, at) => {
    const cell = pointer + at * 16;
    expect(library.readCell(cell)).toMatchObject({ presence: 1, known: 1 });
    return readElement(cell, isBytes);
  });
}

const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'ab', 'tickets.read', 'tickets.reaf', 'tickets.write', 'é'),
  fc.string({ unit: 'grapheme', maxLength: 24 }),
);
const word = fc.oneof(
  fc.bigInt({ min: -2n, max: 6n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const options = { maxLength: 12 };
const kinds = [
  { kind: 'Bytes', element: text as fc.Arbitrary<Element> },
  { kind: 'Words', element: word as fc.Arbitrary<Element> },
] as const;

test.each(kinds)('operations on sets of $kind match JavaScript', ({ kind, element }) => {
  const isBytes = kind === 'Bytes';
  const set = fc.uniqueArray(element, options);
  fc.assert(
    fc.property(set, set, fc.boolean(), (a, other, isPart) => {
      const b = isPart
        ? a.slice(0, 3).concat(other.filter((x) => !a.includes(x)).slice(0, 1))
        : other;
      library.begin('');
      const operands = [write(a), a.length, write(b), b.length] as const;
      const inA = new Set(a);
      const inB = new Set(b);
      const run = (name: (typeof operations)[number]) =>
        new Set(readSet(exports[name](...operands), isBytes));
      expect(run(`union${kind}`)).toEqual(new Set([...a, ...b]));
      expect(run(`intersect${kind}`)).toEqual(new Set(a.filter((x) => inB.has(x))));
      expect(run(`minus${kind}`)).toEqual(new Set(a.filter((x) => !inB.has(x))));
      expect(exports[`within${kind}`](...operands)).toBe(a.every((x) => inB.has(x)) ? 1 : 0);
      expect(exports[`intersects${kind}`](...operands)).toBe(b.some((x) => inA.has(x)) ? 1 : 0);
      for (const x of [...a, ...b]) expect(has(operands[0], a.length, x)).toBe(inA.has(x) ? 1 : 0);
    }),
    { numRuns: 500 },
  );
});

function has(set: number, count: number, element: Element): number {
  if (typeof element === 'bigint') return exports.hasWord(set, count, element);
  const { pointer, length } = library.put(element);
  return exports.hasBytes(set, count, pointer, length);
}

test.each(kinds)(
  'removes duplicates among known $kind, and keeps unknown ones',
  ({ kind, element }) => {
    const elements = fc.array(fc.record({ element, known: fc.boolean() }), { maxLength: 20 });
    fc.assert(
      fc.property(elements, (given) => {
        library.begin('');
        const unknown = new Set(given.flatMap(({ known }, at) => (known ? [] : [at])));
        const array = write(
          given.map((each) => each.element),
          unknown,
        );
        const count = exports[`dedupe${kind}`](array, given.length);
        const left = Array.from({ length: count }, (_, at) => {
          const cell = array + at * 16;
          return {
            element: readElement(cell, kind === 'Bytes'),
            known: library.readCell(cell).known === 1,
          };
        });
        const expected = given.filter(
          ({ element: value, known }, at) =>
            !known || given.findIndex((other) => other.known && other.element === value) === at,
        );
        expect(left).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  },
);

test('ignores unknown elements', () => {
  library.begin('');
  const set = write([1n, 2n], new Set([1]));
  const other = write([1n, 3n]);
  expect(exports.hasWord(set, 2, 2n)).toBe(0);
  expect(exports.withinWords(set, 2, other, 2)).toBe(1);
  expect(readSet(exports.unionWords(set, 2, other, 2), false)).toEqual([1n, 3n]);
  expect(readSet(exports.minusWords(set, 2, other, 2), false)).toEqual([]);
});
