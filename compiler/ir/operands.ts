// The operands of each kind of IR expression, for all code that traverses or prints expressions.

import type { IrAddress, IrEntry, IrExpr } from './expressions.ts';

export function listIrOperands(expr: IrExpr): readonly IrExpr[] {
  switch (expr.kind) {
    case 'const':
      return [];
    case 'cell':
    case 'presence':
    case 'knownRecord':
      return findEntries(expr.address);
    case 'entry':
      return [...findEntries(expr.map), expr.key];
    case 'remembered':
      return expr.bound === undefined ? expr.keys : [...expr.keys, expr.bound];
    case 'knownCell':
      return [expr.cell];
    case 'known':
    case 'not':
      return [expr.operand];
    case 'knownAge':
      return [expr.of, expr.offset];
    case 'lookup':
      return expr.keys;
    case 'apply':
      return expr.args;
    case 'compare':
      return [expr.left, expr.right];
    case 'inWindow':
    case 'calendar':
      return [expr.of];
    case 'compareNow':
      return [expr.threshold];
    case 'compareAge':
      return [expr.of, expr.threshold];
    case 'and':
    case 'or':
      return expr.operands;
    case 'quantifier':
      return [expr.collection, expr.body];
    case 'aggregate':
      return [
        expr.collection,
        ...(expr.condition === undefined ? [] : [expr.condition]),
        expr.body,
      ];
    case 'if':
      return [expr.condition, expr.then, expr.else];
    case 'else':
      return [expr.value, expr.fallback];
    case 'set':
      return expr.elements;
  }
}

/** The entry that contains the cell, if one does. */
export function findEntries({ base }: IrAddress): readonly IrEntry[] {
  return isIrEntry(base) ? [base] : [];
}

export function isIrEntry(base: IrAddress['base']): base is IrEntry {
  return typeof base === 'object' && 'key' in base;
}

/** All nodes of the expressions, without duplicates. */
export function collectIrExprs(exprs: readonly IrExpr[]): ReadonlySet<IrExpr> {
  const irExprs = new Set<IrExpr>();
  const add = (expr: IrExpr): void => {
    if (irExprs.has(expr)) return;
    irExprs.add(expr);
    for (const operand of listIrOperands(expr)) add(operand);
  };
  for (const expr of exprs) add(expr);
  return irExprs;
}
