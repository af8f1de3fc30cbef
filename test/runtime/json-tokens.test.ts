// The tokens of JSON: as a regular expression finds them in short texts, and those of long texts without an exhausted stack.

import { callDigest } from '@nhipol/runtime/call-digest';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitJson } from '../../runtime/json/json-tokens.ts';
import { parseExact } from '../../runtime/json/parse-exact.ts';
import { runs } from '../support/budget.ts';

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

test('the tokens are those of a regular expression', () => {
  const string = fc.string({ unit: fc.constantFrom('"', '\\', 'a', '{', ',', '\n', ' ', 'é') });
  const value = fc.letrec((tie) => ({
    leaf: fc.oneof(string, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
    list: fc.array(tie('any'), { maxLength: 4 }),
    object: fc.dictionary(string, tie('any'), { maxKeys: 4 }),
    any: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('list'), tie('object')),
  })).any;
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t'), (given, space) => {
      const text = JSON.stringify(given, undefined, space);
      expect(splitJson(text)).toEqual(text.match(token) ?? []);
    }),
    { numRuns: runs(3_000) },
  );
});

const length = 16_000_000;

test.each([
  ['a long string', JSON.stringify('a'.repeat(length))],
  ['a string of escapes', JSON.stringify('\n'.repeat(length / 2))],
  ['a string of quotation marks', JSON.stringify('"'.repeat(length / 2))],
  ['a string of backslashes', JSON.stringify('\\'.repeat(length / 2))],
])(
  '%s of 16 MB has a digest, and is parsed',
  (_, text) => {
    const call = (size: string) =>
      `{"subject":{"type":"agent","id":"a1"},"action":{"name":${text}},"resource":{"size":${size}}}`;
    expect(callDigest(call('1'), 'p', 4 * length)).toMatch(/^sha-256:/);
    expect(parseExact(call('12345678901234567890'))).toMatchObject({
      action: { name: JSON.parse(text) },
      resource: { size: 12345678901234567890n },
    });
  },
  60_000,
);
