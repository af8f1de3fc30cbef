// Addresses and networks as bit vectors: a bit that is set for v6 and 128 bits of the address; for a network also 8 bits
// with the length of its prefix. The spellings are those of RFC 4291 and of dotted v4 addresses.

import { range, star, writeClass, writeUnion } from './regular.ts';
import { bits, type Script, type Term } from './smt.ts';

export interface Address {
  readonly isV6: boolean;
  readonly value: bigint;
}

export interface Network extends Address {
  readonly length: number;
}

export const addressSort = '(_ BitVec 129)';
export const networkSort = '(_ BitVec 137)';

const mapped = 0xffffn;

/** Reads an address; returns `undefined` for a text that is not one. */
export function readAddress(spelling: string): Address | undefined {
  const read = readV6(spelling) ?? undefined;
  if (read === undefined) {
    const v4 = readV4(spelling);
    return v4 === undefined ? undefined : { isV6: false, value: v4 };
  }
  return read >> 32n === mapped
    ? { isV6: false, value: read & 0xffffffffn }
    : { isV6: true, value: read };
}

/** Reads a network; returns `undefined` for a text that is not one, or has bits after its prefix. */
export function readNetwork(spelling: string): Network | undefined {
  const [, first = '', digits = ''] = /^([^/]*)\/(0|[1-9]\d{0,2})$/.exec(spelling) ?? [];
  const address = readAddress(first);
  if (address === undefined) return undefined;
  const isMapped = !address.isV6 && first.includes(':');
  const length = Number(digits) - (isMapped ? 96 : 0);
  const width = address.isV6 ? 128 : 32;
  // A network of v6 addresses whose first one is mapped, and that is wider.
  if (isMapped && length < 0) {
    const value = (mapped << 32n) | address.value;
    const v6 = Number(digits);
    return v6 <= 128 && hasZeroTail(value, v6, 128) ? { isV6: true, value, length: v6 } : undefined;
  }
  if (length > width || !hasZeroTail(address.value, length, width)) return undefined;
  return { ...address, length };
}

function hasZeroTail(value: bigint, length: number, width: number): boolean {
  return value % (1n << BigInt(width - length)) === 0n;
}

function readV4(spelling: string): bigint | undefined {
  const parts = spelling.split('.');
  if (parts.length !== 4 || !parts.every((each) => /^(?:0|[1-9]\d{0,2})$/.test(each)))
    return undefined;
  const numbers = parts.map(Number);
  if (numbers.some((each) => each > 255)) return undefined;
  return numbers.reduce((value, each) => (value << 8n) | BigInt(each), 0n);
}

function readV6(spelling: string): bigint | undefined {
  const halves = spelling.split('::');
  if (!spelling.includes(':') || halves.length > 2) return undefined;
  const groups = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  const [before, after] = groups;
  if (before === undefined || groups.includes(undefined)) return undefined;
  const own = [...before, ...(after ?? [])];
  const missing = 8 - own.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array<bigint>(missing).fill(0n), ...(after ?? [])];
  return all.reduce((value, each) => (value << 16n) | each, 0n);
}

function parseGroups(half: string, isLast: boolean): readonly bigint[] | undefined {
  if (half === '') return [];
  const parts = half.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const v4 = readV4(part);
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}

export function addressBits({ isV6, value }: Address): Term {
  return bits(((isV6 ? 1n : 0n) << 128n) | value, 129);
}

export function networkBits(network: Network): Term {
  const { isV6, value, length } = network;
  return bits(((((isV6 ? 1n : 0n) << 128n) | value) << 8n) | BigInt(length), 137);
}

/** A spelling of what a model says. */
export function formatAddress(value: bigint): string {
  const [isV6, own] = [value >> 128n === 1n, value & ((1n << 128n) - 1n)];
  if (!isV6) return [24n, 16n, 8n, 0n].map((shift) => (own >> shift) & 0xffn).join('.');
  return [...Array(8).keys()]
    .map((index) => ((own >> BigInt(112 - 16 * index)) & 0xffffn).toString(16))
    .join(':');
}

export function formatNetwork(value: bigint): string {
  return `${formatAddress(value >> 8n)}/${value & 0xffn}`;
}

// --- terms -------------------------------------------------------------------------------------

/** A condition that holds for the bits of every address. */
export function isAddress(script: Script, value: Term): Term {
  const high = `((_ extract 127 32) ${value})`;
  return script.ite(
    script.same(`((_ extract 128 128) ${value})`, '#b1'),
    script.not(script.same(high, bits(mapped, 96))),
    script.same(high, bits(0n, 96)),
    'Bool',
  );
}

