// Compares the compiler's bounds for calls of the assembly library with the steps of the most expensive
// calls: the bounds are never lower, and not much higher.

import { encodeAddress } from '@nhipol/language/types';
import { expect, test } from 'vitest';
import { costCall } from '../../compiler/bounds/functions.ts';
import type { Size } from '../../compiler/bounds/size.ts';
import { encodeAutomaton, encodePattern } from '../../compiler/emit/data/patterns.ts';
import { glob, requirePattern } from '../support/arbitraries/patterns.ts';
import { functionsThereAre } from '../support/constructs/existing.ts';
import { Library } from '../support/modules/assembly-harness.ts';
import { counting } from '../support/modules/step-counter.ts';

const library = await Library.load(undefined, counting);
const exports = library.exports as unknown as Readonly<
  Record<string, (...args: (number | bigint)[]) => unknown>
>;
const counter = (library.exports as unknown as { readonly steps: { value: bigint } }).steps;

interface Argument {
  readonly passed: readonly (number | bigint)[];
  readonly size: Size;
}

const word = (value: bigint): Argument => ({ passed: [value], size: { count: 0, bytes: 0 } });

function text(content: string | Uint8Array): Argument {
  const { pointer, length } = library.put(content);
  return { passed: [pointer, length], size: { count: 0, bytes: length } };
}

function set(elements: readonly (string | bigint | Uint8Array)[]): Argument {
  const cells = library.scratch(elements.length * 16);
  let bytes = 0;
  for (const [at, element] of elements.entries()) {
    if (element instanceof Uint8Array) {
      library.writeCell(cells + at * 16, '');
      library.setWord32(cells + at * 16, library.put(element).pointer);
      library.setWord32(cells + at * 16 + 4, element.length);
      bytes += element.length;
    } else {
      library.writeCell(cells + at * 16, element);
      bytes += typeof element === 'string' ? element.length : 0;
    }
  }
  return { passed: [cells, elements.length], size: { count: elements.length, bytes } };
}

/** Strings of equal length that differ in the last characters only. */
function alike(count: number, length: number, mark: string): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const end = mark + String.fromCharCode(97 + (at >> 4), 97 + (at & 15));
    return end.padStart(length, 'a').slice(-length);
  });
}

const words = (count: number, from: number) =>
  Array.from({ length: count }, (_, at) => BigInt(from + at));

/** One byte more than is compared at once, with the difference in the last. */
const nineBytes = (from: number) =>
  Array.from({ length: 40 }, (_, at) => `aaaaaaaa${String.fromCharCode(from + at)}`);

const textSets = () => [
  [set(nineBytes(48)), set(nineBytes(88))],
  ...[
    [250, 7],
    [12, 4000],
  ].map(([count = 0, length = 0]) => [
    set(alike(count, length, 'x')),
    set(alike(count, length, 'y')),
  ]),
];
const wordSets = () => [[set(words(200, 0)), set(words(200, 1000))]];
const texts = () => [[text('a'.repeat(4000)), text('a'.repeat(4000))]];
const one = () => [...['a'.repeat(4000), 'aaa'].map((content) => [text(content)])];
const spiffe = () => [
  [text(`spiffe://a${'/a'.repeat(1000)}`)],
  [text(`spiffe://${'a'.repeat(255)}`)],
];
const addresses = () =>
  ['1:2:3:4:5:6:7:8', '1111:2222:3333:4444:5555:6666:255.255.255.255', '255.255.255.255'].map(
    (content) => [text(content)],
  );
const numbers = () => [[word(3n), word(2n)], [word(3n)]];
const huge = () => [[word(2n ** 62n), word(2n ** 62n - 1n)]];
const ip = () => text(encodeAddress('10.0.0.1'));
const network = (written = '10.0.0.0/31') => text(encodeAddress(written));
const networks = () =>
  set(Array.from({ length: 200 }, (_, at) => encodeAddress(`10.0.1.${at}/32`)));
const pattern = () => {
  const { pointer } = library.put(encodeAutomaton(requirePattern(glob('**')).bytes));
  return [[{ ...text('a'.repeat(4000)), passed: [...text('a'.repeat(4000)).passed, pointer] }]];
};

const separators = () => {
  const { pointer } = library.put(encodePattern(requirePattern(glob('/'.repeat(200)))));
  return [[text('/'.repeat(200)), { size: { count: 1, bytes: 0 }, passed: [pointer] }]];
};

