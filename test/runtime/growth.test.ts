// Everything that runs outside the module takes time linear in the length of the input of a caller.

import { parseInstant } from '@nhipol/language/types';
import { callDigest } from '@nhipol/runtime/call-digest';
import { expect, test } from 'vitest';
import { isIntegral, roundDecimalText, scaleDecimal } from '../../language/types/time/instant.ts';
import { parseExact } from '../../runtime/json/parse-exact.ts';
import { encodeRequest } from '../../runtime/request/encode.ts';
import { listKnownApprovals } from '../../runtime/sessions/approvals.ts';
import { growth } from '../support/modules/growth.ts';

const size = 4_000;
const factor = 8;
/** Between 8, for linear time, and 64, for quadratic. */
const maxRatio = 24;

const caller = '"subject":{"type":"agent","id":"a1"}';
const repeat = (text: string, length: number) => text.repeat(Math.ceil(length / text.length));

/** JSON values of about this number of characters. */
const values: readonly (readonly [string, (length: number) => string])[] = [
  ['zeros before the last digit', (length) => `1${'0'.repeat(length)}1`],
  ['zeros after the first digit', (length) => `1${'0'.repeat(length)}`],
  ['zeros after the point', (length) => `0.${'0'.repeat(length)}1`],
  ['zeros at the end of a fraction', (length) => `1.5${'0'.repeat(length)}`],
  ['zeros and digits in turn', (length) => `1${repeat('0001', length)}`],
  ['nines', (length) => `0.${'9'.repeat(length)}`],
  ['digits of an exponent', (length) => `1e${'1'.repeat(length)}`],
  ['a string', (length) => `"${'a'.repeat(length)}"`],
  ['escapes', (length) => `"${repeat('\\u0041', length)}"`],
  ['backslashes', (length) => `"${repeat('\\\\', length)}"`],
  ['an array', (length) => `[${repeat('1,', length)}1]`],
  ['nested arrays', (length) => `[${repeat(`${'['.repeat(20)}1${']'.repeat(20)},`, length)}1]`],
  ['members', (length) => `{${Array.from({ length: length / 10 }, (_, at) => `"m${at}":${at}`)}}`],
  ['spaces', (length) => `[${' '.repeat(length)}1]`],
];

test.for(values)('the digest of a call takes time linear in %s', ([, valueFor]) => {
  const make = (length: number) => {
    const request = `{"action":{"x":${valueFor(length)}},"resource":{},${caller}}`;
    return () => callDigest(request, 'p');
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test.for(values)('exact JSON is parsed in time linear in %s', ([, valueFor]) => {
  const make = (length: number) => {
    const text = `{"n":12345678901234567890,"x":${valueFor(length)}}`;
    return () => parseExact(text);
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test.for(values)("reading a session's snapshot takes linear time with %s", ([, valueFor]) => {
  const make = (length: number) => {
    const text = `{"request":{"context":{"approvals":[{"digest":${valueFor(length)}}]}}}`;
    return () => listKnownApprovals(text);
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test.for(values.slice(0, 7))('a declared number takes time linear in %s', ([, valueFor]) => {
  const make = (length: number) => {
    const number = valueFor(length);
    return () => {
      roundDecimalText(number);
      scaleDecimal(number, 1000);
      isIntegral(number);
    };
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test('an instant takes time linear in the digits of its fraction', () => {
  const make = (length: number) => {
    const [ends, fails] = ['Z', ''].map(
      (end) => `2026-03-03T10:00:00.${'0'.repeat(length)}1${end}`,
    );
    return () => {
      parseInstant(ends ?? '');
      parseInstant(fails ?? '');
    };
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test('an object takes time linear in its members', () => {
  const make = (length: number) => {
    const entries = Array.from({ length: length / 10 }, (_, at) => [`m${at}`, { at, text: 'a"b' }]);
    const request = Object.fromEntries(entries);
    return () => encodeRequest(request);
  };
  expect(growth(make, size, factor, maxRatio)).toBeLessThan(maxRatio);
});

test('a call longer than any request has no digest', () => {
  const request = (length: number) =>
    `{"action":{"x":"${'é'.repeat(length)}"},"resource":{},${caller},"context":{"approvals":[]}}`;
  expect(callDigest(request(32_000), 'p')).toBeDefined();
  expect(callDigest(request(33_000), 'p')).toBeUndefined();
});

test('the digit that decides the rounding may be at any position', () => {
  const zeros = '0'.repeat(50);
  expect(roundDecimalText('0.0000005')).toBe(0n);
  expect(roundDecimalText(`0.0000005${zeros}1`)).toBe(1n);
  expect(roundDecimalText(`-0.0000015${zeros}`)).toBe(-2n);
  expect(roundDecimalText(`123456789012.3456785${zeros}1`)).toBe(123_456_789_012_345_679n);
  expect(scaleDecimal(`1.999${'9'.repeat(60)}`, 1)).toBe(1n);
  expect(isIntegral(`${'1'.repeat(60)}.${zeros}1`)).toBe(false);
  expect(isIntegral(`${'1'.repeat(60)}.${zeros}`)).toBe(true);
});
