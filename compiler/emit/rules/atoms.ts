// Emits the decision of a plan's atoms for the request that was read.

import type { IrExpr } from '../../ir/expressions.ts';
import { groupByKey } from '../../ir/group-by.ts';
import type { IrScope } from '../../ir/ir.ts';
import {
  AtomWords,
  countAtomBytes,
  countAtomPairs,
  findPairIndex,
  pairBytes,
  pairLayout,
  wordBits,
} from '../../layout/atom-words.ts';
import type { Atom } from '../../plan/atoms.ts';
import { collectCells } from '../../plan/read-cells.ts';
import type { StaticData } from '../data/static-data.ts';
import { ExpressionEmitter } from '../expressions/expressions.ts';

/** More bytes than this are not cleared word by word. */
const maxCleared = 128;

interface Placed {
  readonly expr: IrExpr;
  readonly bit: number;
}

export class Atoms extends AtomWords {
  readonly #atoms: readonly Atom[];

  constructor(address: number, atoms: readonly Atom[]) {
    super(address, atoms);
    this.#atoms = atoms;
  }

  /** `prepare` decides all atoms; `prepareRest` decides those that the host did not decide. */
  prepare(
    facts: number,
    data: StaticData,
    scopeTest: (scope: IrScope) => string,
    decidedIrExprs: ReadonlySet<IrExpr>,
  ): readonly string[] {
    const placed = this.#atoms.map(({ expr, scope }, bit) => ({
      expr,
      bit,
      test: scope === undefined ? '' : scopeTest(scope),
    }));
    const groups = [...groupByKey(placed, ({ test }) => test)]
      .map(([test, all]) => ({
        test,
        all,
        rest: all.filter(({ expr }) => !decidedIrExprs.has(expr)),
      }))
      .sort((a, b) => Number(a.test !== '') - Number(b.test !== ''));
    // The first unconditional words need not be combined with earlier ones.
    const [first] = groups;
    const fresh = first?.test === '' && first.rest.length < first.all.length ? first.all : [];
    const freshPairs = collectPairs(fresh);
    const body = (name: string, group: readonly Placed[]) => [
      `function ${name}(): void {`,
      ...this.#decide(group, facts, data, group === fresh),
      '}',
    ];
    // Each can use all the memory for values that rules compute.
    const call = (test: string, name: string) => [
      '  release(requestEnd);',
      test === '' ? `  ${name}();` : `  if (${test}) ${name}();`,
    ];
    const size = countAtomBytes(this.#atoms.length);
    const pairs = Array.from({ length: countAtomPairs(this.#atoms.length) }, (_, pair) => pair);
    const clear =
      size > maxCleared
        ? [`  memory.fill(${this.address}, 0, ${size});`]
        : pairs
            .filter((pair) => !freshPairs.has(pair))
            .map((pair) => this.address + pair * pairBytes)
            .flatMap((at) => [
              `  store<u64>(${at}, 0);`,
              `  store<u64>(${at}, 0, ${pairLayout.may});`,
            ]);
    return [
      ...groups.flatMap(({ all, rest }, index) => [
        ...body(`prepare${index}`, all),
        ...(isPart(rest, all) ? body(`rest${index}`, rest) : []),
      ]),
      'export function prepare(): void {',
      ...clear,
      ...groups.flatMap(({ test }, index) => call(test, `prepare${index}`)),
      '}',
      'export function prepareRest(): void {',
      ...groups.flatMap(({ test, all, rest }, index) =>
        rest.length === 0 ? [] : call(test, isPart(rest, all) ? `rest${index}` : `prepare${index}`),
      ),
      '}',
    ];
  }

  /**
   * For each slot of a word among a session's facts, the code that updates the first pair of words when
   * only that word changed. Slots whose atoms read other cells as well are omitted.
   */
  repairs(
    slots: ReadonlyMap<number, number>,
    facts: number,
    data: StaticData,
    scopeTest: (scope: IrScope) => string,
  ): readonly string[] {
    const looked = this.#atoms.map((atom, bit) => ({
      ...atom,
      bit,
      cells: collectCells([atom.expr]),
    }));
    return [...slots].flatMap(([offset, slot]) => {
      const own = looked.filter(({ cells }) => cells.has(offset));
      if (own.some(({ cells }) => cells.size > 1)) return [];
      const mask = own.reduce((bits, { bit }) => bits | (1n << BigInt(bit)), 0n);
      return [
        `    case ${slot}: {`,
        `      storeWord(${facts + offset}, value);`,
        `      let sure: u64 = load<u64>(session) & ~(<u64>${mask});`,
        `      let may: u64 = load<u64>(session, ${pairLayout.may}) & ~(<u64>${mask});`,
        ...own.flatMap(({ expr, scope, bit }) => {
          const emitter = ExpressionEmitter.ofFacts(facts, data);
          const { value } = emitter.emit(expr);
          const test = scope === undefined ? '' : scopeTest(scope);
          return [
            test === '' ? '      {' : `      if (${test}) {`,
            ...emitter.lines,
            `        sure |= <u64>(${value} == 2) << ${bit};`,
            `        may |= <u64>(${value} != 0) << ${bit};`,
            '      }',
          ];
        }),
        '      store<u64>(session, sure);',
        `      store<u64>(session, may, ${pairLayout.may});`,
        '      return true;',
        '    }',
      ];
    });
  }

  #decide(
    group: readonly Placed[],
    facts: number,
    data: StaticData,
    isFresh: boolean,
  ): readonly string[] {
    const emitter = ExpressionEmitter.ofFacts(facts, data);
    const pairs = collectPairs(group);
    for (const pair of pairs) {
      emitter.line(`let sure${pair}: u64 = 0;`);
      emitter.line(`let may${pair}: u64 = 0;`);
    }
    for (const { expr, bit } of group) {
      const pair = findPairIndex(bit);
      const { value } = emitter.emit(expr);
      emitter.line(`sure${pair} |= <u64>(${value} == 2) << ${bit % wordBits};`);
      emitter.line(`may${pair} |= <u64>(${value} != 0) << ${bit % wordBits};`);
    }
    const stores = [...pairs].flatMap((pair) => {
      const at = this.address + pair * pairBytes;
      const printEarlierBits = (offset: number) =>
        isFresh ? '' : `load<u64>(${at}, ${offset}) | `;
      return [
        `  store<u64>(${at}, ${printEarlierBits(pairLayout.sure)}sure${pair});`,
        `  store<u64>(${at}, ${printEarlierBits(pairLayout.may)}may${pair}, ${pairLayout.may});`,
      ];
    });
    return [...emitter.lines, ...stores];
  }
}

function collectPairs(group: readonly Placed[]): ReadonlySet<number> {
  return new Set(group.map(({ bit }) => findPairIndex(bit)));
}

function isPart(rest: readonly unknown[], all: readonly unknown[]): boolean {
  return rest.length > 0 && rest.length < all.length;
}
