// The atoms of a plan in memory: of each 64 a word of those that are true, and behind it one of those
// that are true or unknown. `prepare` decides them all for the request that was read.

import { groupBy } from '../group-by.ts';
import type { IrExpr, IrScope } from '../ir.ts';
import type { Atom } from '../plan/atoms.ts';
import { ExpressionEmitter } from './expressions.ts';
import type { StaticData } from './static-data.ts';

/** Atoms in a pair of words. */
const wordBits = 64;
const pairBytes = 16;
/** More bytes than these are not cleared word by word. */
const mostCleared = 128;

export function atomBytes(count: number): number {
  return Math.ceil(count / wordBits) * pairBytes;
}

export class Atoms {
  readonly #address: number;
  readonly #bits: ReadonlyMap<IrExpr, number>;
  readonly #atoms: readonly Atom[];

  constructor(address: number, atoms: readonly Atom[]) {
    this.#address = address;
    this.#atoms = atoms;
    this.#bits = new Map(atoms.map(({ expr }, bit) => [expr, bit]));
  }

  /** Its truth value as 0, 1 or 2, from memory. */
  tri(expr: IrExpr): string | undefined {
    const bit = this.#bits.get(expr);
    if (bit === undefined) return undefined;
    const pair = this.#address + Math.floor(bit / wordBits) * pairBytes;
    const place = bit % wordBits;
    return `<i32>((load<u64>(${pair}) >> ${place}) & 1) + <i32>((load<u64>(${pair}, 8) >> ${place}) & 1)`;
  }

  /** The locals of a judge's function that hold the words, and the place of an atom in them. */
  place(expr: IrExpr): { readonly pair: number; readonly mask: bigint } | undefined {
    const bit = this.#bits.get(expr);
    if (bit === undefined) return undefined;
    return { pair: Math.floor(bit / wordBits), mask: 1n << BigInt(bit % wordBits) };
  }

  /** Reads a pair of words into `sure…` and `may…`. */
  load(pair: number): readonly string[] {
    const at = this.#address + pair * pairBytes;
    return [`  const sure${pair} = load<u64>(${at});`, `  const may${pair} = load<u64>(${at}, 8);`];
  }

  prepare(
    facts: number,
    data: StaticData,
    scopeTest: (scope: IrScope) => string,
  ): readonly string[] {
    const placed = this.#atoms.map(({ expr, scope }, bit) => ({
      expr,
      bit,
      test: scope === undefined ? '' : scopeTest(scope),
    }));
    const groups = groupBy(placed, ({ test }) => test);
    const functions = [...groups.values()].flatMap((group, at) => [
      `function prepare${at}(): void {`,
      ...this.#decide(group, facts, data),
      '}',
    ]);
    const calls = [...groups.keys()].map((test, at) =>
      test === '' ? `  prepare${at}();` : `  if (${test}) prepare${at}();`,
    );
    const size = atomBytes(this.#atoms.length);
    const words = Array.from({ length: size / 8 }, (_, at) => this.#address + at * 8);
    const clear =
      size > mostCleared
        ? [`  memory.fill(${this.#address}, 0, ${size});`]
        : words.map((address) => `  store<u64>(${address}, 0);`);
    return [
      ...functions,
      'function prepare(): void {',
      ...clear,
      // Each may use all the memory that there is for what rules compute.
      ...calls.flatMap((call) => ['  release(requestEnd);', call]),
      '}',
    ];
  }

  #decide(
    group: readonly { readonly expr: IrExpr; readonly bit: number }[],
    facts: number,
    data: StaticData,
  ): readonly string[] {
    const emitter = new ExpressionEmitter({
      facts,
      data,
      bits: undefined,
      holes: undefined,
      atoms: undefined,
    });
    const pairs = new Set<number>();
    for (const { expr, bit } of group) {
      const pair = Math.floor(bit / wordBits);
      if (!pairs.has(pair)) {
        emitter.line(`let sure${pair}: u64 = 0;`);
        emitter.line(`let may${pair}: u64 = 0;`);
        pairs.add(pair);
      }
      const { value } = emitter.emit(expr);
      emitter.line(`sure${pair} |= <u64>(${value} == 2) << ${bit % wordBits};`);
      emitter.line(`may${pair} |= <u64>(${value} != 0) << ${bit % wordBits};`);
    }
    const stores = [...pairs].flatMap((pair) => {
      const at = this.#address + pair * pairBytes;
      return [
        `  store<u64>(${at}, load<u64>(${at}) | sure${pair});`,
        `  store<u64>(${at}, load<u64>(${at}, 8) | may${pair}, 8);`,
      ];
    });
    return [...emitter.lines, ...stores];
  }
}
