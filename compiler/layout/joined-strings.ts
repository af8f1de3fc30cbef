// The memory that joined strings of obligations take.

import { requestLimits } from '@nhipol/runtime/abi';
import type { IrExpr } from '../ir/ir.ts';

/** The digits of the smallest Int, with its sign. */
const longestInteger = 20;

/** The maximum number of bytes that joining the parts takes. */
export function joinedBytes(expr: IrExpr): number {
  if (expr.kind !== 'apply' || !/^join(Text|Integer)$/.test(expr.function)) return 0;
  const [left, part] = expr.args as [IrExpr, IrExpr];
  return joinedBytes(left) + (expr.function === 'joinInteger' ? longestInteger : longest(part));
}

function longest(expr: IrExpr): number {
  switch (expr.kind) {
    case 'const':
      return typeof expr.value === 'string' ? new TextEncoder().encode(expr.value).length : 0;
    case 'if':
      return Math.max(longest(expr.then), longest(expr.else));
    case 'else':
      return Math.max(longest(expr.value), longest(expr.fallback));
    case 'lookup':
      return expr.table.external === undefined
        ? Math.max(0, ...expr.table.rows.map(({ value }) => longest(value)))
        : requestLimits.stringBytes;
    case 'apply':
      // All functions that return a string return a part of an argument, or a string of at most the same
      // length.
      return Math.max(requestLimits.stringBytes, ...expr.args.map(longest));
    default:
      return requestLimits.stringBytes;
  }
}
