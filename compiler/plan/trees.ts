// Splits rules with unique shapes: `and`, `or` and `not` become steps over a stack, and their operands
// have few shapes, whose code all rules share. So the code does not grow with such rules either.

import type { IrExpr } from '../ir/expressions.ts';
import type { IrRule } from '../ir/ir.ts';
import type { IrTable } from '../ir/tables.ts';
import { expectConstant, type Parameter, type ParameterValue } from './member.ts';
import { shapeOfExpr } from './shape.ts';

export interface Tree {
  readonly rule: IrRule;
  readonly steps: readonly TreeStep[];
}

/** A junction takes as many values from the stack as it has operands. */
export type TreeStep =
  | { readonly kind: 'leaf'; readonly leaf: number; readonly values: readonly ParameterValue[] }
  | { readonly kind: 'and' | 'or'; readonly count: number }
  | { readonly kind: 'not' }
  | { readonly kind: 'const'; readonly value: boolean };

/** A part of conditions other than `and`, `or` and `not`, with its own values for its parameters. */
export interface TreeLeaf {
  readonly template: IrExpr;
  readonly parameters: readonly Parameter[];
}

export interface Trees {
  readonly trees: readonly Tree[];
  readonly leaves: readonly TreeLeaf[];
}

export function buildTrees(rules: readonly IrRule[], tables: Map<IrTable, number>): Trees {
  const numbers = new Map<string, number>();
  const leaves: TreeLeaf[] = [];
  const listSteps = (expr: IrExpr): readonly TreeStep[] => {
    if (expr.kind === 'and' || expr.kind === 'or') {
      const { kind, operands } = expr;
      return [...operands.flatMap(listSteps), { kind, count: operands.length }];
    }
    if (expr.kind === 'not') return [...listSteps(expr.operand), { kind: 'not' }];
    if (expr.kind === 'const') return [{ kind: 'const', value: expr.value === true }];
    const { key, parameters } = shapeOfExpr(expr, tables);
    const leaf = numbers.get(key) ?? leaves.length;
    if (leaf === leaves.length) {
      numbers.set(key, leaf);
      leaves.push({ template: expr, parameters });
    }
    return [{ kind: 'leaf', leaf, values: parameters.map(expectConstant) }];
  };
  return { trees: rules.map((rule) => ({ rule, steps: listSteps(rule.condition) })), leaves };
}
