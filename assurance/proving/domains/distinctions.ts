// The tests that distinguish the strings of a group of places.

import type { Pattern, Type } from '@nhipol/language/types';
import type { Affix } from '../automata/monitors.ts';

export interface Distinctions {
  readonly constants: Set<string>;
  readonly kinds: Set<Type['kind']>;
  readonly patterns: Set<Pattern>;
  readonly affixes: Map<string, { readonly form: Affix; readonly text: string }>;
  readonly lengths: Set<number>;
}

export function noDistinctions(): Distinctions {
  return {
    constants: new Set(),
    kinds: new Set(),
    patterns: new Set(),
    affixes: new Map(),
    lengths: new Set(),
  };
}

/** Adds the tests of others to those of a group. */
export function addDistinctions(to: Distinctions, own: Distinctions): void {
  for (const each of own.constants) to.constants.add(each);
  for (const each of own.kinds) to.kinds.add(each);
  for (const each of own.patterns) to.patterns.add(each);
  for (const [key, each] of own.affixes) to.affixes.set(key, each);
  for (const each of own.lengths) to.lengths.add(each);
}
