// Finds the atoms: the parts of conditions that the request alone decides, without time and without
// `and`, `or` and `not`. Each is decided once when a request is read, and is a bit for all rules that
// contain it, also when they are evaluated again at another instant.

import type { IrExpr } from '../ir/expressions.ts';
import type { IrModule, IrRule, IrScope, IrScore } from '../ir/ir.ts';
import { collectIrExprs } from '../ir/operands.ts';

export interface Atom {
  readonly expr: IrExpr;
  /** The scope that all rules with the atom share, or `undefined` if it is always decided. */
  readonly scope: IrScope | undefined;
}

/** The maximum number of atoms; further parts are decided where they occur. */
const maxAtoms = 512;

/** The atoms in the order in which rules contain them. */
export function collectAtoms(ir: IrModule, direct: readonly IrRule[]): readonly Atom[] {
  const atoms = new Map<IrExpr, { readonly scope: IrScope | undefined; readonly key: string }>();
  const take = (expr: IrExpr, scope: IrScope) => {
    const key = JSON.stringify(scope);
    for (const part of splitCondition(expr).filter(isAtom)) {
      const known = atoms.get(part);
      if (known === undefined) atoms.set(part, { scope, key });
      else if (known.key !== key) atoms.set(part, { scope: undefined, key: '' });
    }
  };
  const named = [
    ...direct.map((rule) => ({ scope: rule.scope, conditions: listConditions(rule) })),
    ...ir.scores.map((score) => ({ scope: score.scope, conditions: listScoreConditions(score) })),
  ];
  for (const { scope, conditions } of named) {
    for (const expr of conditions) take(expr, scope);
  }
  // An atom that is also a part of another expression is decided there as well.
  for (const { scope, conditions } of named) {
    const key = JSON.stringify(scope);
    for (const expr of collectIrExprs(conditions)) {
      const known = atoms.get(expr);
      if (known !== undefined && known.key !== key) atoms.set(expr, { scope: undefined, key: '' });
    }
  }
  return [...atoms].slice(0, maxAtoms).map(([expr, { scope }]) => ({ expr, scope }));
}

function listConditions({ condition, inside }: IrRule): readonly IrExpr[] {
  return inside === undefined ? [condition] : [condition, inside];
}

function listScoreConditions({ conditions, bands }: IrScore): readonly IrExpr[] {
  return [
    ...conditions.map(({ condition }) => condition),
    ...bands.flatMap(({ narrowing }) => (narrowing === undefined ? [] : [narrowing.inside])),
  ];
}

/** The operands of `and`, `or` and `not`. */
export function splitCondition(expr: IrExpr): readonly IrExpr[] {
  if (expr.kind === 'and' || expr.kind === 'or') return expr.operands.flatMap(splitCondition);
  return expr.kind === 'not' ? splitCondition(expr.operand) : [expr];
}

function isAtom(expr: IrExpr): boolean {
  return !expr.timeful && expr.kind !== 'const' && !hasReloadableTable(expr);
}

/**
 * Whether it can change between two evaluations of one request, because the host can reload an external
 * table.
 */
function hasReloadableTable(expr: IrExpr): boolean {
  return [...collectIrExprs([expr])].some(
    (part) => part.kind === 'lookup' && part.table.external !== undefined,
  );
}