const extractAddress = (network: Term) => `((_ extract 136 8) ${network})`;
const computeWidth = (script: Script, address: Term) =>
  script.ite(
    script.same(`((_ extract 128 128) ${address})`, '#b1'),
    bits(128n, 128),
    bits(32n, 128),
    '(_ BitVec 128)',
  );
const extractNumber = (address: Term) => `((_ extract 127 0) ${address})`;
const extractLength = (network: Term) => `((_ zero_extend 120) ((_ extract 7 0) ${network}))`;

/** A condition that holds for the bits of every network: no bits after its prefix; a network of mapped addresses is a v4 network. */
export function isNetwork(script: Script, network: Term): Term {
  const address = script.nameTerm(extractAddress(network), addressSort);
  const width = computeWidth(script, address);
  const length = script.nameTerm(extractLength(network), '(_ BitVec 128)');
  const shift = script.nameTerm(`(bvsub ${width} ${length})`, '(_ BitVec 128)');
  const high = `((_ extract 127 32) ${address})`;
  return script.and(
    script.test('bvule', length, width),
    script.same(
      `(bvshl (bvlshr ${extractNumber(address)} ${shift}) ${shift})`,
      extractNumber(address),
    ),
    script.ite(
      script.same(`((_ extract 128 128) ${address})`, '#b1'),
      script.not(
        script.and(
          script.same(high, bits(mapped, 96)),
          script.test('bvuge', length, bits(96n, 128)),
        ),
      ),
      script.same(high, bits(0n, 96)),
      'Bool',
    ),
  );
}

/** Whether an address is in a network; `known`: the network if it is a constant. */
export function writeContainment(
  script: Script,
  address: Term,
  network: Term,
  known?: Network,
): Term {
  if (known !== undefined) {
    const width = known.isV6 ? 128 : 32;
    const version = script.same(`((_ extract 128 128) ${address})`, known.isV6 ? '#b1' : '#b0');
    if (known.length === 0) return version;
    const last = width - known.length;
    return script.and(
      version,
      script.same(
        `((_ extract ${width - 1} ${last}) ${address})`,
        bits(known.value >> BigInt(last), known.length),
      ),
    );
  }
  const first = script.nameTerm(extractAddress(network), addressSort);
  const shift = script.nameTerm(
    `(bvsub ${computeWidth(script, first)} ${extractLength(network)})`,
    '(_ BitVec 128)',
  );
  return script.and(
    script.same(`((_ extract 128 128) ${address})`, `((_ extract 128 128) ${first})`),
    script.same(
      `(bvlshr ${extractNumber(address)} ${shift})`,
      `(bvlshr ${extractNumber(first)} ${shift})`,
    ),
  );
}

/** Whether all addresses of a network are in another one. */
export function isPart(script: Script, inner: Term, outer: Term, known?: Network): Term {
  return script.and(
    writeContainment(script, script.nameTerm(extractAddress(inner), addressSort), outer, known),
    script.test('bvuge', `((_ extract 7 0) ${inner})`, `((_ extract 7 0) ${outer})`),
  );
}

// --- spellings -----------------------------------------------------------------------------------

/** The characters of addresses and networks. */
export const addressCharacters: Term = star(
  writeUnion(range(0x30, 0x3a), range(0x41, 0x46), range(0x61, 0x66), writeClass('./')),
);

/** Several spellings of one address; of a network with `suffix`. */
export function listAddressSpellings({ isV6, value }: Address, suffix = ''): readonly string[] {
  const groups = [...Array(8).keys()].map((index) =>
    (((isV6 ? value : (mapped << 32n) | value) >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const zeros = groups.findIndex((each) => each !== '0');
  const rest = zeros === -1 ? [] : groups.slice(zeros);
  const last = rest.at(-1) ?? '0';
  const long = [
    groups.join(':'),
    groups.map((each) => each.padStart(4, '0')).join(':'),
    groups.join(':').toUpperCase(),
    ...(zeros === 0
      ? [groups.join(':').replace(/(?::0)+$/, '::'), groups.join(':').replace(/(?::0){2,}:/, '::')]
      : [
          `::${rest.join(':')}`,
          `0::${rest.join(':')}`,
          `::${[...rest.slice(0, -1), `0${last}`.slice(-4)].join(':')}`,
        ]),
  ];
  const spelled = long.flatMap((each) => [each, each.toUpperCase()]);
  if (isV6) return [...new Set(spelled)].map((each) => `${each}${suffix}`);
  const dotted = formatAddress(value);
  const length = suffix === '' ? '' : `/${Number(suffix.slice(1)) + 96}`;
  return [
    `${dotted}${suffix}`,
    ...new Set(
      [`::ffff:${dotted}`, `::FFFF:${dotted}`, ...spelled].map((each) => `${each}${length}`),
    ),
  ];
}
