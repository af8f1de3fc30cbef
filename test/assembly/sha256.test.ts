// SHA-256 by the examples of FIPS 180-4, and messages of every length in every division into parts, by Node.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

function digest(message: Uint8Array, parts: readonly number[] = [message.length]): string {
  library.begin('');
  const { pointer } = library.put(message);
  exports.beginHash();
  let at = 0;
  for (const part of parts) {
    exports.hashBytes(pointer + at, part);
    at += part;
  }
  const to = library.scratch(64);
  exports.endHash(to);
  return library.readText({ pointer: to, length: 64 });
}

test.for([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
] as const)('the example %j', ([message, expected]) => {
  expect(digest(new TextEncoder().encode(message))).toBe(expected);
});

const lengths = [...Array.from({ length: 130 }, (_, length) => length), 1000, 4095, 4096, 65_536];

test('messages of any length', () => {
  for (const length of lengths) {
    const message = Uint8Array.from({ length }, (_, at) => (at * 167 + length) & 0xff);
    const expected = createHash('sha256').update(message).digest('hex');
    expect(digest(message), `${length} bytes`).toBe(expected);
    for (const first of [0, 1, 55, 63, 64, 65, 119, 120].filter((each) => each <= length)) {
      expect(digest(message, [first, length - first])).toBe(expected);
      expect(digest(message, [0, first, 0, length - first])).toBe(expected);
    }
  }
});

test('a million bytes in parts of 37', () => {
  library.begin('');
  const { pointer } = library.put('a'.repeat(37));
  exports.beginHash();
  for (let left = 1_000_000; left > 0; left -= 37) exports.hashBytes(pointer, Math.min(left, 37));
  const to = library.scratch(64);
  exports.endHash(to);
  expect(library.readText({ pointer: to, length: 64 })).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
});
