// JSON that every reader reads in the same way, numbers included: a decision about it holds for the resource, too.

import { ExactDecimal } from '@nhipol/runtime';
import { isLosslessNumber, isSafeNumber, LosslessNumber, parse } from 'lossless-json';
import { readUnambiguous } from './unambiguous.ts';

/** The value, or why readers may differ. */
export function readExactly(
  bytes: Uint8Array,
): { readonly value: unknown } | { readonly problem: string } {
  const read = readUnambiguous(bytes);
  if ('problem' in read) return read;
  const problem = findNumberProblem(read.text);
  return problem === undefined ? { value: read.value } : { problem };
}

/** A part of all numbers whose value may depend on the reader, and of those with many digits or decimal places. */
const unusual = /[\d.]{13}|\.\d{4}|\d[eE]/;

/** Whether the numbers of a text in JSON are short, so that every reader and every type of a policy has their values. */
export function hasShortNumbers(text: string): boolean {
  return !unusual.test(text);
}

/**
 * Why readers may differ in a number of a text in JSON, of which some have doubles and others all digits, or
 * `undefined` if they do not.
 */
export function findNumberProblem(text: string): string | undefined {
  if (hasShortNumbers(text)) return undefined;
  let inexact: string | undefined;
  parse(text, null, {
    parseNumber: (digits) => {
      if (!isSafeNumber(digits)) inexact ??= digits;
      return 0;
    },
  });
  return inexact === undefined ? undefined : `the number ${inexact} is not exact for every reader`;
}

/** A number that a double may not represent: it has many digits, or an exponent. */
const longNumber = /[:,[\s]-?\d(?:[\d.]{15}|[\d.]*[eE])/;

/**
 * The value of an object in JSON whose names occur once. A number that a double does not represent is an `ExactDecimal`,
 * which `stringify` writes as it was.
 */
export function parseExactValue(text: string): unknown {
  return longNumber.test(text)
    ? parse(text, null, { parseNumber: parseExactNumber })
    : JSON.parse(text);
}

export function parseExactNumber(digits: string): number | ExactDecimal {
  return isSafeNumber(digits) ? Number(digits) : new ExactDecimal(digits);
}

/** Parses JSON with the digits of its numbers. */
export function parseDigits(text: string): unknown {
  return parse(text, null, { parseNumber: (digits) => new LosslessNumber(digits) });
}

/** The digits of a number that `parseDigits` returned, or `undefined` if it is another value. */
export function findDigits(value: unknown): string | undefined {
  return isLosslessNumber(value) ? value.value : undefined;
}

/**
 * Whether a number in JSON is a whole number of parts in 64 bits, if the unit has ten to the power of `places` parts: 6 for
 * millionths.
 */
export function isWhole(digits: string, places: number): boolean {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits) ?? [];
  const significant = `${whole}${fraction}`.replace(/^0+/, '').replace(/0+$/, '');
  if (significant === '') return true;
  const trailing = fraction.length - countTrailingZeros(`${whole}${fraction}`);
  const shift = Number(power) - trailing + places;
  if (shift < 0 || significant.length + shift > maxDigits) return false;
  const value = BigInt(`${sign}${significant}`) * 10n ** BigInt(shift);
  return BigInt.asIntN(64, value) === value;
}

/** The number of digits of 2^63. */
const maxDigits = 19;

function countTrailingZeros(text: string): number {
  return text.length - text.replace(/0+$/, '').length;
}
