// Instants in the common form are parsed like `Date` does, and other forms are not parsed.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCommonInstant } from '../../../runtime/direct/common-instant.ts';

const whole = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });

test('an instant in the common form equals that of Date', () => {
  const property = fc.property(whole, (milliseconds) => {
    const text = new Date(milliseconds).toISOString();
    expect(parseCommonInstant(text)).toBe(milliseconds);
    const seconds = Math.floor(milliseconds / 1000) * 1000;
    expect(parseCommonInstant(text.replace(/\.\d+/, ''))).toBe(seconds);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('a string that Date reads differently is rejected', () => {
  const character = fc.constantFrom(...'0123456789-:.TZ +tz/é');
  const changed = fc
    .tuple(whole, fc.nat({ max: 23 }), character)
    .map(([milliseconds, at, other]) => {
      const text = new Date(milliseconds).toISOString();
      return text.slice(0, at) + other + text.slice(at + 1);
    });
  const property = fc.property(changed, (text) => {
    const read = parseCommonInstant(text);
    if (!Number.isNaN(read)) expect(new Date(read).toISOString()).toBe(text);
    else expect(isExact(text)).toBe(false);
  });
  fc.assert(property, { numRuns: 5000 });
});

function isExact(text: string): boolean {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text;
}

test.each([
  '',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00+00:00',
  '2026-01-01 00:00:00Z',
  '+02026-01-01T00:00Z',
])('%s is not parsed', (text) => {
  expect(parseCommonInstant(text)).toBeNaN();
});
