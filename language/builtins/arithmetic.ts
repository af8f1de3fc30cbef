// + - * / and the unary minus, on numbers, times and durations: exact, in 64 bits; what does not
// fit is unknown.

import { duration, int, type Type, timestamp, type Value } from '../types.ts';
import type { Builtin, Resolution } from './builtin.ts';

const least = -(2n ** 63n);
const greatest = 2n ** 63n - 1n;

export function fits(value: bigint): bigint | undefined {
  return value < least || value > greatest ? undefined : value;
}

type Kinds = readonly (readonly [left: string, right: string, result: Type])[];

const sums: Kinds = [
  ['Int', 'Int', int],
  ['Duration', 'Duration', duration],
  ['Timestamp', 'Duration', timestamp],
  ['Duration', 'Timestamp', timestamp],
];
const differences: Kinds = [
  ['Int', 'Int', int],
  ['Duration', 'Duration', duration],
  ['Timestamp', 'Duration', timestamp],
  ['Timestamp', 'Timestamp', duration],
];
const products: Kinds = [
  ['Int', 'Int', int],
  ['Duration', 'Int', duration],
  ['Int', 'Duration', duration],
];
const quotients: Kinds = [
  ['Int', 'Int', int],
  ['Duration', 'Int', duration],
  ['Duration', 'Duration', int],
];

function binary(
  name: string,
  doc: string,
  kinds: Kinds,
  assembly: string,
  compute: (a: bigint, b: bigint) => bigint | undefined,
): Builtin {
  return {
    name,
    doc,
    operands: 2,
    cost: 'constant',
    takes: kinds.map(([left, right]) => `${left} ${name} ${right}`).join(', '),
    resolve: ([left, right]) => {
      const row = kinds.find(([a, b]) => a === left?.kind && b === right?.kind);
      return row === undefined ? undefined : resolution(name, row[2], assembly, compute);
    },
  };
}

function resolution(
  name: string,
  result: Type,
  assembly: string,
  compute: (a: bigint, b: bigint) => bigint | undefined,
): Resolution {
  return {
    name,
    result,
    assembly,
    mayFail: true,
    evaluate: ([a, b]: readonly Value[]) => {
      const value = compute(a as bigint, (b ?? 0n) as bigint);
      return value === undefined ? undefined : fits(value);
    },
  };
}

export const arithmetic: readonly Builtin[] = [
  binary('+', 'The sum.', sums, 'addChecked', (a, b) => a + b),
  binary('-', 'The difference.', differences, 'subChecked', (a, b) => a - b),
  binary('*', 'The product.', products, 'mulChecked', (a, b) => a * b),
  binary(
    '/',
    'The quotient without its fraction; unknown when dividing by zero.',
    quotients,
    'divChecked',
    (a, b) => (b === 0n ? undefined : a / b),
  ),
  {
    name: 'negate',
    doc: 'The number with its sign changed.',
    operands: 1,
    cost: 'constant',
    takes: 'an Int or a Duration',
    resolve: ([operand]) =>
      operand?.kind === 'Int' || operand?.kind === 'Duration'
        ? resolution('negate', operand, 'negChecked', (a) => -a)
        : undefined,
  },
];
