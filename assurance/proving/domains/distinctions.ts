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

export function createDistinctions(): Distinctions {
  return {
    constants: new Set(),
    kinds: new Set(),
    patterns: new Set(),
    affixes: new Map(),
    lengths: new Set(),
  };
}

/** Adds the tests of others to those of a group. */
export function addDistinctions(to: Distinctions, added: Distinctions): void {
  for (const constant of added.constants) to.constants.add(constant);
  for (const kind of added.kinds) to.kinds.add(kind);
  for (const pattern of added.patterns) to.patterns.add(pattern);
  for (const [key, each] of added.affixes) to.affixes.set(key, each);
  for (const length of added.lengths) to.lengths.add(length);
}
