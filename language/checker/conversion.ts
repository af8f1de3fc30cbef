// Where an Int meets a Decimal: only literals are taken for what is due.

import type { IntNode } from '../ast.ts';
import { fits } from '../builtins/arithmetic.ts';
import { decimalOne } from '../decimal.ts';
import type { Extra } from '../diagnostics.ts';
import type { Expr } from '../model.ts';
import { decimal, int, type Type } from '../types.ts';
import type { Context } from './context.ts';

export function intLiteral(
  context: Context,
  { value, span }: IntNode,
  expected: Type | undefined,
): Expr | undefined {
  if (expected?.kind !== 'Decimal') return { kind: 'Constant', value, type: int, span };
  const millionths = fits(value * decimalOne);
  if (millionths !== undefined) {
    return { kind: 'Constant', value: millionths, type: decimal, span };
  }
  context.reporter.report('number-too-large', span, { text: `${value}` });
  return undefined;
}

/** What to do about two types that do not go together. */
export function conversionHelp(types: readonly Type[]): Extra {
  const kinds = types.map((type) => type.kind);
  return kinds.includes('Int') && kinds.includes('Decimal')
    ? { help: 'write `decimal(…)` around the Int; only a literal becomes a Decimal by itself' }
    : {};
}
