// Where a value is of another type than is due: what to do about it. Of all, only the literal of an Int
// is taken for a Decimal.

import type { Extra } from '../diagnostics/diagnostics.ts';
import { enclosing, replacing } from '../diagnostics/fix.ts';
import type { Expr } from '../model/model.ts';
import { decimalOne } from '../support/decimal.ts';
import type { IntNode } from '../syntax/ast.ts';
import { fits } from '../types/builtins/arithmetic.ts';
import { decimal, int, type Type } from '../types/types.ts';
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

const decimalHelp =
  'write `decimal(…)` around the Int; only a literal is converted to a Decimal implicitly';

/** What to do about values that would have to be of one type. */
export function conversionHelp(values: readonly Expr[]): Pick<Extra, 'help' | 'fix'> {
  const counts = values.filter(({ type }) => type.kind === 'Int');
  const [count] = counts;
  if (values.some(({ type }) => type.kind === 'Decimal') && count !== undefined) {
    return counts.length === 1 ? conversion(decimal, count) : {};
  }
  const due = values.find(({ type }) => type.kind === 'Enum' || type.kind === 'Duration');
  const other = values.find((value) => value !== due);
  return due === undefined || other === undefined ? {} : conversion(due.type, other);
}

/** What to do about one value that is not of the type that is due. */
export function conversion(due: Type, value: Expr): Pick<Extra, 'help' | 'fix'> {
  if (due.kind === 'Int' && value.type.kind === 'Decimal') return { help: decimalHelp };
  if (due.kind === 'Decimal' && value.type.kind === 'Int') {
    return {
      help: decimalHelp,
      fix: enclosing(value.span, 'decimal(', ')', 'write `decimal(…)` around it'),
    };
  }
  if (due.kind === 'Bool') {
    return {
      help: 'a condition is a `Bool`: compare the value, or test it with `is present`',
    };
  }
  if (due.kind === 'Duration' && value.type.kind === 'Int') {
    return { help: 'write a duration with its unit: `250ms`, `90s`, `5m`, `24h` or `7d`' };
  }
  if (due.kind !== 'Enum' || value.type.kind === 'Enum') return {};
  const members = due.members.map((name) => `\`${name}\``).join(', ');
  if (value.type.kind !== 'String')
    return { help: `the members of \`${due.name}\` are ${members}` };
  const help = `the members of \`${due.name}\` are written without quotes: ${members}`;
  const text = value.kind === 'Constant' ? String(value.value) : '';
  return due.members.includes(text) ? { help, fix: replacing(value.span, text) } : { help };
}
