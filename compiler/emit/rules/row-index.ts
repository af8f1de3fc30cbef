// Builds the tables that index the rows of a segment, in the formats of row-index-lookup.ts of the assembly
// library. Rows that a table cannot index are always evaluated.

import { buildScalarKey } from '../../ir/cells.ts';
import type { Discriminator } from '../../plan/discriminator.ts';
import { extendHash, finishHash, hashText, hashWord } from '../data/hash.ts';
import { encodeBytes, type StaticData, splitWord } from '../data/static-data.ts';

/** A range of row addresses. */
export type RowList = readonly [from: number, to: number];

export interface DiscriminatorTable {
  readonly kind: number;
  readonly table: number;
  /** Members that the table does not contain. */
  readonly rest: readonly number[];
}

const kinds = { text: 1, word: 2, network: 3, segments: 4 } as const;

export function emitRowLookup(
  discriminator: Discriminator,
  members: readonly number[],
  rowList: (members: readonly number[]) => RowList,
  data: StaticData,
): DiscriminatorTable {
  const kind = kinds[discriminator.by];
  switch (discriminator.by) {
    case 'text':
    case 'word': {
      const { values } = discriminator;
      const groups = groupMembers(members, (member) => values[member] ?? [], buildScalarKey);
      const entries = groups.map(({ value, members: told }) => {
        const list = rowList(told);
        if (typeof value === 'bigint') {
          return { hash: hashWord(value), words: [...splitWord(value), ...list] };
        }
        const { address, length } = data.text(value);
        return { hash: hashText(encodeBytes(value)), words: [address, length, ...list] };
      });
      return { kind, table: data.hashTable(entries), rest: [] };
    }
    case 'network':
      return { kind, ...indexByNetwork(discriminator.values, members, rowList, data) };
    case 'segments':
      return { kind, ...indexBySegments(discriminator, members, rowList, data) };
  }
}

function groupMembers<T>(
  members: readonly number[],
  listValues: (member: number) => readonly T[],
  toKey: (value: T) => string,
): readonly { readonly value: T; readonly members: readonly number[] }[] {
  const groups = new Map<string, { readonly value: T; readonly members: number[] }>();
  for (const member of members) {
    for (const value of listValues(member)) {
      const key = toKey(value);
      const group = groups.get(key) ?? { value, members: [] };
      groups.set(key, group);
      if (group.members.at(-1) !== member) group.members.push(member);
    }
  }
  return [...groups.values()];
}

// --- networks ------------------------------------------------------------------------------------

const addressBits = 128;
const mappedPrefix = 0xffffn << 32n;
/** With fewer stretches, a binary search is enough. */
const minForTop = 256;
const topEntries = 65_536;
/** A network that covers more stretches than this is not indexed: lists would grow without bound. */
const maxStretches = 64;

interface Network {
  readonly first: bigint;
  /** The first address after it. */
  readonly end: bigint;
  readonly member: number;
}

/**
 * Divides the addresses at the boundaries of networks into stretches, each with the rows that contain it.
 */
function indexByNetwork(
  values: readonly (readonly Uint8Array[])[],
  members: readonly number[],
  rowList: (members: readonly number[]) => RowList,
  data: StaticData,
): Omit<DiscriminatorTable, 'kind'> {
  const networks = members.flatMap((member) =>
    (values[member] ?? []).map((bytes) => decodeNetwork(bytes, member)),
  );
  const boundaries = listBoundaries(networks);
  const wide = new Set(
    networks
      .filter(
        ({ first, end }) =>
          countLowerBoundaries(boundaries, end) - countLowerBoundaries(boundaries, first) >
          maxStretches,
      )
      .map(({ member }) => member),
  );
  const indexed = networks.filter(({ member }) => !wide.has(member));
  const starts = listBoundaries(indexed);
  const holding = starts.map((): number[] => []);
  for (const { first, end, member } of indexed) {
    for (
      let index = countLowerBoundaries(starts, first);
      index < countLowerBoundaries(starts, end);
      index += 1
    ) {
      const held = holding[index];
      if (held?.at(-1) !== member) held?.push(member);
    }
  }
  const words = starts.flatMap((start, index) => {
    const held = holding[index] ?? [];
    const [from, to] = held.length === 0 ? [0, 0] : rowList(held);
    return [...splitWord(start >> 64n), ...splitWord(start), from, to, 0, 0];
  });
  const top = starts.length < minForTop ? 0 : data.words(indexUpperHalves(starts));
  const table = data.words([starts.length, top, 0, 0, ...words]);
  return { table, rest: members.filter((member) => wide.has(member)) };
}

/** The network of 16 bytes in network order and a number of significant bits. */
function decodeNetwork(bytes: Uint8Array, member: number): Network {
  const first = bytes.subarray(0, 16).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  const size = 1n << BigInt(addressBits - (bytes[16] ?? 0));
  return { first, end: first + size, member };
}

/** The boundaries in order, without duplicates; the first is the lowest address. */
function listBoundaries(networks: readonly Network[]): readonly bigint[] {
  const all = new Set([0n, ...networks.flatMap(({ first, end }) => [first, end])]);
  all.delete(1n << BigInt(addressBits));
  return [...all].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The number of boundaries below `address`. */
function countLowerBoundaries(borders: readonly bigint[], address: bigint): number {
  let [low, high] = [0, borders.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((borders[middle] ?? 0n) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * For each upper half of a v4 address, the last stretch that starts at or before it, and one more entry.
 */
function indexUpperHalves(starts: readonly bigint[]): readonly number[] {
  const entries: number[] = [];
  let at = 0;
  for (let upper = 0; upper <= topEntries; upper += 1) {
    const address = mappedPrefix + (BigInt(upper) << 16n);
    while (at + 1 < starts.length && (starts[at + 1] ?? 0n) <= address) at += 1;
    entries.push(at);
  }
  return entries;
}

// --- segments ------------------------------------------------------------------------------------

/**
 * A table for each set of positions at which patterns have literal segments, by the hash of the segments.
 */
function indexBySegments(
  { separator, values }: Extract<Discriminator, { by: 'segments' }>,
  members: readonly number[],
  rowList: (members: readonly number[]) => RowList,
  data: StaticData,
): Omit<DiscriminatorTable, 'kind'> {
  const skeletons = groupMembers(
    members,
    (member) => {
      const literals = values[member];
      return literals === undefined
        ? []
        : [[...literals.keys()].reduce((all, index) => all | (1 << index), 0)];
    },
    String,
  );
  const tables = skeletons.flatMap(({ value: places, members: alike }) => {
    const hashMember = (member: number) =>
      [...(values[member]?.values() ?? [])].reduce(
        (hash, text) => extendHash(hash, encodeBytes(text)),
        0n,
      );
    const groups = groupMembers(alike, (member) => [finishHash(hashMember(member))], String);
    const entries = groups.map(({ value: hash, members: told }) => ({
      hash,
      words: [hash, 0, ...rowList(told)],
    }));
    return [places, data.hashTable(entries)];
  });
  const table = data.words([skeletons.length, separator.charCodeAt(0), 0, 0, ...tables]);
  return { table, rest: members.filter((member) => values[member] === undefined) };
}
