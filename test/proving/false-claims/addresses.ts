// The lists of addresses must have one of each part of the networks, whichever of them begin at the same address.

import { createRequest, denying, type FalseClaim } from './false-claim.ts';

/** In `outer` and not in the others: an address that a list by networks misses. */
function within(outer: string, inner: readonly string[], address: string): FalseClaim {
  const others = inner.map((each) => `context.from in ${each}`).join(' or ');
  return {
    name: `${address} in ${outer}, and not in ${inner.join(' or ')}`,
    policy: `policy acme.sites
subject any {}
context { from: Ip }
for any {
  permit site when context.from in ${outer} and not (${others})
  permit office when ${others}
}
invariant "only the office reads" for any
  effect is permit implies ${others}
`,
    requests: [createRequest({ context: { from: address } })],
  };
}

/** Outside of all networks, where one of them begins at the first of all addresses. */
function outside(networks: readonly string[], address: string): FalseClaim {
  return {
    name: `${address} outside of ${networks.join(' and ')}`,
    policy: denying(
      'subject any {}\ncontext { from: Ip }',
      `not (${networks.map((each) => `context.from in ${each}`).join(' or ')}) and context.from.version is ${address.includes(':') ? 6 : 4}`,
      'effect is permit',
    ),
    requests: [createRequest({ context: { from: address } })],
  };
}

export const addressClaims: readonly FalseClaim[] = [
  within('10.0.0.0/16', ['10.0.0.0/24'], '10.0.7.1'),
  within('10.0.0.0/8', ['10.0.0.0/9'], '10.200.0.1'),
  within('10.0.0.0/8', ['10.0.0.0/9', '10.128.0.0/10'], '10.200.0.1'),
  within('192.0.2.0/24', ['192.0.2.0/31'], '192.0.2.9'),
  within('203.0.113.0/24', ['203.0.113.0/25'], '203.0.113.200'),
  within('203.0.113.0/24', ['203.0.113.0/32'], '203.0.113.1'),
  within('2001:db8::/32', ['2001:db8::/48'], '2001:db8:1::1'),
  within('fd00::/8', ['fd00::/16', 'fd01::/16'], 'fd02::1'),
  within('0.0.0.0/0', ['0.0.0.0/1'], '200.1.2.3'),
  within('0.0.0.0/0', ['0.0.0.0/8', '203.0.113.0/24'], '200.1.2.3'),
  within('::/0', ['::/1'], 'fe80::1'),
  within('::/0', ['::/128', '2001:db8::/32'], '::2'),
  outside(['0.0.0.0/8', '203.0.113.0/24', '192.0.2.0/24'], '8.8.8.8'),
  outside(['0.0.0.0/1', '203.0.113.0/24'], '200.1.2.3'),
  outside(['::/128', '::1/128', '2001:db8::/32'], '::2'),
];
