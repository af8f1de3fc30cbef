// Segments: values that are a part of a longer string, such as the name of a tenant in a path. A value that is one
// segment does not change what the text around it means.

import { findCharacterProblem, isNormalPath } from './paths.ts';

/** Characters that other systems read as a pattern for several names. */
const wildcards = '*?[]{}';

/** The characters that a segment must not have, besides those that no path in normal form has and the slash. */
export function listRefusedCharacters(separators: string): string {
  return [...new Set(`${wildcards}${separators}`)].sort().join('');
}

/** Why a value is not one segment, for messages, or `undefined` if it is. */
export function findSegmentProblem(value: string, refused: string): string | undefined {
  if (value === '') return 'it is empty';
  if (value.includes('/')) return 'it has the character `/`';
  const character = [...value].find((each) => refused.includes(each));
  if (character !== undefined) return `it has the character \`${character}\``;
  if (value === '.' || value === '..') return `it is \`${value}\``;
  return findCharacterProblem(value);
}

/** The same for a value at the start of a path, which can also be an absolute path. */
export function findRootSegmentProblem(value: string, refused: string): string | undefined {
  if (value.startsWith('/') && value !== '/' && isNormalPath(value)) return undefined;
  return findSegmentProblem(value, refused);
}

/** The codes of ASCII characters as the bits of two words, for the module. */
export function toBitMask(characters: string): readonly [low: bigint, high: bigint] {
  const codes = [...characters].map((character) => BigInt(character.charCodeAt(0)));
  const packWord = (first: bigint) =>
    codes
      .filter((code) => code >= first && code < first + 64n)
      .reduce((word, code) => word | (1n << (code - first)), 0n);
  return [BigInt.asIntN(64, packWord(0n)), BigInt.asIntN(64, packWord(64n))];
}
