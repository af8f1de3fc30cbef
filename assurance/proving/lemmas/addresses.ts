// Addresses that are in some networks and not in others, by ranges of integers.

import { encodeAddress, readIp, readIpVersion } from '@nhipol/language/types';
import type { TermMeaning } from '../terms/terms.ts';

export interface AddressTest {
  readonly meaning: Exclude<TermMeaning, { readonly kind: 'strings' }>;
  readonly isTrue: boolean;
}

export type FoundAddress =
  | { readonly kind: 'address'; readonly text: string }
  /** No address passes the tests, even if none is excluded. */
  | { readonly kind: 'none' }
  /** Only excluded ones were found. */
  | { readonly kind: 'unknown' };

interface Block {
  readonly first: bigint;
  readonly last: bigint;
}

/** Addresses of a range that are tried if others are excluded. */
const maxTried = 64n;
/** The range that a v4 address has as a v6 one: it is spelled as the v4 address. */
const mapped: Block = { first: 0xffff00000000n, last: 0xffffffffffffn };
/** For documentation, so that requests are easy to read. */
const usual = { 4: 0xcb007100n, 6: 0x20010db8n << 96n } as const;

/** An address that passes all tests and is none of the excluded ones. */
export function findAddress(
  tests: readonly AddressTest[],
  excluded: ReadonlySet<string>,
): FoundAddress {
  let isEmpty = true;
  for (const version of [4, 6] as const)
    for (const { first, last } of listRanges(version, tests)) {
      isEmpty = false;
      for (let address = first; address <= last && address < first + maxTried; address += 1n) {
        const text = spellAddress(version, address);
        if (text !== undefined && !excluded.has(text)) return { kind: 'address', text };
      }
    }
  return { kind: isEmpty ? 'none' : 'unknown' };
}

/** The ranges of addresses of a version that pass all tests. */
function listRanges(version: 4 | 6, tests: readonly AddressTest[]): readonly Block[] {
  const blocks: { readonly block: Block; readonly isTrue: boolean }[] = [];
  for (const { meaning, isTrue } of tests) {
    if (meaning.kind === 'version') {
      if ((meaning.version === version) !== isTrue) return [];
    } else if (readIpVersion(meaning.network) === version)
      blocks.push({ block: parseBlock(meaning.network), isTrue });
    else if (isTrue) return [];
  }
  if (version === 6) blocks.push({ block: mapped, isTrue: false });
  const end = 2n ** (version === 4 ? 32n : 128n);
  const cuts = new Set([0n, usual[version]]);
  for (const { block } of blocks) cuts.add(block.first).add(block.last + 1n);
  const starts = [...cuts].filter((cut) => cut < end).sort((a, b) => (a < b ? -1 : 1));
  const ranges = starts.map((first, index) => ({ first, last: (starts[index + 1] ?? end) - 1n }));
  const passing = ranges.filter(({ first }) =>
    blocks.every(({ block, isTrue }) => (block.first <= first && first <= block.last) === isTrue),
  );
  return passing.sort(
    (a, b) => Number(b.first === usual[version]) - Number(a.first === usual[version]),
  );
}

function parseBlock(network: string): Block {
  const bytes = encodeAddress(network);
  const bits = 128 - (bytes[16] ?? 128);
  const value = bytes.slice(0, 16).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = readIpVersion(network) === 4 ? value % 2n ** 32n : value;
  return { first, last: first + 2n ** BigInt(bits) - 1n };
}

function spellAddress(version: 4 | 6, address: bigint): string | undefined {
  const groups = (count: number, bits: bigint) =>
    Array.from(
      { length: count },
      (_, index) => (address >> (bits * BigInt(count - 1 - index))) & (2n ** bits - 1n),
    );
  return readIp(
    version === 4
      ? groups(4, 8n).join('.')
      : groups(8, 16n)
          .map((each) => each.toString(16))
          .join(':'),
  );
}
