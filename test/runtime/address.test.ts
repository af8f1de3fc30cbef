// How a host writes addresses, compared with the URL standard, and what it rejects.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { showCidr, showIp } from '../../runtime/module/address.ts';

const group = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(0xffff));
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
const bytesOf = (values: readonly number[]) =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));

test('a v6 address is written as in a URL', () => {
  fc.assert(
    fc.property(groups, (values) => {
      fc.pre(!(values.slice(0, 5).every((value) => value === 0) && values[5] === 0xffff));
      const long = values.map((value) => value.toString(16)).join(':');
      const expected = new URL(`http://[${long}]`).hostname.slice(1, -1);
      expect(showIp(bytesOf(values))).toBe(expected);
      expect(showCidr(Uint8Array.from([...bytesOf(values), 64]))).toBe(`${expected}/64`);
    }),
    { numRuns: 2_000 },
  );
});

const mapped = [0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x00ff];

test('a v4 address is written as a dotted quad, with its own prefix length', () => {
  expect(showIp(bytesOf(mapped))).toBe('10.0.0.255');
  expect(showCidr(Uint8Array.from([...bytesOf(mapped), 128]))).toBe('10.0.0.255/32');
});

test('bytes that no module can have are rejected', () => {
  expect(() => showIp(new Uint8Array(15))).toThrow('an Ip that is not 16 bytes long');
  expect(() => showCidr(new Uint8Array(16))).toThrow('a Cidr that is not 17 bytes long');
  expect(() => showCidr(new Uint8Array(17).fill(129))).toThrow('more than 128 bits');
  expect(() => showCidr(Uint8Array.from([...bytesOf(mapped), 95]))).toThrow(
    'neither IPv4 nor IPv6',
  );
});
