// What a request alone decides: the parts of conditions that neither time nor `and`, `or` and `not`
// have a share in. Each is decided once when a request is read, and is a bit for all rules that name
// it, also when they are asked again at another instant.

import type { IrExpr, IrModule, IrRule, IrScope, IrScore } from '../ir.ts';
import { irOperands } from '../ir-operands.ts';

export interface Atom {
  readonly expr: IrExpr;
  /** Where all rules that name it are about the same; undefined: it is decided in any case. */
  readonly scope: IrScope | undefined;
}

/** What more there are is decided where it stands. */
const most = 512;

/** In the order in which rules name them. */
export function atomsOf(ir: IrModule, direct: readonly IrRule[]): readonly Atom[] {
  const found = new Map<IrExpr, { readonly scope: IrScope | undefined; readonly key: string }>();
  const take = (expr: IrExpr, scope: IrScope) => {
    const key = JSON.stringify(scope);
    for (const part of partsOf(expr)) {
      const known = found.get(part);
      if (known === undefined) found.set(part, { scope, key });
      else if (known.key !== key) found.set(part, { scope: undefined, key: '' });
    }
  };
  for (const rule of direct) {
    for (const expr of conditionsOf(rule)) take(expr, rule.scope);
  }
  for (const score of ir.scores) {
    for (const expr of conditionsOfScore(score)) take(expr, score.scope);
  }
  return [...found].slice(0, most).map(([expr, { scope }]) => ({ expr, scope }));
}

function conditionsOf({ condition, inside }: IrRule): readonly IrExpr[] {
  return inside === undefined ? [condition] : [condition, inside];
}

function conditionsOfScore({ conditions, bands }: IrScore): readonly IrExpr[] {
  return [
    ...conditions.map(({ condition }) => condition),
    ...bands.flatMap(({ narrowing }) => (narrowing === undefined ? [] : [narrowing.inside])),
  ];
}

function partsOf(expr: IrExpr): readonly IrExpr[] {
  if (expr.kind === 'and' || expr.kind === 'or') return expr.operands.flatMap(partsOf);
  if (expr.kind === 'not') return partsOf(expr.operand);
  return expr.timeful || expr.kind === 'const' || changesBetween(expr) ? [] : [expr];
}

/** A table that the host fills may be filled anew between two questions about one request. */
function changesBetween(expr: IrExpr): boolean {
  if (expr.kind === 'lookup' && expr.table.external !== undefined) return true;
  return irOperands(expr).some(changesBetween);
}
