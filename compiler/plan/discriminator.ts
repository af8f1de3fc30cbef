// By what the members of a family can be told apart before any of them is asked: a part of their
// common condition that compares something of the request with a constant of each. Where that part is
// known and false, the whole condition is false, whatever the time.

import type { IrCell, IrExpr, IrScalar } from '../ir.ts';
import { scalarKey } from '../lower/values.ts';
import type { Hole, Member } from './member.ts';

export interface Discriminator {
  readonly by: 'text' | 'word';
  readonly cell: IrCell;
  /** For each member the values of the cell for which it must be asked. */
  readonly values: readonly (readonly IrScalar[])[];
}

/** undefined: by nothing that makes `least` groups of them. */
export function discriminatorOf(
  condition: IrExpr,
  holes: readonly Hole[],
  members: readonly Member[],
  least: number,
): Discriminator | undefined {
  const found = conjuncts(condition)
    .flatMap((part) => comparison(part) ?? [])
    .flatMap(({ cell, hole }) => {
      const at = holes.indexOf(hole);
      if (at < 0) return [];
      const values = members.map((member) => scalars(member.values[at]));
      const by = cell.rep === 'bytes' ? ('text' as const) : ('word' as const);
      return [{ discriminator: { by, cell, values }, spread: spreadOf(values) }];
    });
  const best = found.reduce(
    (most, each) => (most === undefined || each.spread > most.spread ? each : most),
    found[0],
  );
  return best !== undefined && best.spread >= least ? best.discriminator : undefined;
}

function conjuncts(expr: IrExpr): readonly IrExpr[] {
  return expr.kind === 'and' ? expr.operands.flatMap(conjuncts) : [expr];
}

function comparison(expr: IrExpr): { readonly cell: IrCell; readonly hole: Hole } | undefined {
  if (expr.kind === 'compare' && expr.operator === 'is') {
    return between(expr.left, expr.right) ?? between(expr.right, expr.left);
  }
  if (expr.kind === 'apply' && (expr.function === 'inBytes' || expr.function === 'inWords')) {
    const [element, set] = expr.args;
    return element && set && between(element, set);
  }
  return undefined;
}

function between(cell: IrExpr, hole: IrExpr) {
  if (cell.kind !== 'cell' || cell.timeful || cell.address.base !== 'facts') return undefined;
  if (cell.rep !== 'bytes' && cell.rep !== 'word') return undefined;
  return hole.kind === 'const' ? { cell, hole } : undefined;
}

function scalars(value: unknown): readonly IrScalar[] {
  return Array.isArray(value) ? value : [value as IrScalar];
}

/** How many groups the values make. */
function spreadOf(values: readonly (readonly IrScalar[])[]): number {
  return new Set(values.flat().map(scalarKey)).size;
}
