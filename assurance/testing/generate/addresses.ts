// Addresses and networks near those of a policy: at their boundaries and next to them, in other notations, and
// strings that are almost addresses. Returns strings for requests.

import { encodeAddress, readCidr, readIp } from '@nhipol/language/types';

const defaultAddresses = ['10.0.0.1', '192.0.2.7', '::1', '2001:db8::1'];
const defaultNetworks = ['10.0.0.0/8', '2001:db8::/32', '::/0'];
const malformedAddresses = [
  '',
  '10.0.0',
  '10.0.0.256',
  '010.0.0.1',
  'fe80::1%eth0',
  '1::2::3',
  ' ::1',
];
const malformedNetworks = [
  '10.0.0.0',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.1/8',
  '::/129',
  '::1/64',
];
const maxAddress = 2n ** 128n - 1n;
const mapped = 0xffffn << 32n;

export function listAddressTexts(
  ips: readonly string[],
  cidrs: readonly string[],
): readonly string[] {
  const middles = [...defaultAddresses, ...ips].map((text) => toInteger(encodeAddress(text)));
  const boundaries = [...defaultNetworks, ...cidrs]
    .map(findAddressRange)
    .flatMap(({ first, last }) => [first, last]);
  const near = [...middles, ...boundaries].flatMap((address) => [
    address - 1n,
    address,
    address,
    address + 1n,
  ]);
  return removeDuplicates([
    ...near.filter(isAddress).flatMap(listSpellings),
    ...malformedAddresses,
  ]);
}

export function listNetworkTexts(
  ips: readonly string[],
  cidrs: readonly string[],
): readonly string[] {
  const near = [...defaultNetworks, ...cidrs].flatMap((text) => {
    const { first, last, bits } = findAddressRange(text);
    const networks = [
      [first, bits],
      [first, bits + 1],
      [last + 1n, bits],
      // May have bits set after its prefix length, as some networks do.
      [first, bits - 1],
      [last, bits],
    ] as const;
    return networks.flatMap(([from, length]) =>
      isAddress(from) && length >= 0 && length <= 128 ? listNetworkSpellings(from, length) : [],
    );
  });
  const single = ips.flatMap((text) => listNetworkSpellings(toInteger(encodeAddress(text)), 128));
  return removeDuplicates([...near, ...single, ...malformedNetworks]);
}

/** The first and the last address of a network, and their neighbors. */
export function listNetworkEdges(cidr: string): readonly string[] {
  const { first, last } = findAddressRange(cidr);
  return [first - 1n, first, last, last + 1n]
    .filter(isAddress)
    .flatMap((address) => listSpellings(address).slice(0, 1));
}

/** The spellings of an address or a network; none for other strings. */
export function listSameAddresses(text: string): readonly string[] {
  if (readIp(text) !== undefined) return listSpellings(toInteger(encodeAddress(text)));
  if (readCidr(text) === undefined) return [];
  const { first, bits } = findAddressRange(text);
  return listNetworkSpellings(first, bits);
}

function isAddress(value: bigint): boolean {
  return value >= 0n && value <= maxAddress;
}

function toInteger(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The first and the last address, and the prefix length out of 128 bits. */
function findAddressRange(network: string): { first: bigint; last: bigint; bits: number } {
  const bytes = encodeAddress(network);
  const first = toInteger(bytes.subarray(0, 16));
  const bits = bytes[16] ?? 128;
  return { first, last: first | (maxAddress >> BigInt(bits)), bits };
}

function listSpellings(value: bigint): readonly string[] {
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const long = groups.map((group) => group.padStart(4, '0')).join(':');
  if (value >> 32n !== mapped >> 32n) return [groups.join(':').toUpperCase(), long];
  const quad = printQuad(value);
  return [quad, quad, `::ffff:${quad}`, long];
}

function printQuad(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

function listNetworkSpellings(first: bigint, bits: number): readonly string[] {
  const texts = listSpellings(first);
  return texts.flatMap((text) => {
    if (text.includes(':')) return [`${text}/${bits}`];
    return bits >= 96 ? [`${text}/${bits - 96}`] : [];
  });
}

function removeDuplicates(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
