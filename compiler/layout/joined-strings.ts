// The memory that joined strings of obligations take.

import { requestLimits } from '@nhipol/runtime/abi';
import type { IrExpr } from '../ir/expressions.ts';

/** The digits of the smallest Int, with its sign. */
const maxIntegerBytes = 20;

/** The maximum number of bytes that joining the parts takes. */
export function countJoinedBytes(expr: IrExpr): number {
  if (expr.kind !== 'apply' || !/^join(Text|Integer)$/.test(expr.function)) return 0;
  const [left, part] = expr.args as [IrExpr, IrExpr];
  return (
    countJoinedBytes(left) +
    (expr.function === 'joinInteger' ? maxIntegerBytes : countMaxBytes(part))
  );
}

function countMaxBytes(expr: IrExpr): number {
  switch (expr.kind) {
    case 'const':
      return typeof expr.value === 'string' ? new TextEncoder().encode(expr.value).length : 0;
    case 'if':
      return Math.max(countMaxBytes(expr.then), countMaxBytes(expr.else));
    case 'else':
      return Math.max(countMaxBytes(expr.value), countMaxBytes(expr.fallback));
    case 'lookup':
      return expr.table.external === undefined
        ? Math.max(0, ...expr.table.rows.map(({ value }) => countMaxBytes(value)))
        : requestLimits.stringBytes;
    case 'apply':
      // All functions that return a string return a part of an argument, or a string of at most the same
      // length.
      return Math.max(requestLimits.stringBytes, ...expr.args.map(countMaxBytes));
    default:
      expr.kind satisfies
        | ('set' | 'cell' | 'entry' | 'presence' | 'knownRecord' | 'knownCell')
        | ('known' | 'knownAge' | 'compare' | 'compareNow' | 'compareAge')
        | ('inWindow' | 'calendar' | 'remembered' | 'and' | 'or' | 'not')
        | ('quantifier' | 'aggregate');
      return requestLimits.stringBytes;
  }
}
