// Finds quantifiers within quantifiers of the same kind that need one witness, not one for each element of the outer
// collection. An `any` that is true is true for one element, and the inner `any` for one more; with fewer elements, both
// can only become less true, as long as the inner one occurs positively. The same holds for `all` in `all`.

import { type Expr, listOperands, type QuantifierExpr } from '@nhipol/language/model';

export function findRepeated(outer: QuantifierExpr): ReadonlySet<QuantifierExpr> {
  const positive = new Set<QuantifierExpr>();
  const others = new Set<Expr>();
  const visit = (expr: Expr, isPositive: boolean): void => {
    if (!isPositive) {
      if (others.has(expr)) return;
      others.add(expr);
    }
    if (expr.kind === 'Quantifier') {
      if (isPositive) positive.add(expr);
      visit(expr.collection, false);
      visit(expr.body, isPositive);
      return;
    }
    const stays = expr.kind === 'And' || expr.kind === 'Or' || expr.kind === 'Binding';
    for (const operand of listOperands(expr)) visit(operand, isPositive && stays);
  };
  visit(outer.body, true);
  const quantifierExprs = [...positive].filter(
    (quantifierExpr) =>
      !others.has(quantifierExpr) && quantifierExpr.quantifier === outer.quantifier,
  );
  return new Set(quantifierExprs);
}
