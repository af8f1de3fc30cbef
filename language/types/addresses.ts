// IP addresses and networks. Accepts the strict forms (a dotted quad without leading zeros, RFC 4291
// without a zone) and returns the canonical spelling (RFC 5952); a v4-mapped v6 address becomes the v4
// address. Two values are equal if and only if their spellings are equal.

import ipaddr from 'ipaddr.js';

const quad = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const mappedBits = 96;

/** `0000:0000:0000:0000:0000:ffff:255.255.255.255` */
const maxLength = 45;

/** The 16 bytes of an address; a v4 address is in the last four, as in `::ffff:10.0.0.1`. */
function parseAddress(text: string): readonly number[] | undefined {
  if (text.length > maxLength) return undefined;
  if (quad.test(text)) return [...mapped, ...text.split('.').map(Number)];
  const groups = text.replace(/(?<=:)[^:]*\.[^:]*$/, splitHexGroups);
  return /^[0-9A-Fa-f:]+$/.test(groups) && ipaddr.IPv6.isValid(groups)
    ? ipaddr.IPv6.parse(groups).toByteArray()
    : undefined;
}

const mapped: readonly number[] = [...new Array<number>(10).fill(0), 0xff, 0xff];

/** Converts `1.2.3.4` to `102:304`; returns other text unchanged. */
function splitHexGroups(tail: string): string {
  if (!quad.test(tail)) return tail;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function isMapped(bytes: readonly number[]): boolean {
  return mapped.every((byte, index) => byte === bytes[index]);
}

function spell(bytes: readonly number[]): string {
  if (isMapped(bytes)) return bytes.slice(12).join('.');
  const parts = Array.from(
    { length: 8 },
    (_, index) => 256 * readByte(bytes, 2 * index) + readByte(bytes, 2 * index + 1),
  );
  return new ipaddr.IPv6(parts).toRFC5952String();
}

function readByte(bytes: readonly number[], at: number): number {
  return bytes[at] ?? 0;
}

export function readIp(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes && spell(bytes);
}

interface Network {
  readonly bytes: readonly number[];
  /** The prefix length, of 128 bits. */
  readonly bits: number;
}

function parseNetwork(text: string): Network | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined || more.length > 0 || !/^(?:0|[1-9]\d{0,2})$/.test(length))
    return undefined;
  const bits = Number(length) + (quad.test(address) ? mappedBits : 0);
  return bits > 128 ? undefined : { bytes, bits };
}

/** Reads a network, whose bits after the prefix must be zero: `10.0.0.1/8` is not valid. */
export function readCidr(text: string): string | undefined {
  const network = parseNetwork(text);
  if (
    network === undefined ||
    clearHostBits(network).some((byte, index) => byte !== network.bytes[index])
  )
    return undefined;
  return spellNetwork(network);
}

function spellNetwork({ bytes, bits }: Network): string {
  return `${spell(bytes)}/${isMapped(bytes) ? bits - mappedBits : bits}`;
}

/** Returns the network of an address with a prefix length, if the bits after the prefix are the only error. */
export function correctNetwork(text: string): string | undefined {
  const network = parseNetwork(text);
  return network && spellNetwork({ bytes: clearHostBits(network), bits: network.bits });
}

function clearHostBits({ bytes, bits }: Network): readonly number[] {
  return bytes.map(
    (byte, index) => byte & (0xff00 >> Math.min(Math.max(bits - 8 * index, 0), 8)) & 0xff,
  );
}

/** The representation in a module: 16 bytes, and for a network the prefix length of 128 bits. */
export function encodeAddress(spelling: string): Uint8Array {
  const network = parseNetwork(spelling);
  return Uint8Array.from(
    network === undefined ? (parseAddress(spelling) ?? []) : [...network.bytes, network.bits],
  );
}

/**
 * Whether a network contains an address or another network. A v6 network contains no v4 address, even
 * if it contains the v4-mapped range.
 */
export function containsAddress(network: string, addressOrNetwork: string): boolean {
  const [around, inner] = [encodeAddress(network), encodeAddress(addressOrNetwork)];
  const bits = readByte([...around], 16);
  return (
    readIpVersion(network) === readIpVersion(addressOrNetwork) &&
    (inner[16] ?? 128) >= bits &&
    clearHostBits({ bytes: [...inner.subarray(0, 16)], bits }).every(
      (byte, index) => byte === around[index],
    )
  );
}

export function readIpVersion(spelling: string): 4 | 6 {
  return spelling.includes(':') ? 6 : 4;
}

/** The number after the slash. */
export function readPrefixLength(network: string): number {
  return Number(network.split('/')[1]);
}
