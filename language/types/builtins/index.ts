// All builtins, by their names in a policy.

import type { Type } from '../types.ts';
import { addresses } from './addresses.ts';
import { arithmetic } from './arithmetic.ts';
import type { Builtin } from './builtin.ts';
import { paths } from './paths.ts';
import { patterns } from './patterns.ts';
import { sets } from './sets.ts';
import { text } from './text.ts';

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [...arithmetic, ...sets, ...text, ...paths, ...addresses, ...patterns].map((builtin) => [
    builtin.name,
    builtin,
  ]),
);

/** Builtins that are written as calls: `size(x)`. */
export const functions = [
  'size',
  'lower',
  'length',
  'spiffe',
  'ip',
  'cidr',
  'decimal',
  'normal_path',
] as const;

export function isFunction(name: string): boolean {
  return (functions as readonly string[]).includes(name);
}

/** Builtins that are written as members of a value: `id.trust_domain`. */
export const textMembers: Readonly<Partial<Record<Type['kind'], readonly string[]>>> = {
  SpiffeId: ['trust_domain', 'path'],
  Ip: ['version'],
  Cidr: ['version', 'prefix_length'],
};
