// Representative addresses: for each version and each combination of constant networks, up to a number of addresses that are in exactly
// these networks, other than the constants. If there are fewer, all of them are found.

import { addressBytes } from '../../language/index.ts';
import { readIp, versionOf } from '../../language/types/addresses.ts';

interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The networks of documentation come first, so that examples are familiar. */
const documentation = ['203.0.113.0/24', '2001:db8::/32'];

export function representativeAddresses(
  networks: readonly string[],
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] {
  const blocks = networks.map(blockOf);
  const regions = [
    ...networks.map(blockOf),
    ...documentation.map(blockOf),
    everyAddress(4),
    everyAddress(6),
  ];
  const found = new Map<string, string[]>();
  for (const region of regions) {
    const own = found.get(labelOf(region, region.first, blocks)) ?? [];
    for (const address of addressesIn(region, blocks)) {
      if (own.length >= count) break;
      const text = spelling(region.version, address);
      if (text === undefined || constants.has(text) || own.includes(text)) continue;
      const label = labelOf(region, address, blocks);
      const strings = found.get(label) ?? [];
      found.set(label, strings);
      if (strings.length < count) strings.push(text);
      if (strings.length >= count && label === labelOfRegion(region, blocks)) break;
    }
  }
  return [...new Set([...found.values()].flat())];
}

/** The label of the addresses that are in a region and in no network within it. */
function labelOfRegion(region: Block, blocks: readonly Block[]): string {
  const inside = blocks.map((block) =>
    Number(block.version === region.version && contains(block, region)),
  );
  return [region.version, ...inside].join('');
}

function labelOf({ version }: Block, address: bigint, blocks: readonly Block[]): string {
  const inside = blocks.map(({ first, last, ...block }) =>
    Number(block.version === version && first <= address && address <= last),
  );
  return [version, ...inside].join('');
}

function contains(outer: Block, inner: Block): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

/** The addresses of a region in order, without those in networks within it. */
function* addressesIn(region: Block, blocks: readonly Block[]): Iterable<bigint> {
  const inner = blocks.filter(
    (block) =>
      block.version === region.version && contains(region, block) && !contains(block, region),
  );
  for (let address = region.first; address <= region.last; ) {
    const around = inner.filter(({ first, last }) => first <= address && address <= last);
    if (around.length === 0) {
      yield address;
      address += 1n;
    } else {
      const ends = around.map(({ last }) => last);
      address = ends.reduce((a, b) => (a > b ? a : b)) + 1n;
    }
  }
}

function everyAddress(version: 4 | 6): Block {
  return { version, first: 0n, last: 2n ** (version === 4 ? 32n : 128n) - 1n };
}

function blockOf(network: string): Block {
  const version = versionOf(network);
  const bytes = addressBytes(network);
  const length = 128 - (bytes[16] ?? 128);
  const value = bytes.slice(0, 16).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = version === 4 ? value % 2n ** 32n : value;
  return { version, first, last: first + 2n ** BigInt(length) - 1n };
}

/** Undefined for a v6 spelling of a v4 address. */
function spelling(version: 4 | 6, address: bigint): string | undefined {
  const groups = Array.from(
    { length: 8 },
    (_, index) => (address >> BigInt(16 * (7 - index))) & 0xffffn,
  );
  const text =
    version === 6
      ? groups.map((group) => group.toString(16)).join(':')
      : [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
  const read = readIp(text);
  return read !== undefined && versionOf(read) === version ? read : undefined;
}
