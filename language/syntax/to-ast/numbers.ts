// Converts tokens of numbers, durations and instants to their exact values. An invalid one is reported and
// becomes zero, so that it causes no further errors.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { decimalDigits } from '../../support/decimal.ts';
import type { DecimalNode, DurationNode, IntNode, TimestampNode } from '../ast.ts';
import * as t from '../tokens.ts';
import { getTokenSpan, type ParsedSource } from './cst.ts';

const largest = 2n ** 63n - 1n;
const smallest = -(2n ** 63n);

/** Converts an integer; `sign` is the minus before the literal. */
export function toInt(source: ParsedSource, token: IToken, sign?: IToken): IntNode {
  const literal = getTokenSpan(source, token);
  const span = sign ? { ...literal, start: getTokenSpan(source, sign).start } : literal;
  const digits = token.image.replaceAll('_', '');
  // `BigInt` takes quadratic time for a long string.
  const magnitude = digits.length > 1000 ? largest + 1n + 1n : BigInt(digits);
  const value = sign ? -magnitude : magnitude;
  if (value > largest || value < smallest) {
    const text = `${sign ? '-' : ''}${shorten(token.image)}`;
    source.reporter.report('number-too-large', span, { text });
    return { kind: 'Int', span, value: 0n };
  }
  return { kind: 'Int', span, value };
}

/** Converts a Decimal, which has digits on both sides of the point and no exponent. */
function toDecimal(source: ParsedSource, token: IToken, sign?: IToken): DecimalNode | undefined {
  const [, whole, fraction] = /^([0-9_]+)\.([0-9_]+)$/.exec(token.image) ?? [];
  if (whole === undefined || fraction === undefined) return undefined;
  const literal = getTokenSpan(source, token);
  const span = sign ? { ...literal, start: getTokenSpan(source, sign).start } : literal;
  const digits = fraction.replaceAll('_', '');
  const text = `${sign ? '-' : ''}${shorten(token.image)}`;
  if (digits.length > decimalDigits) {
    source.reporter.report('too-precise', span, { text, digits: decimalDigits });
    return { kind: 'Decimal', span, millionths: 0n };
  }
  const all = whole.replaceAll('_', '') + digits.padEnd(decimalDigits, '0');
  const magnitude = all.length > 1000 ? largest + 2n : BigInt(all);
  const millionths = sign ? -magnitude : magnitude;
  if (millionths > largest || millionths < smallest) {
    source.reporter.report('number-too-large', span, { text });
    return { kind: 'Decimal', span, millionths: 0n };
  }
  return { kind: 'Decimal', span, millionths };
}

/** Converts the token of a number; returns undefined for other tokens. */
export function toNumber(
  source: ParsedSource,
  token: IToken,
  sign?: IToken,
): IntNode | DecimalNode | undefined {
  if (token.tokenType === t.IntToken) return toInt(source, token, sign);
  return token.tokenType === t.DecimalToken ? toDecimal(source, token, sign) : undefined;
}

const unitMilliseconds: Readonly<Record<string, bigint>> = {
  ms: 1n,
  s: 1000n,
  m: 60_000n,
  h: 3_600_000n,
  d: 86_400_000n,
};

export function toDuration(source: ParsedSource, token: IToken): DurationNode {
  const span = getTokenSpan(source, token);
  const [, digits = '0', unit = 'ms'] = /^([0-9_]+)([a-z]+)$/.exec(token.image) ?? [];
  const count = digits.length > 1000 ? largest + 1n : BigInt(digits.replaceAll('_', ''));
  const milliseconds = count * (unitMilliseconds[unit] ?? 1n);
  if (milliseconds > largest) {
    source.reporter.report('number-too-large', span, { text: shorten(token.image) });
    return { kind: 'Duration', span, milliseconds: 0n, text: '0ms' };
  }
  return { kind: 'Duration', span, milliseconds, text: token.image };
}

/** Spellings of the units in other languages. */
const unitWords: Readonly<Record<string, string>> = {
  msec: 'ms',
  msecs: 'ms',
  millis: 'ms',
  milliseconds: 'ms',
  sec: 's',
  secs: 's',
  second: 's',
  seconds: 's',
  min: 'm',
  mins: 'm',
  minute: 'm',
  minutes: 'm',
  hr: 'h',
  hrs: 'h',
  hour: 'h',
  hours: 'h',
  day: 'd',
  days: 'd',
};

export function reportBadNumber(source: ParsedSource, token: IToken): void {
  const span = getTokenSpan(source, token);
  const [, digits = '', word = ''] = /^([0-9_]+)([a-zA-Z]+)$/.exec(token.image) ?? [];
  const unit = unitWords[word.toLowerCase()];
  const meant = unit && `${digits}${unit}`;
  source.reporter.report(
    'bad-number',
    span,
    { text: shorten(token.image) },
    meant ? { label: `did you mean \`${meant}\`?`, fix: proposeReplacement(span, meant) } : {},
  );
}

/** Formats a duration as a number of seconds in JSON. */
export function formatDurationSeconds(milliseconds: bigint): string {
  const fraction = String(milliseconds % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${milliseconds / 1000n}${fraction === '' ? '' : `.${fraction}`}`;
}

const timestamp =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))$/;

export function toTimestamp(source: ParsedSource, token: IToken): TimestampNode {
  const span = getTokenSpan(source, token);
  const read = readTimestamp(token.image);
  if (typeof read === 'string') {
    const text = shorten(token.image);
    source.reporter.report('bad-timestamp', span, { text, reason: read });
    return { kind: 'Timestamp', span, milliseconds: 0n, text: '1970-01-01T00:00:00Z' };
  }
  return { kind: 'Timestamp', span, milliseconds: read, text: token.image };
}

/** Returns milliseconds since the epoch, or the problem. */
function readTimestamp(text: string): bigint | string {
  const match = timestamp.exec(text);
  if (match === null) return findMissingPart(text);
  const [, year, month, day, hour, minute, second = '0', fraction = '', sign, ...offset] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    return 'the time of day does not exist';
  }
  const [offsetHour = 0, offsetMinute = 0] = offset.map((part) => Number(part ?? 0));
  if (offsetHour > 23 || offsetMinute > 59) return 'the offset does not exist';
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return 'the day does not exist';
  }
  date.setUTCHours(
    Number(hour),
    Number(minute),
    Number(second),
    Number(`${fraction}000`.slice(0, 3)),
  );
  const offsetMilliseconds = (offsetHour * 60 + offsetMinute) * 60_000;
  return BigInt(date.getTime() - (sign === '-' ? -offsetMilliseconds : offsetMilliseconds));
}

function findMissingPart(text: string): string {
  if (!/[Tt]/.test(text)) return 'the time of day is missing';
  if (!/[Zz]$|[+-][0-9]{2}:[0-9]{2}$/.test(text)) return 'the offset (`Z` or `+01:00`) is missing';
  return 'the time is not written `hh:mm` or `hh:mm:ss`';
}

function shorten(image: string): string {
  return image.length > 40 ? `${image.slice(0, 39)}…` : image;
}
