// Compares globs with minimatch, which follows the convention of doublestar: both match the same paths in normal
// form.

import { createRequire } from 'node:module';
import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { glob, matchesBytes, requirePattern } from '../../support/arbitraries/patterns.ts';

interface Minimatch {
  readonly minimatch: (
    path: string,
    glob: string,
    options: { readonly dot: boolean; readonly nocomment: boolean },
  ) => boolean;
}

// A dependency of jest, which another test runs.
const load = createRequire(import.meta.url);
const { minimatch } = load('minimatch') as Minimatch;

const pieces = ['a', 'b', 'ssh', '*', '*.ts', 'a*', '?', '[ab]', '{a,b}', '**', '**', '**'];
const names = ['a', 'b', 'c.ts', 'ssh', 'ab', 'x'];

test('matches the same paths as doublestar', () => {
  const dice = new Dice(createRandomNumbers(11));
  const join = (from: readonly string[], rootedIn1000: number) => {
    const segments = Array.from({ length: 1 + dice.int(3) }, () => dice.pick(from));
    return `${dice.chance(rootedIn1000) ? '/' : ''}${segments.join('/')}`;
  };
  const seen = { matched: 0, missed: 0 };
  for (let round = 0; round < 800; round += 1) {
    const pattern = join(pieces, 250);
    const made = requirePattern(glob(pattern));
    // A trailing `**` matches the contents of a folder, as in gitignore; minimatch also matches the folder itself.
    const theirs = pattern.replace(/(^|\/)\*\*$/, '$1**/*');
    for (let at = 0; at < 12; at += 1) {
      const path = join(names, 500);
      const expected = minimatch(path, theirs, { dot: true, nocomment: true });
      const found = [made.matches(path), matchesBytes(made.bytes, path)];
      expect([pattern, path, ...found]).toEqual([pattern, path, expected, expected]);
      seen[expected ? 'matched' : 'missed'] += 1;
    }
  }
  expect(seen.matched).toBeGreaterThan(1_000);
  expect(seen.missed).toBeGreaterThan(1_000);
});
