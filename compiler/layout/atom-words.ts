// The location of a plan's atoms in memory: for each 64 atoms, a word of those that are true, followed by
// a word of those that are true or unknown.

import type { IrExpr } from '../ir/expressions.ts';
import type { Atom } from '../plan/atoms.ts';

/** The number of atoms in a pair of words. */
export const wordBits = 64;
export const pairBytes = 16;

/** The words of a pair: the atoms that are true, and those that are true or unknown. */
export const pairLayout = { sure: 0, may: 8 } as const;

export function countAtomPairs(count: number): number {
  return Math.ceil(count / wordBits);
}

export function countAtomBytes(count: number): number {
  return countAtomPairs(count) * pairBytes;
}

/** The words of a plan's atoms at their address. */
export class AtomWords {
  readonly address: number;
  readonly #bits: ReadonlyMap<IrExpr, number>;

  constructor(address: number, atoms: readonly Atom[]) {
    this.address = address;
    this.#bits = new Map(atoms.map(({ expr }, bit) => [expr, bit]));
  }

  /** Its truth value as 0, 1 or 2, from memory; `called`: shorter, but slower. */
  tri(expr: IrExpr, called: boolean): string | undefined {
    const bit = this.#bits.get(expr);
    if (bit === undefined) return undefined;
    const pair = this.address + findPairIndex(bit) * pairBytes;
    const place = bit % wordBits;
    if (called) return `readTri(${pair}, ${place})`;
    return `<i32>((load<u64>(${pair}) >> ${place}) & 1) + <i32>((load<u64>(${pair}, 8) >> ${place}) & 1)`;
  }

  /** The locals of a rule's function that hold the words, and the place of an atom in them. */
  place(expr: IrExpr): { readonly pair: number; readonly mask: bigint } | undefined {
    const bit = this.#bits.get(expr);
    if (bit === undefined) return undefined;
    return { pair: findPairIndex(bit), mask: 1n << BigInt(bit % wordBits) };
  }

  /** Emits the statements that load a pair of words into `sure…` and `may…`. */
  load(pair: number): readonly string[] {
    const at = this.address + pair * pairBytes;
    return [`  const sure${pair} = load<u64>(${at});`, `  const may${pair} = load<u64>(${at}, 8);`];
  }
}

export function findPairIndex(bit: number): number {
  return Math.floor(bit / wordBits);
}
