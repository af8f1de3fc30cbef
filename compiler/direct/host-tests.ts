// Atoms that a host can decide as well as the module: they compare strings, numbers and booleans of the
// request with each other or with constants. A host with requests as objects need not copy the strings
// for them.

import type { EncodedTest, TestOperand, TestOperator } from '@nhipol/runtime/abi';
import type { CellReaders } from '../ir/cell-readers.ts';
import type { IrExpr } from '../ir/expressions.ts';
import type { IrReader } from '../ir/records.ts';
import type { Plan } from '../plan/plan.ts';

/** Slots by offset from the start of the facts. */
type Slots = ReadonlyMap<number, number>;

export interface HostTests {
  readonly tests: readonly EncodedTest[];
  /** The expressions of these atoms. */
  readonly exprs: ReadonlySet<IrExpr>;
  readonly slots: Slots;
}

/** The operators by the name of the builtin in the module. */
const operators: Readonly<Record<string, TestOperator>> = {
  inBytes: 'in',
  inWords: 'in',
  notInBytes: 'not in',
  notInWords: 'not in',
  startsWith: 'starts with',
  endsWith: 'ends with',
  contains: 'contains',
};

export function createHostTests({ atoms }: Plan, readers: CellReaders): HostTests {
  const finder = new Finder(readers);
  const tests: EncodedTest[] = [];
  const exprs = new Set<IrExpr>();
  for (const [bit, { expr }] of atoms.entries()) {
    const test = finder.test(expr);
    if (test === undefined) continue;
    tests.push({ bit, ...test });
    exprs.add(expr);
  }
  return { tests, exprs, slots: finder.slots };
}

type Holds = 'text' | 'number' | 'switch' | 'texts' | 'numbers';

interface Operand {
  readonly holds: Holds;
  /** Called once the expression is found to be a test. */
  readonly take: () => TestOperand;
}

class Finder {
  readonly #readers: CellReaders;
  readonly slots = new Map<number, number>();

  constructor(readers: CellReaders) {
    this.#readers = readers;
  }

  test(expr: IrExpr): Omit<EncodedTest, 'bit'> | undefined {
    if (expr.kind === 'cell') return this.#between('is', expr, truth, ['switch', 'switch']);
    if (expr.kind === 'compare') {
      const { operator, left, right } = expr;
      const isEquality = operator === 'is' || operator === 'is not';
      const texts = isEquality ? this.#between(operator, left, right, ['text', 'text']) : undefined;
      return texts ?? this.#between(operator, left, right, ['number', 'number']);
    }
    if (expr.kind !== 'apply' || expr.mayFail || expr.pattern !== undefined) return undefined;
    const operator = operators[expr.function];
    const [left, right] = expr.args;
    if (operator === undefined || left === undefined || right === undefined) return undefined;
    if (operator !== 'in' && operator !== 'not in') {
      return this.#between(operator, left, right, ['text', 'text']);
    }
    return (
      this.#between(operator, left, right, ['text', 'texts']) ??
      this.#between(operator, left, right, ['number', 'numbers'])
    );
  }

  #between(
    operator: TestOperator,
    left: IrExpr,
    right: IrExpr,
    [first, second]: readonly [Holds, Holds],
  ): Omit<EncodedTest, 'bit'> | undefined {
    const [a, b] = [this.#operand(left), this.#operand(right)];
    if (a?.holds !== first || b?.holds !== second) return undefined;
    // The module decides tests of constants alone, which need no value of the request.
    if (left.kind === 'const' && right.kind === 'const') return undefined;
    return { operator, left: a.take(), right: b.take() };
  }

  #operand(expr: IrExpr): Operand | undefined {
    if (expr.kind === 'const') return createConstantOperand(expr.value);
    if (expr.kind !== 'cell' || expr.timeful || expr.address.base !== 'facts') return undefined;
    const { offset } = expr.address;
    const reader = this.#readers.get(offset);
    const holds = reader && classifyReader(reader);
    return holds && { holds, take: () => ({ slot: this.#slot(offset) }) };
  }

  #slot(offset: number): number {
    const slot = this.slots.get(offset) ?? this.slots.size;
    this.slots.set(offset, slot);
    return slot;
  }
}

const truth: IrExpr = { kind: 'const', rep: 'tri', timeful: false, value: true };

function createConstantOperand(value: (IrExpr & { kind: 'const' })['value']): Operand | undefined {
  if (typeof value === 'boolean') return { holds: 'switch', take: () => ({ value }) };
  if (typeof value === 'string') return { holds: 'text', take: () => ({ value }) };
  if (typeof value === 'bigint') return createNumberOperand(value);
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value;
  if (elements.every((element): element is string => typeof element === 'string')) {
    return { holds: 'texts', take: () => ({ value: elements }) };
  }
  if (!elements.every((element): element is bigint => typeof element === 'bigint'))
    return undefined;
  return elements.every(isExact)
    ? { holds: 'numbers', take: () => ({ value: elements.map(Number) }) }
    : undefined;
}

function createNumberOperand(value: bigint): Operand | undefined {
  return isExact(value) ? { holds: 'number', take: () => ({ value: Number(value) }) } : undefined;
}

/** Whether every host can represent the number exactly. */
function isExact(value: bigint): boolean {
  return BigInt.asIntN(53, value) === value;
}

function classifyReader(reader: IrReader): Holds | undefined {
  switch (reader.kind) {
    case 'enum':
    case 'ranged':
      return 'number';
    case 'collection':
      return isText(reader.element) ? 'texts' : undefined;
    case 'record':
      return undefined;
    case 'scalar':
      if (isText(reader)) return 'text';
      if (reader.function === 'readBool') return 'switch';
      return isNormalizedReader(reader.function) ? undefined : 'number';
  }
}

function isText(reader: IrReader): boolean {
  return reader.kind === 'scalar' && reader.function === 'readString';
}

/** Strings that are compared in another form, or must be validated first. */
function isNormalizedReader(reader: string): boolean {
  return reader === 'readIp' || reader === 'readCidr' || reader === 'readSpiffe';
}
