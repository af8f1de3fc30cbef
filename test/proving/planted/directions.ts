// The directions in which the tests compare proofs with something else, on a small sample each: for planted faults, of
// which the table shows who notices them.

import { check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import fc from 'fast-check';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import { compareModels, compareRequests } from '../agreement/compare.ts';
import { enumerate } from '../exhaustive/enumerate.ts';
import { families } from '../exhaustive/families.ts';
import { attack } from '../formulas/attacks.ts';
import { compareCertificates, compareMeaning, compareSolver } from '../formulas/compare.ts';

/** Policies by their sources: the entry file and the others. */
export type Sources = readonly {
  readonly path: string;
  readonly files: Readonly<Record<string, string>>;
}[];

export const directions = [
  'meaning',
  'solver',
  'certificates',
  'attacks',
  'tiny policies',
  'models',
  'requests',
] as const;

export type Direction = (typeof directions)[number];

/** The comparison samples: policies, and the name of a family of tiny ones. */
export interface Samples {
  readonly sources: Sources;
  readonly family: string | undefined;
}

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Returns the first difference that a direction finds, or `undefined` if it finds none. */
export function findDifference(direction: Direction, samples: Samples): string | undefined {
  try {
    return findFirst(listDifferences(direction, samples));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function findFirst(found: Iterable<readonly string[]>): string | undefined {
  for (const differences of found) if (differences.length > 0) return differences[0];
  return undefined;
}

function* listDifferences(
  direction: Direction,
  { sources, family: name }: Samples,
): Iterable<readonly string[]> {
  switch (direction) {
    case 'meaning':
      yield compareMeaning(seeds(80), false).wrong;
      yield compareMeaning(seeds(10), true).wrong;
      return;
    case 'solver':
      yield compareSolver(seeds(40)).wrong;
      return;
    case 'certificates':
      yield compareCertificates(seeds(40)).wrong;
      return;
    case 'attacks':
      yield attack(seeds(150)).wrong;
      return;
    case 'tiny policies':
      for (const family of families.filter((each) => name === undefined || each.name === name))
        yield enumerate(family, family.policies).differences;
      return;
    case 'models':
      for (const policy of listPolicies(sources)) yield compareModels(policy, 1, 1).differences;
      return;
    case 'requests':
      for (const policy of listPolicies(sources)) yield compareRequests(policy, 15, 1).differences;
      return;
  }
}

function* listPolicies(sources: Sources): Iterable<PolicyModel> {
  for (const { path, files } of sources) {
    const { policy } = check(path, new Map(Object.entries(files)));
    if (policy === undefined) throw new Error(`${path} has errors`);
    yield policy;
  }
  for (const { text, others } of fc.sample(programs, { numRuns: 2, seed: 11 }))
    yield checkPolicy(text, others);
}
