// Instants (RFC 3339) and exact decimal numbers, from their text.

import { decimalDigits, divideToEven } from '../../support/decimal.ts';

const form =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?([Zz]|[+-]\d{2}:\d{2})$/;

/** The first and the last instant that RFC 3339 can write, in milliseconds since the epoch. */
export const firstInstant = -62_167_219_200_000n;
export const lastInstant = 253_402_300_799_999n;

/** Milliseconds since the epoch, digits beyond them cut off; undefined: no instant. */
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
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
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

function daysIn(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

/** RFC 3339 with milliseconds, in UTC. */
export function formatInstant(milliseconds: bigint | number): string {
  const text = new Date(Number(milliseconds)).toISOString();
  return text.startsWith('+') || text.startsWith('-') ? `${milliseconds}ms` : text;
}

interface DecimalParts {
  readonly isNegative: boolean;
  /** From the first that isn't 0 to the last; empty for zero. */
  readonly digits: string;
  /** Of ten, by which they are multiplied. */
  readonly exponent: number;
}

/** A JSON number without zeros at its ends. It takes time in proportion to the text. */
function decimalParts(text: string): DecimalParts {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) throw new Error(`no number: ${text}`);
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  let [first, end] = [0, all.length];
  while (first < end && all[first] === '0') first += 1;
  while (end > first && all[end - 1] === '0') end -= 1;
  const digits = all.slice(first, end);
  const exponent = digits === '' ? 0 : Number(power) - fraction.length + all.length - end;
  return { isNegative: sign === '-', digits, exponent };
}

/** A JSON number as an integer times a power of ten, without trailing zeros. */
export function parseDecimal(text: string): { digits: bigint; exponent: number } {
  const { isNegative, digits, exponent } = decimalParts(text);
  return { digits: BigInt(isNegative ? `-${digits}` : digits), exponent };
}

/** The number times `scale` (1 or 1000), cut toward zero; undefined when 64 bits can't hold it. */
export function scaleDecimal(text: string, scale: 1 | 1000): bigint | undefined {
  return shiftDecimal(text, scale === 1000 ? 3 : 0, (a, b) => a / b);
}

/** The number in millionths, rounded half to even; undefined when 64 bits can't hold it. */
export function roundDecimal(text: string): bigint | undefined {
  return shiftDecimal(text, decimalDigits, divideToEven);
}

/** The number times ten to the power of `places`. */
function shiftDecimal(
  text: string,
  places: number,
  divide: (numerator: bigint, denominator: bigint) => bigint,
): bigint | undefined {
  const { isNegative, digits, exponent } = decimalParts(text);
  const shift = exponent + places;
  if (digits === '') return 0n;
  if (shift + digits.length > 19) return undefined;
  if (shift + digits.length < 0) return 0n;
  // What follows the first digits cannot change how the number is cut or rounded, but that there is more.
  const kept = digits.length > keptDigits ? `${digits.slice(0, keptDigits)}1` : digits;
  const left = shift + digits.length - kept.length;
  const whole = BigInt(isNegative ? `-${kept}` : kept);
  const value = left >= 0 ? whole * 10n ** BigInt(left) : divide(whole, 10n ** BigInt(-left));
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

/** More than the 19 of 64 bits. */
const keptDigits = 40;

export function isIntegral(text: string): boolean {
  return decimalParts(text).exponent >= 0;
}
