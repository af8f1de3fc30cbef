// Whether no address passes the tests of a class. If one does, so does one of a few: the first of all, and for each
// network its first and the one after its last, as between these nothing changes.

import { encodeAddress, readIpVersion } from '@nhipol/language/types';
import type { TermMeaning } from '../terms/terms.ts';
import type { Classes } from './classes.ts';

interface AddressTest {
  readonly meaning: Exclude<TermMeaning, { readonly kind: 'strings' }>;
  readonly holds: boolean;
}

export function hasNoAddress(classes: Classes, root: number): boolean {
  const isAddress = classes
    .listNodes(root)
    .some((node) => node.kind !== 'constant' && node.type === 'Ip');
  const tests = classes.claimed.flatMap(({ atom, holds }): readonly AddressTest[] => {
    if (atom.kind !== 'test') return [];
    const [only, ...others] = atom.args;
    const { meaning } = atom.test;
    const isOfClass = only !== undefined && others.length === 0 && classes.findRoot(only) === root;
    const isAboutAddresses = meaning !== undefined && meaning.kind !== 'strings';
    return isOfClass && isAboutAddresses ? [{ meaning, holds }] : [];
  });
  if (!isAddress || tests.length === 0) return false;
  return !([4, 6] as const).some((version) =>
    listPoints(version, tests).some((point) =>
      tests.every(({ meaning, holds }) => isInNetwork(version, point, meaning) === holds),
    ),
  );
}

/** Addresses as integers; those of IPv6 have no v4-mapped ones. */
function listPoints(version: 4 | 6, tests: readonly AddressTest[]): readonly bigint[] {
  const limit = version === 4 ? 1n << 32n : 1n << 128n;
  const isMapped = (point: bigint) => version === 6 && point >> 32n === 0xffffn;
  const ends = tests.flatMap(({ meaning }) => {
    if (meaning.kind === 'version' || readIpVersion(meaning.network) !== version) return [];
    const { first, after } = findBounds(version, meaning.network);
    return [first, after];
  });
  return [0n, afterMapped, ...ends].filter((point) => point < limit && !isMapped(point));
}

const afterMapped = 1n << 48n;

function isInNetwork(version: 4 | 6, point: bigint, meaning: AddressTest['meaning']): boolean {
  if (meaning.kind === 'version') return meaning.version === version;
  if (readIpVersion(meaning.network) !== version) return false;
  const { first, after } = findBounds(version, meaning.network);
  return first <= point && point < after;
}

function findBounds(
  version: 4 | 6,
  network: string,
): { readonly first: bigint; readonly after: bigint } {
  const bytes = encodeAddress(network);
  let first = 0n;
  for (let index = version === 4 ? 12 : 0; index < 16; index += 1)
    first = first * 256n + BigInt(bytes[index] ?? 0);
  return { first, after: first + (1n << BigInt(128 - (bytes[16] ?? 128))) };
}
