// Builtins that parse the numbers in strings: an Int in decimal digits, and a quantity of Kubernetes.

import { findIntProblem, findQuantityProblem, readInt, readQuantity } from '../numerals.ts';
import { decimal, int, type Type } from '../types.ts';
import type { BuiltinRow, BuiltinRows } from './builtin.ts';

function createParserRow(
  doc: string,
  result: Type,
  assembly: string,
  read: (text: string) => bigint | undefined,
  explain: (text: string) => string | undefined,
): BuiltinRow {
  return {
    doc,
    operands: 1,
    cost: 'length',
    takes: 'a String',
    resolve: ([operand]) =>
      operand?.kind === 'String'
        ? {
            result,
            assembly,
            mayFail: true,
            evaluate: ([text]) => read(text as string),
            problem: ([text]) => explain(text as string),
          }
        : undefined,
  };
}

export const numeralBuiltins = {
  int: createParserRow(
    'The Int that the string is in decimal digits; unknown if it is not one.',
    int,
    'toInt',
    readInt,
    findIntProblem,
  ),
  quantity: createParserRow(
    'The quantity of Kubernetes that the string is, in base units; unknown if it is not one, or not an exact Decimal.',
    decimal,
    'toQuantity',
    readQuantity,
    findQuantityProblem,
  ),
} satisfies BuiltinRows;