/** The most expensive arguments for each function. */
const mostExpensive: Readonly<Record<string, () => readonly (readonly Argument[])[]>> = {
  ...byName(['add', 'sub', 'mul', 'div'], () => [numbers()[0] ?? []]),
  ...byName(['addChecked', 'subChecked', 'mulChecked', 'divChecked'], () => [numbers()[0] ?? []]),
  ...byName(['neg', 'negChecked', 'toMillionths', 'toMillionthsChecked'], () => [[word(3n)]]),
  ...byName(['decimalProduct', 'decimalQuotient', 'decimalShare'], huge),
  ...byName(['inBytes', 'notInBytes'], () => [
    [text('aaaaaaaa!'), set(nineBytes(48))],
    [text('y'.padStart(4000, 'a')), set(alike(12, 4000, 'x'))],
  ]),
  ...byName(['inWords', 'notInWords'], () => [[word(-1n), set(words(200, 0))]]),
  ...byName(
    ['within', 'notWithin', 'intersects', 'union', 'intersect', 'minus'].map((n) => `${n}Bytes`),
    () =>
      textSets().flatMap(([a, b]) =>
        a && b
          ? [
              [a, b],
              [a, a],
            ]
          : [],
      ),
  ),
  ...byName(
    ['within', 'notWithin', 'intersects', 'union', 'intersect', 'minus'].map((n) => `${n}Words`),
    () =>
      wordSets().flatMap(([a, b]) =>
        a && b
          ? [
              [a, b],
              [a, a],
            ]
          : [],
      ),
  ),
  ...byName(['startsWith', 'endsWith'], texts),
  ...byName(['normalPath'], () => [[text('a/'.repeat(2000))], [text('\uff0d'.repeat(1300))]]),
  nonEmpty: () => [[text('a')]],
  ...byName(['segment', 'rootSegment'], () => [
    [text('\uff0d'.repeat(1300)), word(0n), word(0n)],
    [text(`/${'a'.repeat(4000)}/`), word(0n), word(0n)],
  ]),
  pathAfter: () => [[word(0n), text('\uff0d'.repeat(1300))]],
  ...byName(['afterRoot', 'underPath'], texts),
  underParts: () => [[word(7n), text('a'.repeat(4000)), text('/a')]],
  ...byName(['afterText', 'beforeText'], texts),
  ...byName(['afterInteger', 'beforeInteger', 'afterRootInteger'], () => [
    [text('-9223372036854775808'), word(-(2n ** 63n))],
  ]),
  ...byName(['isFound', 'isConsumed'], () => [[text('a')]]),
  pathAfterInteger: () => [[word(0n), word(-(2n ** 63n))]],
  joinText: () => [[text(''), text('a')]],
  joinInteger: () => [[text(''), word(-(2n ** 63n))]],
  contains: () => [[text('a'.repeat(4000)), text(`${'a'.repeat(200)}b`)]],
  ...byName(['lowerAscii', 'codePointCount'], one),
  ...byName(['toSpiffe', 'spiffeTrustDomain', 'spiffePath'], spiffe),
  matches: () => [...pattern(), ...separators()],
  ...byName(['toIp'], addresses),
  toInt: () => [[text('-9223372036854775808')]],
  toQuantity: () => [
    [text(`${5n ** 26n}e-32`)],
    [text(`${5n ** 26n}`)],
    [text(`${'0'.repeat(4000)}1Ti`)],
    [text('1'.repeat(4000))],
  ],
  toCidr: () => [...addresses(), [text('1111:2222:3333:4444:5555:6666:255.255.255.255/128')]],
  addressVersion: () => [[ip()]],
  prefixLength: () => [[network()]],
  ...byName(['ipInCidr', 'ipNotInCidr'], () => [[ip(), network()]]),
  ...byName(['ipInCidrs', 'ipNotInCidrs'], () => [[ip(), networks()]]),
  ...byName(['cidrWithin', 'cidrNotWithin', 'cidrIntersects'], () => [
    [network(), network('10.0.0.2/31')],
  ]),
  readCount: () => [[set(words(3, 0))]],
};

function byName<T>(names: readonly string[], make: T): Readonly<Record<string, T>> {
  return Object.fromEntries(names.map((name) => [name, make]));
}

test.each([...functionsThereAre()].sort())('the bound of %s is tight', (name) => {
  library.begin('');
  let closest = 0;
  for (const args of mostExpensive[name]?.() ?? expect.fail('no most expensive arguments')) {
    const call = exports[name] ?? expect.fail('the library has no such function');
    counter.value = 0n;
    call(...args.flatMap(({ passed }) => passed));
    const steps = Number(counter.value);
    const { steps: bound } = costCall(
      name,
      args.map(({ size }) => size),
    );
    expect(steps, JSON.stringify(args.map(({ size }) => size))).toBeLessThanOrEqual(bound);
    closest = Math.max(closest, steps / bound);
  }
  expect(closest).toBeGreaterThanOrEqual(0.5);
});
