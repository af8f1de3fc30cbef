// The operators + - * / and the unary minus, on numbers, instants and durations. Results are exact, except
// that those of Decimals are rounded once, half to even. A result that exceeds 64 bits is unknown.

import { decimalOne, divideToEven } from '../../support/decimal.ts';
import {
  computeMonotonicRange,
  computeQuotientRange,
  contains,
  int64Range,
  isSubrange,
  makeSingleRange,
  type Range,
} from '../ranges.ts';
import { decimal, duration, int, removeRange, type Type, timestamp, type Value } from '../types.ts';
import type { BuiltinRow, BuiltinRows, Meaning } from './builtin.ts';

/** Returns the value, or `undefined` if it exceeds 64 bits. */
export function toInt64(value: bigint): bigint | undefined {
  return contains(int64Range, value) ? value : undefined;
}

/** An operation on two 64-bit numbers; a unary operation ignores the second. */
interface Operation {
  readonly assembly: string;
  readonly unchecked?: string;
  /** Computes the unbounded result. */
  readonly compute: (a: bigint, b: bigint) => bigint;
  /** Whether it is a division, which is unknown for a divisor of zero. */
  readonly divides?: boolean;
}

const sum: Operation = { assembly: 'addChecked', unchecked: 'add', compute: (a, b) => a + b };
const difference: Operation = {
  assembly: 'subChecked',
  unchecked: 'sub',
  compute: (a, b) => a - b,
};
const product: Operation = { assembly: 'mulChecked', unchecked: 'mul', compute: (a, b) => a * b };
const quotient: Operation = {
  assembly: 'divChecked',
  unchecked: 'div',
  compute: (a, b) => a / b,
  divides: true,
};
const decimalProduct: Operation = {
  assembly: 'decimalProduct',
  compute: (a, b) => divideToEven(a * b, decimalOne),
};
const decimalQuotient: Operation = {
  assembly: 'decimalQuotient',
  compute: (a, b) => divideToEven(a * decimalOne, b),
  divides: true,
};
const decimalShare: Operation = {
  assembly: 'decimalShare',
  compute: divideToEven,
  divides: true,
};
const negation: Operation = { assembly: 'negChecked', unchecked: 'neg', compute: (a) => -a };
const conversion: Operation = {
  assembly: 'toMillionthsChecked',
  unchecked: 'toMillionths',
  compute: (a) => a * decimalOne,
};

type Row = readonly [left: string, right: string, result: Type, operation: Operation];

const sums: readonly Row[] = [
  ['Int', 'Int', int, sum],
  ['Decimal', 'Decimal', decimal, sum],
  ['Duration', 'Duration', duration, sum],
  ['Timestamp', 'Duration', timestamp, sum],
  ['Duration', 'Timestamp', timestamp, sum],
];
const differences: readonly Row[] = [
  ['Int', 'Int', int, difference],
  ['Decimal', 'Decimal', decimal, difference],
  ['Duration', 'Duration', duration, difference],
  ['Timestamp', 'Duration', timestamp, difference],
  ['Timestamp', 'Timestamp', duration, difference],
];
const products: readonly Row[] = [
  ['Int', 'Int', int, product],
  ['Decimal', 'Decimal', decimal, decimalProduct],
  ['Decimal', 'Int', decimal, product],
  ['Int', 'Decimal', decimal, product],
  ['Duration', 'Int', duration, product],
  ['Int', 'Duration', duration, product],
];
const quotients: readonly Row[] = [
  ['Int', 'Int', int, quotient],
  ['Decimal', 'Decimal', decimal, decimalQuotient],
  ['Decimal', 'Int', decimal, decimalShare],
  ['Duration', 'Int', duration, quotient],
  ['Duration', 'Duration', int, quotient],
];

function createBinaryRow(name: string, doc: string, rows: readonly Row[]): BuiltinRow {
  return {
    doc,
    operands: 2,
    cost: 'constant',
    takes: rows
      .map(([left, right]) => `${left} ${name} ${right}`)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or '),
    resolve: ([left, right]) => {
      const row = rows.find(([a, b]) => a === left?.kind && b === right?.kind);
      return row === undefined ? undefined : createMeaning(row[2], row[3]);
    },
  };
}

function createMeaning(result: Type, operation: Operation): Meaning {
  const { assembly, unchecked, compute, divides = false } = operation;
  return {
    result,
    assembly,
    unchecked,
    mayFail: true,
    evaluate: ([a, b]: readonly Value[]) => {
      const second = (b ?? 0n) as bigint;
      return divides && second === 0n ? undefined : toInt64(compute(a as bigint, second));
    },
    reach: ([a, b = makeSingleRange(0n)]: readonly Range[]) => {
      const first = a ?? int64Range;
      const range = (divides ? computeQuotientRange : computeMonotonicRange)(first, b, compute);
      return { range, mayFail: (divides && contains(b, 0n)) || !isSubrange(range, int64Range) };
    },
  };
}

export const arithmeticBuiltins = {
  '+': createBinaryRow('+', 'The sum.', sums),
  '-': createBinaryRow('-', 'The difference.', differences),
  '*': createBinaryRow(
    '*',
    'The product; a product of two Decimals is rounded half to even.',
    products,
  ),
  '/': createBinaryRow(
    '/',
    'The quotient, truncated; a Decimal quotient is rounded half to even. Unknown if the divisor is zero.',
    quotients,
  ),
  negate: {
    doc: 'The negated value.',
    operands: 1,
    cost: 'constant',
    takes: 'an Int, a Decimal or a Duration',
    resolve: ([operand]) =>
      operand?.kind === 'Int' || operand?.kind === 'Decimal' || operand?.kind === 'Duration'
        ? createMeaning(removeRange(operand), negation)
        : undefined,
  },
  decimal: {
    doc: 'The Int as a Decimal.',
    operands: 1,
    cost: 'constant',
    takes: 'an Int',
    resolve: ([operand]) =>
      operand?.kind === 'Int' ? createMeaning(decimal, conversion) : undefined,
  },
} satisfies BuiltinRows;
