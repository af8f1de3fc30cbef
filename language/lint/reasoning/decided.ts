// Decides whether a condition is the same for all values of its operands, and says which parts of it show that.

import type { LoadedFile } from '../../checker/load.ts';
import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Edit, Fix } from '../../diagnostics/fix.ts';
import { findAffirmative, findRole } from '../../model/builtins.ts';
import type { Expr, Scope } from '../../model/model.ts';
import { isConstant } from '../../model/operands.ts';
import { type LintAnalysis, omitVocabularies } from '../analysis.ts';
import { isDecided } from '../warnings/never.ts';
import { type Conflict, isConflict } from './assumptions.ts';
import { listSubConditions } from './monotonicity.ts';
import type { TruthSet } from './truth-set.ts';

/** Whether no request in the scope gives the condition one of the values. */
export type NeverHas = (scope: Scope, expr: Expr, values: TruthSet) => boolean;

/** Decides it from all parts together. */
export function createNeverHas({ clusters }: LintAnalysis): NeverHas {
  return (scope, expr, wanted) => clusters.holding(scope, [{ expr, wanted }]) === 'never';
}

/** Decides it case by case, with the steps that other warnings left. */
export function createNeverHasByCases(analysis: LintAnalysis): NeverHas {
  const has = createNeverHas(analysis);
  return (scope, expr, wanted) =>
    has(scope, expr, wanted) ||
    (listSubConditions(expr).length > 1 &&
      analysis.clusters.searchHolding(scope, [{ expr, wanted }], []) === 'never');
}

/** The parts that exclude these values, or `undefined` if only a search through all cases shows it. */
export function findConflict(
  { reasoning }: LintAnalysis,
  expr: Expr,
  values: TruthSet,
): Conflict | undefined {
  const found = reasoning.assume(reasoning.begin(), { expr, wanted: values });
  return isConflict(found) ? found : undefined;
}

/** Whether the condition depends on one that reads nothing, such as a switch; not on a value after `else`. */
export function hasSwitch(expr: Expr): boolean {
  if (isConstant(expr)) return true;
  switch (expr.kind) {
    case 'Binding':
      return hasSwitch(expr.binding.value);
    case 'And':
    case 'Or':
      return expr.operands.some(hasSwitch);
    case 'Not':
      return hasSwitch(expr.operand);
    case 'If':
      return hasSwitch(expr.condition);
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply')
        | ('Compare' | 'Age' | 'InWindow' | 'Calendar' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'Else' | 'Set' | 'History');
      return false;
  }
}

/** Whether another warning is about a comparison that decides the condition. */
export function isReported(conflict: Conflict | undefined): boolean {
  return conflict?.between.some(isDecided) === true;
}

/** Shows two parts of which one has a value whenever the other does not. */
export function explainConflict(expr: Expr, conflict: Conflict | undefined): readonly Related[] {
  const [first, second] = conflict?.between ?? [];
  if (first === undefined || second === undefined) return [];
  const parts = listSubConditions(expr);
  const one = parts.find((part) => part.expr === first);
  const other = parts.find((part) => part.expr === second);
  if (one === undefined || other === undefined) return [];
  return omitVocabularies([
    { span: first.span, message: `when this is ${!one.rises} …` },
    { span: second.span, message: `… this is never ${!other.rises}` },
  ]);
}

/** Requires all of several exclusions where one of them is always true; undefined for other conditions. */
export function requireEveryPart(
  expr: Expr,
  files: ReadonlyMap<string, LoadedFile>,
): Fix | undefined {
  if (expr.kind !== 'Or' || !expr.operands.every(isExclusion)) return undefined;
  const edits = expr.operands.slice(1).map(({ span }, index): Edit | undefined => {
    const { file, end } = (expr.operands[index] as Expr).span;
    const between = files.get(file)?.text.slice(end, span.start) ?? '';
    const found = /^\s+or\s+$/.test(between) ? between.indexOf('or') : -1;
    const start = end + found;
    return found < 0 ? undefined : { span: { file, start, end: start + 2 }, text: 'and' };
  });
  const wholeEdits = edits.filter((edit) => edit !== undefined);
  return wholeEdits.length < edits.length ? undefined : { title: 'write `and`', edits: wholeEdits };
}

function isExclusion(expr: Expr): boolean {
  if (expr.kind === 'Compare') return expr.operator === 'is not';
  if (expr.kind === 'Apply')
    return findRole(expr) === 'membership' && findAffirmative(expr) !== undefined;
  return expr.kind === 'InWindow' || (expr.kind === 'Not' && expr.operand.kind === 'Compare');
}
