// Compares `int` and `quantity` of the library and of the evaluator with a reader of their grammars that computes with
// fractions, on strings that are numbers or almost numbers.

import { builtins } from '@nhipol/language/types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';
import { fits } from '../support/references/decimal-reference.ts';

const library = await Library.load();
const { exports } = library;

type Result = bigint | 'unknown';

function byModule(name: 'toInt' | 'toQuantity', text: string): Result {
  library.begin('');
  const { pointer, length } = library.put(text);
  const value = exports[name](pointer, length);
  return exports.ok.value === 1 ? value : 'unknown';
}

function byEvaluator(name: 'int' | 'quantity', text: string): Result {
  const value = builtins
    .get(name)
    ?.resolve([{ kind: 'String' }])
    ?.evaluate([text]);
  return (value as bigint | undefined) ?? 'unknown';
}

// --- the reference -------------------------------------------------------------------------------

/** Takes characters from the start of a string. */
class Cursor {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  get rest(): string {
    return this.#rest;
  }

  takeWhile(characters: string): string {
    let count = 0;
    while (count < this.#rest.length && characters.includes(this.#rest.charAt(count))) count += 1;
    return this.#take(count);
  }

  takeOne(characters: string): string {
    return characters.includes(this.#rest.charAt(0)) ? this.#take(1) : '';
  }

  #take(count: number): string {
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }
}

const numerals = '0123456789';

function readInt(text: string): Result {
  const cursor = new Cursor(text);
  const sign = cursor.takeOne('-') === '-' ? -1n : 1n;
  const digits = cursor.takeWhile(numerals);
  if (digits === '' || cursor.rest !== '') return 'unknown';
  if (digits.length > 1 && digits.startsWith('0')) return 'unknown';
  const value = sign * BigInt(digits);
  return fits(value) ? value : 'unknown';
}

/** The factor of each suffix as a fraction. */
const factors: Readonly<Record<string, readonly [bigint, bigint]>> = {
  n: [1n, 1_000_000_000n],
  u: [1n, 1_000_000n],
  m: [1n, 1_000n],
  '': [1n, 1n],
  k: [1_000n, 1n],
  ...Object.fromEntries(
    [...'KMGTPE'].map((letter, index) => [`${letter}i`, [1024n ** BigInt(index + 1), 1n]]),
  ),
  ...Object.fromEntries(
    [...'MGTPE'].map((letter, index) => [letter, [1000n ** BigInt(index + 2), 1n]]),
  ),
};

function findFactor(suffix: string): readonly [bigint, bigint] | undefined {
  if (Object.hasOwn(factors, suffix)) return factors[suffix];
  const cursor = new Cursor(suffix);
  if (cursor.takeOne('eE') === '') return undefined;
  const sign = cursor.takeOne('+-');
  const digits = cursor.takeWhile(numerals);
  if (digits === '' || cursor.rest !== '') return undefined;
  const power = 10n ** (BigInt(digits) < 500n ? BigInt(digits) : 500n);
  return sign === '-' ? [1n, power] : [power, 1n];
}

function readQuantity(text: string): Result {
  const cursor = new Cursor(text);
  const sign = cursor.takeOne('+-') === '-' ? -1n : 1n;
  const whole = cursor.takeWhile(numerals);
  const fraction = cursor.takeOne('.') === '' ? '' : cursor.takeWhile(numerals);
  const factor = findFactor(cursor.rest);
  if (whole + fraction === '' || factor === undefined) return 'unknown';
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return 0n;
  if (String(digits).replace(/0+$/, '').length > 19) return 'unknown';
  const numerator = digits * 1_000_000n * factor[0];
  const denominator = 10n ** BigInt(fraction.length) * factor[1];
  if (numerator % denominator !== 0n) return 'unknown';
  const value = (sign * numerator) / denominator;
  return fits(value) ? value : 'unknown';
}

// --- properties ----------------------------------------------------------------------------------

const sign = fc.constantFrom('', '', '-', '+');
const digits = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0012459'), maxLength: 21 }),
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  fc.nat({ max: 64 }).map((power) => String(2n ** BigInt(power))),
  fc.nat({ max: 27 }).map((power) => String(5n ** BigInt(power))),
  fc.constantFrom('9223372036854775807', '9223372036854775808', '9223372036854775809'),
);
const suffix = fc.oneof(
  fc.constantFrom(...Object.keys(factors)),
  fc.constantFrom('e', 'E', 'i', 'K', 'ki', 'ei', 'mi', 'Gib', ' ', 'e3i', 'ee3', 'e-', '.'),
  fc.tuple(fc.constantFrom('e', 'E'), sign, fc.nat({ max: 40 })).map((parts) => parts.join('')),
  fc.constantFrom('e99999999999', 'e-99999999999', 'e0000000000003', 'e-00000000000000000002'),
);
const fraction = fc.oneof(
  fc.constant(''),
  digits.map((each) => `.${each}`),
  fc.tuple(digits, fc.nat({ max: 30 })).map(([each, zeros]) => `.${each}${'0'.repeat(zeros)}`),
);
const almostNumbers = fc.oneof(
  fc.tuple(sign, digits).map((parts) => parts.join('')),
  fc.tuple(sign, digits, fraction, suffix).map((parts) => parts.join('')),
  fc.string({ unit: fc.constantFrom(...'01259.-+eEinumkKMGTP _'), maxLength: 8 }),
);

test('int takes the whole numbers of JSON that fit in 64 bits', () => {
  let known = 0;
  const property = fc.property(almostNumbers, (text) => {
    const expected = readInt(text);
    expect([byModule('toInt', text), byEvaluator('int', text)]).toEqual([expected, expected]);
    if (expected !== 'unknown') known += 1;
  });
  fc.assert(property, { numRuns: 10_000 });
  expect(known).toBeGreaterThan(500);
});

test('quantity takes the quantities of Kubernetes that are exact Decimals', () => {
  let known = 0;
  const property = fc.property(almostNumbers, (text) => {
    const expected = readQuantity(text);
    expect([byModule('toQuantity', text), byEvaluator('quantity', text)]).toEqual([
      expected,
      expected,
    ]);
    if (expected !== 'unknown') known += 1;
  });
  fc.assert(property, { numRuns: 20_000 });
  expect(known).toBeGreaterThan(2_000);
});

test('long strings are read like short ones', () => {
  const zeros = '0'.repeat(4_000);
  expect(byModule('toQuantity', `${zeros}1.5${zeros}Ki`)).toBe(1_536_000_000n);
  expect(byModule('toQuantity', `0.${zeros}1e4001`)).toBe(1_000_000n);
  expect(byEvaluator('quantity', `0.${zeros}1e4001`)).toBe(1_000_000n);
  expect(byModule('toInt', '1'.repeat(4_000))).toBe('unknown');
  // In quadratic time, this would take a minute.
  expect(byEvaluator('quantity', `1${'0'.repeat(400_000)}1`)).toBe('unknown');
});
