// Compares addresses and networks with independent implementations: `net` of Node.js, and the canonical
// form of the URL standard.

import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { containsAddress, correctNetwork, readCidr, readIp } from '@nhipol/language/types';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressTexts, networkTexts } from '../../support/arbitraries/address-arbitrary.ts';
import { runs, share } from '../../support/budget.ts';

function isIp(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}

/** The canonical form of RFC 5952, by the URL standard; a mapped address is written as v4. */
function canonical(text: string): string {
  if (isIPv4(text)) return text;
  const written = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const match = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(written);
  const [high, low] = (match ?? []).slice(1).map((part) => Number.parseInt(part, 16));
  if (high === undefined || low === undefined) return written;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

test('a string is an address exactly if Node.js accepts it, and has the canonical form of a URL', () => {
  fc.assert(
    fc.property(addressTexts, (text) => {
      expect(readIp(text)).toBe(isIp(text) ? canonical(text) : undefined);
    }),
    { numRuns: runs(20_000) },
  );
});

function createBlockList(network: string): BlockList {
  const list = new BlockList();
  const [address = '', length = ''] = network.split('/');
  list.addSubnet(address, Number(length), isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

test('a network contains the addresses that Node.js blocks with it, except v4 addresses in v6 networks', () => {
  let insideCount = 0;
  fc.assert(
    fc.property(networkTexts, addressTexts, (network, address) => {
      const [around, ip] = [correctNetwork(network), readIp(address)];
      fc.pre(around !== undefined && ip !== undefined);
      expect(readCidr(around)).toBe(around);
      const same = family(around.split('/')[0] ?? '') === family(ip);
      const expected = same && createBlockList(around).check(ip, family(ip));
      expect(containsAddress(around, ip), `${ip} in ${around}`).toBe(expected);
      insideCount += Number(expected);
    }),
    { numRuns: runs(20_000) },
  );
  expect(insideCount).toBeGreaterThan(share(500));
});
