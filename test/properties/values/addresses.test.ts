// Compares addresses and networks from request to answer, in both engines, with ipaddr.js, for strings
// that ipaddr.js does not parse more loosely: which are valid, which network contains which address, and
// how networks relate.

import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { expect, test } from 'vitest';
import { addressTexts, networkTexts } from '../../support/arbitraries/address-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';
import '../../support/seed.ts';

const questions = {
  inside: 'context.ip in context.net',
  among: 'context.ip in context.nets',
  within: 'context.net within context.other',
  touching: 'context.net intersects context.other',
};
const names = Object.keys(questions);
const policy = checkPolicy(`policy p
context { ip?: Ip, net?: Cidr, other?: Cidr, nets: Set<Cidr> = {} }
constraint ip: Ip must agree
constraint net: Cidr must agree
${names.map((name) => `constraint ${name}: Bool must agree`).join('\n')}
for any {
  permit ok otherwise
  narrow ip when known(context.ip) to { ip: context.ip }
  narrow net when known(context.net) to { net: context.net }
${Object.entries(questions)
  .map(([name, text]) => `  narrow ${name} when known(${text}) to { ${name}: ${text} }`)
  .join('\n')}
}`);
const [module] = await modules([policy]);
const engines = { evaluator: evaluator(policy), module: module ?? expect.fail('no module') };

type Address = ipaddr.IPv4 | ipaddr.IPv6;
interface Network {
  readonly first: Address;
  readonly last: Address;
  readonly bits: number;
}

/** A mapped address is a v4 address. */
function parseAddress(text: string): Address | undefined {
  const strict = isIPv4(text) || (isIPv6(text) && !text.includes('%'));
  return strict ? ipaddr.process(text) : undefined;
}

function parseNetwork(text: string): Network | undefined {
  const [, written = '', length = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = parseAddress(written);
  if (address === undefined) return undefined;
  const bits = Number(length);
  if (address.kind() === 'ipv6' || !written.includes(':')) return createNetwork(address, bits);
  // A mapped network is v4, unless it is wider than all mapped addresses.
  return bits < 96
    ? createNetwork(ipaddr.IPv6.parse(written), bits)
    : createNetwork(address, bits - 96);
}

function createNetwork(address: Address, bits: number): Network | undefined {
  const bytes = address.toByteArray();
  if (bits > bytes.length * 8) return undefined;
  const mask = bytes.map((_, at) => 0xff00 >> Math.min(Math.max(bits - 8 * at, 0), 8));
  if (bytes.some((byte, at) => (byte & (mask[at] ?? 0) & 0xff) !== byte)) return undefined;
  const last = ipaddr.fromByteArray(bytes.map((byte, at) => byte | (~(mask[at] ?? 0) & 0xff)));
  return { first: address, last, bits };
}

function contains({ first, bits }: Network, address: Address): boolean {
  return address.kind() === first.kind() && address.match(first, bits);
}

/** Compares the ends, because the addresses of a network are contiguous. */
function holdsAll(outer: Network, inner: Network): boolean {
  return contains(outer, inner.first) && contains(outer, inner.last);
}

const spellAddress = (bytes: readonly number[], form: number): string => {
  const address = ipaddr.fromByteArray([...bytes]);
  if (bytes.length === 4) return form === 0 ? `::ffff:${address}` : `${address}`;
  return form === 0 ? address.toNormalizedString().toUpperCase() : address.toString();
};
const maskBits = (bytes: readonly number[], bits: number) =>
  bytes.map((byte, at) => byte & (0xff00 >> Math.min(Math.max(bits - 8 * at, 0), 8)) & 0xff);
const flipBit = (bytes: readonly number[], at: number) =>
  bytes.map((byte, index) => (index === at >> 3 ? byte ^ (0x80 >> (at & 7)) : byte));
const cidr = (bytes: readonly number[], bits: number, form: number) =>
  `${spellAddress(maskBits(bytes, bits), form)}/${bytes.length === 4 && form === 0 ? bits + 96 : bits}`;

/** Two networks that differ in length and possibly in a bit, and an address near them. */
const near = fc
  .constantFrom(4, 16)
  .chain((length) =>
    fc.record({
      bytes: fc.array(fc.nat(255), { minLength: length, maxLength: length }),
      lengths: fc.tuple(fc.nat(8 * length), fc.nat(8 * length)),
      flips: fc.tuple(fc.nat(8 * length), fc.nat(8 * length)),
      forms: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)),
    }),
  )
  .map(({ bytes, lengths, flips, forms }) => [
    cidr(bytes, lengths[0], forms[0]),
    cidr(flipBit(bytes, flips[0]), lengths[1], forms[1]),
    spellAddress(flipBit(bytes, flips[1]), forms[2]),
  ]);
const scene = fc.oneof(near, fc.tuple(networkTexts, networkTexts, addressTexts));

test('both engines agree with ipaddr.js', () => {
  const counts = { addresses: 0, networks: 0, inside: 0, outside: 0, within: 0, apart: 0 };
  const property = fc.property(scene, ([net = '', other = '', ip = '']) => {
    const context = JSON.stringify({ ip, net, other, nets: [net, other] });
    const request = `{"subject":{"type":"s","id":"i"},"action":{"name":"n"},"resource":{"type":"t","id":"i"},"context":${context}}`;
    const [address, own, second] = [parseAddress(ip), parseNetwork(net), parseNetwork(other)];
    const both = own && second;
    const inside = address && own && contains(own, address);
    const expected = {
      ip: address !== undefined,
      net: own !== undefined,
      inside,
      among: address && both && (contains(own, address) || contains(second, address)),
      within: both && holdsAll(second, own),
      touching: both && (holdsAll(second, own) || holdsAll(own, second)),
    };
    for (const [engine, ask] of Object.entries(engines)) {
      const { constraints } = ask(request);
      const found = {
        ip: constraints.ip !== undefined,
        net: constraints.net !== undefined,
        ...Object.fromEntries(names.map((name) => [name, constraints[name]])),
      };
      expect({ engine, context, ...found }).toEqual({ engine, context, ...expected });
    }
    counts.addresses += Number(address !== undefined);
    counts.networks += Number(own !== undefined);
    counts.inside += Number(inside === true);
    counts.outside += Number(inside === false);
    counts.within += Number(expected.within === true);
    counts.apart += Number(expected.touching === false);
  });
  fc.assert(property, { numRuns: 4_000 });
  for (const count of Object.values(counts))
    expect(count, JSON.stringify(counts)).toBeGreaterThan(200);
});
