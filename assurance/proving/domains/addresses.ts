// Representative addresses. The first address of each network and of each constant, and the address after its last one,
// cut all addresses of a version into cells, so that the addresses of a cell are in exactly the same networks. Of the
// cells that are in the same networks, up to a number of addresses are taken, other than the constants, and at least one
// of each cell. If there are fewer, all of them are found.

import { encodeAddress, readIp, readIpVersion } from '@nhipol/language/types';

/** A range of addresses of one version. */
interface Block {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The networks of documentation come first, so that examples are familiar. */
const documentation: readonly Block[] = ['203.0.113.0/24', '2001:db8::/32'].map(parseBlock);

const everyAddress: readonly Block[] = [
  { version: 4, first: 0n, last: 2n ** 32n - 1n },
  { version: 6, first: 0n, last: 2n ** 128n - 1n },
];

/** These are spellings of addresses of version 4. */
const mapped: Block = { version: 6, first: 0xffffn << 32n, last: (0x10000n << 32n) - 1n };

export function pickRepresentativeAddresses(
  networks: readonly string[],
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] {
  const blocks = networks.map(parseBlock);
  const single = [...constants].filter((constant) => readIp(constant) === constant).map(parseBlock);
  const found = new Map<string, string[]>();
  for (const cell of divideCells([...blocks, ...single, ...documentation, mapped])) {
    const label = formatLabel(cell, blocks);
    const strings = found.get(label) ?? [];
    found.set(label, strings);
    strings.push(...listAddresses(cell, Math.max(1, count - strings.length), constants));
  }
  return [...found.values()].flat();
}

/** The cells of all addresses, except for those that are spellings of others. */
function divideCells(blocks: readonly Block[]): readonly Block[] {
  const cells = everyAddress.flatMap(({ version, first, last }): readonly Block[] => {
    const versionBlocks = blocks.filter((block) => block.version === version);
    const ends = versionBlocks.map((block) => block.last + 1n).filter((end) => end <= last);
    const cuts = [...new Set([first, ...versionBlocks.map((block) => block.first), ...ends])].sort(
      compareBigints,
    );
    return cuts.map((cut, index) => ({
      version,
      first: cut,
      last: (cuts[index + 1] ?? last + 1n) - 1n,
    }));
  });
  const valid = cells.filter((cell) => !isInnerBlock(cell, mapped));
  const isFamiliar = (cell: Block) => documentation.some((block) => isInnerBlock(cell, block));
  return [...valid.filter(isFamiliar), ...valid.filter((cell) => !isFamiliar(cell))];
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function isInnerBlock(inner: Block, outer: Block): boolean {
  return inner.version === outer.version && outer.first <= inner.first && inner.last <= outer.last;
}

/** Addresses with one label are in the same networks. */
function formatLabel(cell: Block, blocks: readonly Block[]): string {
  return [cell.version, ...blocks.map((block) => Number(isInnerBlock(cell, block)))].join('');
}

/** The first addresses of a cell, other than the constants. */
function listAddresses(
  { version, first, last }: Block,
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] {
  const addresses: string[] = [];
  for (let address = first; address <= last && addresses.length < count; address += 1n) {
    const text = formatAddress(version, address);
    if (!constants.has(text)) addresses.push(text);
  }
  return addresses;
}

function parseBlock(network: string): Block {
  const version = readIpVersion(network);
  const bytes = encodeAddress(network);
  const length = 128 - (bytes[16] ?? 128);
  const value = bytes.slice(0, 16).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = version === 4 ? value % 2n ** 32n : value;
  return { version, first, last: first + 2n ** BigInt(length) - 1n };
}

/** The address as policies write it. */
function formatAddress(version: 4 | 6, address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(16 * (7 - index))) & 0xffffn).toString(16),
  );
  const parts = [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn);
  const text = readIp(version === 6 ? groups.join(':') : parts.join('.'));
  if (text === undefined || readIpVersion(text) !== version)
    throw new Error(`broken invariant: ${address} is not an address of version ${version}`);
  return text;
}
