// Where the bits of tests are: the module stores pairs of u64, true and possible, and a host writes them in words
// of 32 bits.

import type { EncodedTest, Encoding } from '../contract/index.ts';

/** The tests whose bits share a word; `sure` and `may` are word indexes from the start of memory. */
export interface TestWord {
  readonly sure: number;
  readonly may: number;
  readonly tests: readonly EncodedTest[];
}

const wordBits = 32;
const wordsInHalf = 2;
const wordsInPair = 4;

export function testWords({ atoms, tests }: Encoding): readonly TestWord[] {
  const start = atoms.address / 4;
  const byWord = new Map<number, EncodedTest[]>();
  for (const test of tests) {
    const word = Math.floor(test.bit / wordBits);
    const before = byWord.get(word);
    if (before === undefined) byWord.set(word, [test]);
    else before.push(test);
  }
  return Array.from({ length: atoms.pairs * wordsInHalf }, (_, index) => {
    const sure = start + Math.floor(index / wordsInHalf) * wordsInPair + (index % wordsInHalf);
    return { sure, may: sure + wordsInHalf, tests: byWord.get(index) ?? [] };
  });
}

export function toWordMask(bit: number): number {
  return 1 << (bit % wordBits);
}
