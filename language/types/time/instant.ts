// Parses instants (RFC 3339) and exact decimal numbers.

import { decimalDigits, divideToEven } from '../../support/decimal.ts';

const form =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:\d{2})$/;

/** The first and the last instant that RFC 3339 can represent, in milliseconds since the epoch. */
export const firstInstant = -62_167_219_200_000n;
export const lastInstant = 253_402_300_799_999n;

/** Returns milliseconds since the epoch, truncated, or `undefined` if the text is not an instant. */
export function parseInstant(text: string): bigint | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const field = (index: number) => Number(match[index] ?? '0');
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(field) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > countDays(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = match[8] ?? 'Z';
  const [zoneHour, zoneMinute] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (zoneHour > 23 || zoneMinute > 59) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  const offset = (zoneHour * 60 + zoneMinute) * 60_000 * (zone.startsWith('-') ? -1 : 1);
  return BigInt(local.getTime() - offset);
}

function countDays(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

/** Formats an instant in RFC 3339 with milliseconds, in UTC. */
export function formatInstant(milliseconds: bigint | number): string {
  const text = new Date(Number(milliseconds)).toISOString();
  return text.startsWith('+') || text.startsWith('-') ? `${milliseconds}ms` : text;
}

interface DecimalParts {
  readonly isNegative: boolean;
  /** The digits without leading and trailing zeros; empty for zero. */
  readonly digits: string;
  /** The power of ten by which the digits are multiplied. */
  readonly exponent: number;
}

/** Splits a JSON number into its parts, in linear time. */
function splitDecimal(text: string): DecimalParts {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a number: ${text}`);
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  let [first, end] = [0, all.length];
  while (first < end && all[first] === '0') first += 1;
  while (end > first && all[end - 1] === '0') end -= 1;
  const digits = all.slice(first, end);
  const exponent = digits === '' ? 0 : Number(power) - fraction.length + all.length - end;
  return { isNegative: sign === '-', digits, exponent };
}

/** Parses a JSON number as an integer without trailing zeros, times a power of ten. */
export function parseDecimal(text: string): { digits: bigint; exponent: number } {
  const { isNegative, digits, exponent } = splitDecimal(text);
  return { digits: BigInt(isNegative ? `-${digits}` : digits), exponent };
}

/** Returns the number times `scale`, truncated toward zero, or `undefined` if it exceeds 64 bits. */
export function scaleDecimal(text: string, scale: 1 | 1000): bigint | undefined {
  return shiftDecimal(text, scale === 1000 ? 3 : 0, (a, b) => a / b);
}

/** Returns the number in millionths, rounded half to even, or `undefined` if it exceeds 64 bits. */
export function roundDecimalText(text: string): bigint | undefined {
  return shiftDecimal(text, decimalDigits, divideToEven);
}

/** Returns the number times ten to the power of `places`. */
function shiftDecimal(
  text: string,
  places: number,
  divide: (numerator: bigint, denominator: bigint) => bigint,
): bigint | undefined {
  const { isNegative, digits, exponent } = splitDecimal(text);
  const shift = exponent + places;
  if (digits === '') return 0n;
  if (shift + digits.length > 19) return undefined;
  if (shift + digits.length < 0) return 0n;
  // Only the existence of further digits affects rounding; one digit represents them.
  const significant = digits.length > maxDigits ? `${digits.slice(0, maxDigits)}1` : digits;
  const left = shift + digits.length - significant.length;
  const whole = BigInt(isNegative ? `-${significant}` : significant);
  const value = left >= 0 ? whole * 10n ** BigInt(left) : divide(whole, 10n ** BigInt(-left));
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

/** The number of digits that are computed with: more than the 19 of 64 bits. */
const maxDigits = 40;

export function isIntegral(text: string): boolean {
  return splitDecimal(text).exponent >= 0;
}
