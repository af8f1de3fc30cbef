// Compares string operations with those of JavaScript, and SPIFFE IDs with a regular expression.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library, unpair } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'Z', 'é', '@', '['), maxLength: 30 }),
);

test('compares, searches, converts to lower case and counts characters as JavaScript does', () => {
  const pairs = fc.tuple(text, text, fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.boolean());
  fc.assert(
    fc.property(pairs, ([whole, other, from, to, isPart]) => {
      library.begin('');
      const part = isPart
        ? [...whole].slice(Math.min(from, to), Math.max(from, to)).join('')
        : other;
      const { pointer: p, length: n } = library.put(whole);
      const { pointer: q, length: m } = library.put(part);
      expect(exports.sameBytes(p, n, q, m)).toBe(Number(whole === part));
      expect(exports.startsWith(p, n, q, m)).toBe(Number(whole.startsWith(part)));
      expect(exports.endsWith(p, n, q, m)).toBe(Number(whole.endsWith(part)));
      expect(exports.contains(p, n, q, m)).toBe(Number(whole.includes(part)));
      expect(exports.codePoints(p, n)).toBe([...whole].length);
      const lower = whole.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      expect(library.readText(unpair(exports.lowerAscii(p, n)))).toBe(lower);
    }),
    { numRuns: 1_500 },
  );
});

test('strings that differ in one byte are not equal', () => {
  library.begin('');
  for (let length = 1; length <= 40; length += 1) {
    const whole = 'x'.repeat(length);
    const a = library.put(whole);
    for (let at = 0; at < length; at += 1) {
      const b = library.put(`${whole.slice(0, at)}y${whole.slice(at + 1)}`);
      expect(exports.sameBytes(a.pointer, length, b.pointer, length)).toBe(0);
    }
  }
});

const form = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9._-]+)*)$/;

function checkSpiffe(id: string): void {
  library.begin('');
  const { pointer, length } = library.put(id);
  const match = length <= 2048 ? form.exec(id) : null;
  expect(exports.spiffeValid(pointer, length)).toBe(Number(match !== null));
  if (match === null) return;
  expect(library.readText(unpair(exports.spiffeTrustDomain(pointer, length)))).toBe(match[1]);
  expect(library.readText(unpair(exports.spiffePath(pointer, length)))).toBe(match[2]);
}

test('accepts the SPIFFE IDs that a regular expression accepts', () => {
  const piece = fc.constantFrom(
    'acme',
    'example',
    '.',
    '..',
    '...',
    '/',
    '/',
    'ci',
    'A',
    'Z',
    '9',
    '-',
    '_',
    '%41',
    ':',
    '@',
    '?',
    '#',
    'é',
    '`',
    '{',
    '\0',
  );
  const scheme = fc.constantFrom(
    'spiffe://',
    'spiffe://',
    'spiffe://',
    'SPIFFE://',
    'spiffe:/',
    'http://',
    '',
  );
  const id = fc
    .tuple(
      scheme,
      fc.array(fc.oneof({ arbitrary: fc.constantFrom('a', '/b', '.c'), weight: 2 }, piece), {
        maxLength: 8,
      }),
    )
    .map(([start, pieces]) => start + pieces.join(''));
  fc.assert(fc.property(id, checkSpiffe), { numRuns: 4_000 });
});

test.each([
  `spiffe://${'a'.repeat(255)}/x`,
  `spiffe://${'a'.repeat(256)}/x`,
  `spiffe://a/${'b'.repeat(2037)}`,
  `spiffe://a/${'b'.repeat(2038)}`,
  'spiffe://a/./b',
  'spiffe://a/..',
  'spiffe://a/...',
  'spiffe://a/b/',
  'spiffe://a//b',
  'spiffe://A/b',
  'spiffe://a:80/b',
  'spiffe://',
])('validates the SPIFFE ID %.30s', checkSpiffe);
