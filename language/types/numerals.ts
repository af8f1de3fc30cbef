// Reads numbers from strings of a request. A string that is not exactly one number of the form, or whose number is not a
// value of the type, has none.

import { decimalDigits } from '../support/decimal.ts';
import { contains, int64Range } from './ranges.ts';

/** JSON's form of a whole number. */
const intForm = /^-?(?:0|[1-9][0-9]*)$/;

/** Longer than any Int with its sign. */
const maxIntLength = 20;

export function readInt(text: string): bigint | undefined {
  if (text.length > maxIntLength || !intForm.test(text)) return undefined;
  const value = BigInt(text);
  return contains(int64Range, value) ? value : undefined;
}

/** Why a string is not an Int, or `undefined` if it is. */
export function findIntProblem(text: string): string | undefined {
  if (readInt(text) !== undefined) return undefined;
  return intForm.test(text)
    ? `the number does not fit in 64 bits: ${text}`
    : `the string is not an Int: ${JSON.stringify(text)}`;
}

/** The powers of ten and of two of each suffix. */
const suffixes: ReadonlyMap<string, readonly [ten: number, two: number]> = new Map([
  ['n', [-9, 0]],
  ['u', [-6, 0]],
  ['m', [-3, 0]],
  ['', [0, 0]],
  ['k', [3, 0]],
  ['M', [6, 0]],
  ['G', [9, 0]],
  ['T', [12, 0]],
  ['P', [15, 0]],
  ['E', [18, 0]],
  ['Ki', [0, 10]],
  ['Mi', [0, 20]],
  ['Gi', [0, 30]],
  ['Ti', [0, 40]],
  ['Pi', [0, 50]],
  ['Ei', [0, 60]],
]);

const quantityForm =
  /^([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i|))$/;

/** The number of digits from the first to the last that is not zero. */
const maxSignificantDigits = 19;
/** More powers of ten are in no Decimal with a digit. */
const maxPower = 100;

/** Reads a quantity of Kubernetes (resource.Quantity), in millionths of its base unit. */
export function readQuantity(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = '', exponent, suffix = ''] = quantityForm.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = dropTrailingZeros(digits);
  if (significant === '') return 0n;
  if (significant.length > maxSignificantDigits) return undefined;
  const [ten, two] = suffixes.get(suffix) ?? [0, 0];
  const own = exponent === undefined ? ten : Number(exponent);
  const power = own + decimalDigits - fraction.length + digits.length - significant.length;
  if (Math.abs(power) > maxPower) return undefined;
  const magnitude = (BigInt(significant) * 10n ** BigInt(Math.max(power, 0))) << BigInt(two);
  const divisor = 10n ** BigInt(Math.max(-power, 0));
  if (magnitude % divisor !== 0n) return undefined;
  const value = magnitude / divisor;
  const signed = sign === '-' ? -value : value;
  return contains(int64Range, signed) ? signed : undefined;
}

/** Drops the zeros at the end in linear time: a pattern for them would begin again at each zero before them. */
function dropTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** Why a string is not a quantity with a value, or `undefined` if it is. */
export function findQuantityProblem(text: string): string | undefined {
  if (readQuantity(text) !== undefined) return undefined;
  return quantityForm.test(text)
    ? `the quantity is not an exact Decimal: ${JSON.stringify(text)}`
    : `the string is not a quantity: ${JSON.stringify(text)}`;
}
