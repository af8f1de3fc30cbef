// Suggests how to convert a value of the wrong type. Only an Int literal is converted to a Decimal
// implicitly.

import type { Extra } from '../../diagnostics/diagnostics.ts';
import { proposeEnclosure } from '../../diagnostics/fix.ts';
import type { Expr } from '../../model/model.ts';
import { decimalOne } from '../../support/decimal.ts';
import type { IntNode } from '../../syntax/ast.ts';
import { spellName } from '../../syntax/print/spelling.ts';
import { toInt64 } from '../../types/builtins/arithmetic.ts';
import { decimal, int, type Type } from '../../types/types.ts';
import type { Context } from '../context.ts';

/** Types a whole number as an Int, or as a Decimal where one is expected. */
export function checkIntLiteral(
  context: Context,
  { value, span }: IntNode,
  expected: Type | undefined,
): Expr | undefined {
  if (expected?.kind !== 'Decimal') return { kind: 'Constant', value, type: int, span };
  const millionths = toInt64(value * decimalOne);
  if (millionths !== undefined) {
    return { kind: 'Constant', value: millionths, type: decimal, span };
  }
  context.reporter.report('number-too-large', span, { text: `${value}` });
  return undefined;
}

const decimalHelp =
  'write `decimal(…)` around the Int; only a literal is converted to a Decimal implicitly';

/** Suggests how to make values have one type. */
export function explainConversions(values: readonly Expr[]): Pick<Extra, 'help' | 'fix'> {
  const ints = values.filter(({ type }) => type.kind === 'Int');
  const [firstInt] = ints;
  if (values.some(({ type }) => type.kind === 'Decimal') && firstInt !== undefined) {
    return ints.length === 1 ? explainConversion(decimal, firstInt) : {};
  }
  const expected = values.find(({ type }) => type.kind === 'Enum' || type.kind === 'Duration');
  const other = values.find((value) => value !== expected);
  return expected === undefined || other === undefined
    ? {}
    : explainConversion(expected.type, other);
}

/** Suggests how to convert one value to the expected type. */
export function explainConversion(expected: Type, value: Expr): Pick<Extra, 'help' | 'fix'> {
  if (expected.kind === 'Int' && value.type.kind === 'Decimal') return { help: decimalHelp };
  if (expected.kind === 'Decimal' && value.type.kind === 'Int') {
    return {
      help: decimalHelp,
      fix: proposeEnclosure(value.span, 'decimal(', ')', 'write `decimal(…)` around it'),
    };
  }
  if (expected.kind === 'Bool') {
    return {
      help: 'a condition is a `Bool`: compare the value, or test it with `is present`',
    };
  }
  if (expected.kind === 'Duration' && value.type.kind === 'Int') {
    return { help: 'write a duration with its unit: `250ms`, `90s`, `5m`, `24h` or `7d`' };
  }
  if (expected.kind !== 'Enum' || value.type.kind === 'Enum') return {};
  const members = expected.members.map((name) => `\`${spellName(name)}\``).join(', ');
  return { help: `the members of \`${expected.name}\` are ${members}` };
}
