// Compares the addresses and networks of the library with ipaddr.js, for strings that ipaddr.js does not
// parse more loosely, and with the language, including the canonical form.

import { encodeAddress, readCidr, readIp } from '@nhipol/language/types';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { addressTexts, networkTexts } from '../support/arbitraries/address-arbitrary.ts';
import { showCidr, showIp } from '../support/arbitraries/address-text.ts';
import { Library, unpair } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

/** Converts in a buffer of the test, because the arena is not freed between calls. */
function convertText(convert: 'toIp' | 'toCidr', text: string): Uint8Array | undefined {
  library.begin('');
  const { pointer, length } = library.put(text);
  const run = unpair(exports[convert](pointer, length));
  return exports.ok.value === 1 ? library.readBytes(run) : undefined;
}

test('a string is an address exactly if the language accepts it, and has the same canonical form', () => {
  let read = 0;
  fc.assert(
    fc.property(addressTexts, (text) => {
      const [bytes, spelling] = [convertText('toIp', text), readIp(text)];
      expect(bytes && showIp(bytes), text).toBe(spelling);
      if (spelling === undefined || bytes === undefined) return;
      expect(bytes).toEqual(encodeAddress(spelling));
      read += 1;
    }),
    { numRuns: 10_000 },
  );
  expect(read).toBeGreaterThan(3_000);
});

test('a string is a network exactly if the language accepts it, and has the same canonical form', () => {
  let read = 0;
  fc.assert(
    fc.property(networkTexts, (text) => {
      const [bytes, spelling] = [convertText('toCidr', text), readCidr(text)];
      expect(bytes && showCidr(bytes), text).toBe(spelling);
      if (spelling === undefined || bytes === undefined) return;
      expect(bytes).toEqual(encodeAddress(spelling));
      read += 1;
    }),
    { numRuns: 10_000 },
  );
  expect(read).toBeGreaterThan(150);
});

const bits = fc.oneof(fc.constantFrom(0, 1, 95, 96, 97, 127, 128), fc.nat(128));
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc
    .uint8Array({ minLength: 4, maxLength: 4 })
    .map((low) => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...low])),
);

/** An address that differs from another in at most one bit. */
const pairs = fc.tuple(bytes, fc.nat(128)).map(([one, at]) => {
  const other = one.slice();
  if (at < 128) other[at >> 3] = (other[at >> 3] ?? 0) ^ (0x80 >> (at & 7));
  return [one, other] as const;
});

function maskNetwork(address: Uint8Array, length: number): Uint8Array {
  const first = address.map(
    (byte, at) => byte & (0xff00 >> Math.min(Math.max(length - 8 * at, 0), 8)),
  );
  return Uint8Array.from([...first, length]);
}

/** The address as ipaddr.js represents it, v4 if it is mapped. */
function parseAddress(address: Uint8Array): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(ipaddr.fromByteArray([...address]).toString());
}

test('an address is in a network exactly if ipaddr.js agrees', () => {
  let containedCount = 0;
  fc.assert(
    fc.property(pairs, bits, ([one, other], length) => {
      library.begin('');
      const network = maskNetwork(one, length);
      const [ip, around] = [library.put(other), library.put(network)];
      const [address, first] = [parseAddress(other), parseAddress(network.subarray(0, 16))];
      const own = first.kind() === 'ipv4' ? length - 96 : length;
      const expected = address.kind() === first.kind() && address.match(first, own);
      expect(exports.ipInCidr(ip.pointer, ip.length, around.pointer, around.length)).toBe(
        Number(expected),
      );
      expect(exports.addressVersion(ip.pointer, ip.length)).toBe(
        address.kind() === 'ipv4' ? 4n : 6n,
      );
      expect(exports.prefixLength(around.pointer, around.length)).toBe(BigInt(own));
      containedCount += Number(expected);
    }),
    { numRuns: 10_000 },
  );
  expect(containedCount).toBeGreaterThan(1_000);
});

/** The last address of a network. */
function computeLastAddress(network: Uint8Array): Uint8Array {
  return network
    .subarray(0, 16)
    .map((byte, at) => byte | (0xff >> Math.min(Math.max((network[16] ?? 0) - 8 * at, 0), 8)));
}

test('a network is within another exactly if its first address is, and its last is no later', () => {
  const isIncluded = (inner: Uint8Array, outer: Uint8Array): boolean => {
    const [a, b] = [library.put(inner.subarray(0, 16)), library.put(outer)];
    const isContained = exports.ipInCidr(a.pointer, a.length, b.pointer, b.length) === 1;
    return isContained && Buffer.compare(computeLastAddress(inner), computeLastAddress(outer)) <= 0;
  };
  fc.assert(
    fc.property(pairs, bits, bits, ([one, other], a, b) => {
      library.begin('');
      const [left, right] = [maskNetwork(one, a), maskNetwork(other, b)];
      const [p, q] = [library.put(left), library.put(right)];
      const within = isIncluded(left, right);
      expect(exports.cidrWithin(p.pointer, p.length, q.pointer, q.length)).toBe(Number(within));
      expect(exports.cidrIntersects(p.pointer, p.length, q.pointer, q.length)).toBe(
        Number(within || isIncluded(right, left)),
      );
    }),
    { numRuns: 10_000 },
  );
});

test('readers store addresses, mark malformed ones as unknown, and refuse other types', () => {
  const cell = 900_000;
  const read = (reader: 'readIp' | 'readCidr', json: string) => {
    const p = library.begin(json);
    exports[reader](p, cell, 3, 1, 1);
    return library.readCell(cell);
  };
  const showRead = (text: string) => {
    const { presence, known, pointer, length } = read('readIp', text);
    return [presence, known, known === 1 ? showIp(library.readBytes({ pointer, length })) : ''];
  };
  expect(showRead('"10.\\u0030.0.1"')).toEqual([1, 1, '10.0.0.1']);
  expect(showRead('"10.0.0"')).toEqual([1, 0, '']);
  expect(showRead('null')).toEqual([0, 0, '']);
  expect(showRead('5')).toEqual([3, 0, '']);
  expect(library.finding()?.code).toBe(16);
  expect(showRead(`"${'1'.repeat(4097)}"`)).toEqual([3, 0, '']);
  expect(library.finding()?.code).toBe(18);
  expect(read('readCidr', '"10.0.0.0/8"')).toMatchObject({ known: 1, length: 17 });
  expect(read('readCidr', '"10.0.0.1/8"')).toMatchObject({ presence: 1, known: 0 });
});
