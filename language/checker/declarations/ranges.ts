// Reads the declared ranges of types, checks constants against them, and builds conditions for
// values that are only known at run time. A value outside its range is unknown.

import type { Expr, Variable } from '../../model/model.ts';
import { decimalOne } from '../../support/decimal.ts';
import type { Span } from '../../support/source.ts';
import type { DecimalNode, IntNode, NamedTypeNode } from '../../syntax/ast.ts';
import { contains, int64Range, type Range } from '../../types/ranges.ts';
import { bool, type Type, typeName, type Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { inferInterval } from '../expressions/intervals.ts';

/** The range of durations, in milliseconds: up to 100 years. */
export const lasting: Range = { min: 1n, max: 3_155_760_000_000n };

/** The range after the name of a type, or `undefined` if there is none, or after a report. */
export function readRange(context: Context, node: NamedTypeNode): Range | undefined {
  const { range } = node;
  if (range === undefined) return undefined;
  const report = (why: string): undefined => {
    context.reporter.report('bad-range', range.span, { why });
    return undefined;
  };
  const type = node.name.text;
  if (type !== 'Int' && type !== 'Decimal') {
    return report(`a range of \`${type}\`; only \`Int\` and \`Decimal\` have one`);
  }
  if (range.min === undefined && range.max === undefined) return report('a range without bounds');
  const [min, max] = [bound(type, range.min), bound(type, range.max)];
  if (min === 'wrong' || max === 'wrong') return report(`a bound that is not of type ${type}`);
  const found = { min: min ?? int64Range.min, max: max ?? int64Range.max };
  return found.min > found.max ? report('a range that ends before it begins') : found;
}

function bound(
  type: 'Int' | 'Decimal',
  node: IntNode | DecimalNode | undefined,
): bigint | 'wrong' | undefined {
  if (node === undefined) return undefined;
  if (type === 'Int') return node.kind === 'Int' ? node.value : 'wrong';
  const value = node.kind === 'Decimal' ? node.millionths : node.value * decimalOne;
  return contains(int64Range, value) ? value : 'wrong';
}

/** Whether a constant, or each element of a set, is in the declared range of its type. */
export function keepsRange(type: Type, value: Value): boolean {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    return (value as readonly Value[]).every((element) => keepsRange(type.element, element));
  }
  const range = findTypeRange(type);
  return range === undefined || contains(range, value as bigint);
}

/** Reports a constant outside its range. */
export function expectRange(context: Context, type: Type, value: Value, span: Span): boolean {
  const keeps = keepsRange(type, value);
  if (!keeps) context.reporter.report('out-of-range', span, { type: typeName(type) });
  return keeps;
}

function findTypeRange(type: Type): Range | undefined {
  return type.kind === 'Int' || type.kind === 'Decimal' ? type.range : undefined;
}

/** The conditions under which a value is in the range of the type; empty if it always is. */
export function buildRangeConditions(type: Type, value: Expr): readonly Expr[] {
  if (type.kind === 'Set') {
    if (value.type.kind !== 'Set' || value.kind === 'Constant') return [];
    const { span } = value;
    const variable: Variable = { name: 'element', type: value.type.element, path: 'element' };
    const element: Expr = { kind: 'Variable', variable, type: variable.type, span };
    const operands = buildRangeConditions(type.element, element);
    if (operands.length === 0) return [];
    const body: Expr = { kind: 'And', operands, type: bool, span };
    return [
      {
        kind: 'Quantifier',
        quantifier: 'all',
        variable,
        collection: value,
        body,
        type: bool,
        span,
      },
    ];
  }
  const range = findTypeRange(type);
  return range === undefined ? [] : buildWithinConditions(range, value);
}

/** The conditions under which a number is in the range; empty if it always is. */
export function buildWithinConditions(range: Range, value: Expr): readonly Expr[] {
  const { span } = value;
  const compare = (operator: '>=' | '<=', bound: bigint): Expr => {
    const right: Expr = { kind: 'Constant', value: bound, type: value.type, span };
    return { kind: 'Compare', operator, left: value, right, type: bool, span };
  };
  return [
    ...(inferInterval(value).min < range.min ? [compare('>=', range.min)] : []),
    ...(inferInterval(value).max > range.max ? [compare('<=', range.max)] : []),
  ];
}
