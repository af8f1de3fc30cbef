// Emits trees as data and the functions of their leaves, in the format of trees.ts of the assembly
// library. The row of a leaf: 8 bytes for each parameter, then for each path that can make it unknown the
// u64 mask that the path has in its rule.

import { groupByKey } from '../../ir/group-by.ts';
import type { IrModule, IrRule } from '../../ir/ir.ts';
import { findReason, type Plan } from '../../plan/plan.ts';
import type { Tree, TreeLeaf, TreeStep } from '../../plan/trees.ts';
import { type StaticData, splitWord } from '../data/static-data.ts';
import { type EmitOptions, ExpressionEmitter } from '../expressions/expressions.ts';
import { layParameter, parameterBytes } from '../expressions/parameters.ts';
import { emitFiring } from './firing.ts';

const steps = { leaf: 0, and: 1, or: 2, not: 3, const: 4 } as const;
const kindBits = 3;

/** Trees of one effect, which one function evaluates. */
export interface TreeFamily {
  readonly template: IrRule;
  readonly rules: readonly IrRule[];
  /** The addresses of their rows. */
  readonly rows: readonly number[];
}

export interface EmittedTrees {
  readonly lines: readonly string[];
  readonly families: readonly TreeFamily[];
}

export function emitTrees(
  ir: IrModule,
  { trees, leaves }: Plan,
  facts: number,
  data: StaticData,
): EmittedTrees {
  if (trees.length === 0) return { lines: [], families: [] };
  const emitted = leaves.map((leaf, index) => emitLeaf(leaf, index, facts, data));
  const paths = emitted.map((leaf) => leaf.paths);
  const families = groupFamilies(trees, (tree) => layTree(ir, tree, paths, data));
  const names = (prefix: string) => leaves.map((_, index) => `${prefix}${index}`).join(', ');
  const lines = [
    ...emitted.flatMap((leaf) => leaf.lines),
    `const leaves: StaticArray<(row: usize) => i32> = [${names('leaf')}];`,
    `const leafWhys: StaticArray<(row: usize) => u64> = [${names('leafWhy')}];`,
    ...families.flatMap(({ template }, index) => [
      `function askTrees${index}(from: usize, to: usize): void {`,
      '  for (; from < to; from += 4) {',
      '    const row: usize = load<u32>(from);',
      '    const v = treeValue(row, changetype<usize>(leaves), 0);',
      ...emitFiring(template, 'treeEdge()').map((line) => `    ${line}`),
      '  }',
      '}',
    ]),
    'function treeWhy(row: usize, falls: bool): u64 {',
    '  treeValue(row, changetype<usize>(leaves), changetype<usize>(leafWhys));',
    '  return treeMask();',
    '}',
  ];
  return { lines, families };
}

function groupFamilies(trees: readonly Tree[], lay: (tree: Tree) => number): readonly TreeFamily[] {
  const alike = groupByKey(trees, ({ rule }) => `${rule.effect} ${rule.skipUnknown}`);
  return [...alike.values()].map((foundTrees) => ({
    template: (foundTrees[0] as Tree).rule,
    rules: foundTrees.map(({ rule }) => rule),
    rows: foundTrees.map(lay),
  }));
}

/** Emits the functions of a leaf; returns them with the paths whose masks its rows contain. */
function emitLeaf(
  { template, parameters }: TreeLeaf,
  index: number,
  facts: number,
  data: StaticData,
): { readonly lines: readonly string[]; readonly paths: readonly string[] } {
  const places = new Map(parameters.map((parameter, at) => [parameter, at * parameterBytes]));
  const options: EmitOptions = {
    facts,
    data,
    bits: undefined,
    parameters: places,
    atoms: undefined,
  };
  const value = new ExpressionEmitter(options);
  const local = value.emit(template);
  const paths: string[] = [];
  const masks = {
    get: (path: string) => {
      const known = paths.indexOf(path);
      const at = known < 0 ? paths.push(path) - 1 : known;
      return `load<u64>(row, ${(parameters.length + at) * parameterBytes})`;
    },
  };
  const why = new ExpressionEmitter({ ...options, bits: masks });
  const { mask } = why.emit(template);
  const lines = [
    `function leaf${index}(row: usize): i32 {`,
    ...value.lines,
    `  leafEdge(${template.timeful ? (local.edge ?? 'NEVER') : 'NEVER'});`,
    `  return ${local.value};`,
    '}',
    `function leafWhy${index}(row: usize): u64 {`,
    ...why.lines,
    `  return ${mask};`,
    '}',
  ];
  return { lines, paths };
}

/** Stores the row of a tree and returns its address. */
function layTree(
  ir: IrModule,
  { rule, steps: taken }: Tree,
  paths: readonly (readonly string[])[],
  data: StaticData,
): number {
  const { unknown } = findReason(ir, rule);
  const bits = new Map(unknown.map((path, bit) => [path, 1n << BigInt(bit)]));
  const words = taken.flatMap((step) => layStep(step, paths, bits, data));
  return data.words([rule.reason, taken.length, ...words]);
}

function layStep(
  step: TreeStep,
  paths: readonly (readonly string[])[],
  bits: ReadonlyMap<string, bigint>,
  data: StaticData,
): readonly [what: number, operand: number] {
  switch (step.kind) {
    case 'leaf': {
      const row = layLeaf(step, paths[step.leaf] ?? [], bits, data);
      return [steps.leaf | (step.leaf << kindBits), row];
    }
    case 'and':
    case 'or':
      return [steps[step.kind], step.count];
    case 'not':
      return [steps.not, 0];
    case 'const':
      return [steps.const, step.value ? 2 : 0];
  }
}

function layLeaf(
  { values }: Extract<TreeStep, { kind: 'leaf' }>,
  paths: readonly string[],
  bits: ReadonlyMap<string, bigint>,
  data: StaticData,
): number {
  const masks = paths.map((path) => bits.get(path) ?? 0n);
  return data.words([
    ...values.flatMap((value) => layParameter(value, data)),
    ...masks.flatMap(splitWord),
  ]);
}
