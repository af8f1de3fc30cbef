// The representatives of addresses: enough of both versions in each combination of networks.

import { containsAddress, readIpVersion } from '@nhipol/language/types';
import { expect, test } from 'vitest';
import { pickRepresentativeAddresses } from '../../assurance/proving/domains/addresses.ts';

test.each([
  { networks: [] },
  { networks: ['10.0.0.0/8', '10.1.0.0/16', '2001:db8::/32', '192.0.2.7/32'] },
])('has enough addresses of each class for $networks', ({ networks }) => {
  const found = pickRepresentativeAddresses(networks, 3, new Set(['10.1.0.0']));
  const classifyAddress = (address: string) =>
    `${readIpVersion(address)} ${networks.filter((each) => containsAddress(each, address)).join(' ')}`;
  const counts = new Map<string, number>();
  for (const each of found)
    counts.set(classifyAddress(each), (counts.get(classifyAddress(each)) ?? 0) + 1);
  expect(found).not.toContain('10.1.0.0');
  expect(counts.get('4 ')).toBeGreaterThanOrEqual(3);
  expect(counts.get('6 ')).toBeGreaterThanOrEqual(3);
  if (networks.length === 0) return;
  expect(counts.get('4 10.0.0.0/8')).toBeGreaterThanOrEqual(3);
  expect(counts.get('4 10.0.0.0/8 10.1.0.0/16')).toBeGreaterThanOrEqual(3);
  expect(counts.get('6 2001:db8::/32')).toBeGreaterThanOrEqual(3);
  expect(counts.get('4 192.0.2.7/32')).toBe(1);
});
