// Permits that are true of nothing: an `all` or a `within` whose left side may have no element.

import type { Expr } from '../model.ts';
import { readsOf } from '../reads.ts';
import type { Value } from '../types.ts';
import { type Analysis, restrictingIn } from './analysis.ts';
import type { Judged } from './judged.ts';
import { conditionsIn, type Part } from './polarity.ts';
import { combinationsOf } from './scopes.ts';
import { isTrue } from './worth.ts';

export function warnOfNothing(analysis: Analysis, dead: ReadonlySet<Judged>): void {
  for (const judged of analysis.judged) {
    if (judged.effect !== 'permit' || dead.has(judged)) continue;
    for (const part of conditionsIn(judged.condition)) {
      const over = collectionOf(part);
      if (over === undefined || !mayBeEmpty(over) || !isOpen(analysis, judged, over)) continue;
      const all = part.expr.kind === 'Quantifier';
      const what = `\`${all ? 'all' : 'within'}\` is true where its left side is empty`;
      const related =
        part.span.start < judged.span.start
          ? [{ span: judged.span, message: 'this permit rests on it' }]
          : [];
      analysis.reporter.report(
        'true-of-nothing',
        part.span,
        { what },
        { label: 'nothing is asked of how many there are', related },
      );
    }
  }
}

/** What an `all` or a `within` that helps a permit runs over. */
function collectionOf({ expr, rises }: Part): Expr | undefined {
  if (expr.kind === 'Quantifier')
    return expr.quantifier === 'all' && rises ? expr.collection : undefined;
  if (expr.kind !== 'Apply' || expr.builtin.name !== (rises ? 'within' : 'not within'))
    return undefined;
  const [left, right] = expr.args;
  const isCollection = left?.type.kind === 'Set' || left?.type.kind === 'List';
  // What is compared with itself only asks whether it is known.
  return isCollection && left !== right ? left : undefined;
}

function mayBeEmpty(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Binding':
      return mayBeEmpty(expr.binding.value);
    case 'Constant':
      return (expr.value as readonly Value[]).length === 0;
    case 'Set':
      return expr.elements.length === 0;
    case 'Lookup':
      return (
        expr.table.external ||
        expr.table.rows.some((row) => (row.value as readonly Value[]).length === 0)
      );
    case 'If':
      return mayBeEmpty(expr.then) || mayBeEmpty(expr.else);
    case 'Else':
      return mayBeEmpty(expr.value) || mayBeEmpty(expr.fallback);
    case 'Apply':
      return expr.builtin.name !== 'union' || expr.args.every(mayBeEmpty);
    default:
      return true;
  }
}

/** Whether the permit may stand for nothing, and no other rule restricts then. */
function isOpen({ clusters, readers }: Analysis, permit: Judged, over: Expr): boolean {
  const others = readers.ofAny(readsOf([over]));
  if (others === undefined) return false;
  return combinationsOf(permit.scope).some((combination) => {
    const watching = restrictingIn(combination, others);
    if (watching === undefined) return false;
    const claims = [
      { expr: permit.condition, wanted: isTrue },
      ...watching.map(({ condition, silent }) => ({ expr: condition, wanted: silent })),
    ];
    return clusters.holding(combination, claims, over) === 'maybe';
  });
}
