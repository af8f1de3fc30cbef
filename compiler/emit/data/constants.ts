// Constants of an AssemblyScript file that the compiler replaces.

import type { Block } from './static-data.ts';

export type Constants = Readonly<
  Record<string, readonly [type: string, value: number | boolean | string]>
>;

/** Declares them in a way that asc folds, so that values initialized from them need no start code. */
export function declare(constants: Constants): string {
  return Object.entries(constants)
    .map(([name, [type, value]]) => `@inline export const ${name}: ${type} = ${value};\n`)
    .join('');
}

/** The address of a text, with its length in the upper half. */
export function packText({ address, length }: Block): readonly ['u64', string] {
  return ['u64', `${(BigInt(length) << 32n) | BigInt(address)}`];
}
