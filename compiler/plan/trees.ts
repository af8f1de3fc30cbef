// Splits rules with unique shapes: `and`, `or` and `not` become steps over a stack, and their operands
// have few shapes, whose code all rules share. So the code does not grow with such rules either.

import type { IrExpr } from '../ir/expressions.ts';
import type { IrRule } from '../ir/ir.ts';
import type { IrTable } from '../ir/tables.ts';
import { constantOf, type Parameter, type ParameterValue } from './member.ts';
import { shapeOfExpr } from './shape.ts';

export interface Tree {
  readonly rule: IrRule;
  readonly steps: readonly Step[];
}

/** A junction takes as many values from the stack as it has operands. */
export type Step =
  | { readonly kind: 'leaf'; readonly leaf: number; readonly values: readonly ParameterValue[] }
  | { readonly kind: 'and' | 'or'; readonly count: number }
  | { readonly kind: 'not' }
  | { readonly kind: 'const'; readonly value: boolean };

/** A part of conditions other than `and`, `or` and `not`, with its own values for its parameters. */
export interface Leaf {
  readonly template: IrExpr;
  readonly parameters: readonly Parameter[];
}

export interface Trees {
  readonly trees: readonly Tree[];
  readonly leaves: readonly Leaf[];
}

export function treesOf(rules: readonly IrRule[], tables: Map<IrTable, number>): Trees {
  const numbers = new Map<string, number>();
  const leaves: Leaf[] = [];
  const stepsOf = (expr: IrExpr): readonly Step[] => {
    if (expr.kind === 'and' || expr.kind === 'or') {
      const { kind, operands } = expr;
      return [...operands.flatMap(stepsOf), { kind, count: operands.length }];
    }
    if (expr.kind === 'not') return [...stepsOf(expr.operand), { kind: 'not' }];
    if (expr.kind === 'const') return [{ kind: 'const', value: expr.value === true }];
    const { key, parameters } = shapeOfExpr(expr, tables);
    const leaf = numbers.get(key) ?? leaves.length;
    if (leaf === leaves.length) {
      numbers.set(key, leaf);
      leaves.push({ template: expr, parameters });
    }
    return [{ kind: 'leaf', leaf, values: parameters.map(constantOf) }];
  };
  return { trees: rules.map((rule) => ({ rule, steps: stepsOf(rule.condition) })), leaves };
}
