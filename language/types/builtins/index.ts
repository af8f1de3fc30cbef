// All builtins, by their names in a policy.

import type { Type } from '../types.ts';
import { addressBuiltins } from './addresses.ts';
import { arithmeticBuiltins } from './arithmetic.ts';
import type { Builtin, BuiltinRow } from './builtin.ts';
import type { WrittenBuiltin } from './names.ts';
import { numeralBuiltins } from './numerals.ts';
import { pathBuiltins } from './paths.ts';
import { patternBuiltins } from './patterns.ts';
import { setBuiltins } from './sets.ts';
import { textBuiltins } from './text.ts';

const rows: Readonly<Record<WrittenBuiltin, BuiltinRow>> = {
  ...arithmeticBuiltins,
  ...setBuiltins,
  ...textBuiltins,
  ...pathBuiltins,
  ...addressBuiltins,
  ...patternBuiltins,
  ...numeralBuiltins,
};

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries(rows).map(([name, row]) => [name, withName(name as WrittenBuiltin, row)]),
);

function withName(name: WrittenBuiltin, { resolve, ...row }: BuiltinRow): Builtin {
  return {
    name,
    ...row,
    resolve: (operands, pattern) => {
      const meaning = resolve(operands, pattern);
      return meaning && { name, ...meaning };
    },
  };
}

/** Builtins that are written as calls: `size(x)`. */
export const functionNames = [
  'size',
  'lower',
  'length',
  'spiffe',
  'ip',
  'cidr',
  'decimal',
  'int',
  'quantity',
  'normal_path',
] as const;

export function isFunction(name: string): boolean {
  return (functionNames as readonly string[]).includes(name);
}

/** Builtins that are written as members of a value: `id.trust_domain`. */
export const textMembers: Readonly<Partial<Record<Type['kind'], readonly string[]>>> = {
  SpiffeId: ['trust_domain', 'path'],
  Ip: ['version'],
  Cidr: ['version', 'prefix_length'],
};
