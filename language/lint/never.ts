// Warns of rules that never fire as intended, because no request satisfies their conditions.

import { decidedResult } from '../checker/intervals.ts';
import type { Related } from '../diagnostics/diagnostics.ts';
import type { Expr, Policy } from '../model/model.ts';
import { isConstant } from '../model/operands.ts';
import { type Analysis, guardsOf, shown } from './analysis.ts';
import { type Conflict, isConflict } from './assumptions.ts';
import { type RuleInfo, sumsOf } from './rules.ts';
import { claimsOf } from './scopes.ts';
import { isTrue, type TruthSet } from './truth-set.ts';

/** Returns the rules that never fire. */
export function warnNeverFires(analysis: Analysis): ReadonlySet<RuleInfo> {
  return new Set(analysis.judged.filter((judged) => warn(analysis, judged)));
}

/** Reports bands of scores that no sum of weights reaches. */
export function warnOfBands({ scores }: Policy, { reporter }: Analysis): void {
  for (const { bands, conditions } of scores) {
    const sums = sumsOf(conditions);
    if (sums === undefined) continue;
    const sorted = bands.toSorted((a, b) => (a.from < b.from ? -1 : 1));
    for (const [index, { from, span }] of sorted.entries()) {
      const next = sorted[index + 1]?.from;
      if (sums.some((sum) => sum >= from && (next === undefined || sum < next))) continue;
      const message = 'its weights have no sum in this band';
      const what = 'this band of a score';
      reporter.report('never-fires', span, { what }, { label: message });
    }
  }
}

function conflictOf(
  { clusters, reasoning }: Analysis,
  { scope, condition }: RuleInfo,
  parts: readonly Expr[],
  wanted: TruthSet,
): Conflict | undefined {
  const claims = parts.map((expr) => ({ expr, wanted }));
  if (clusters.holding(scope, claims) !== 'never') return undefined;
  const found = reasoning.assume(reasoning.begin(), ...claimsOf(scope, condition), ...claims);
  return isConflict(found) ? found : undefined;
}

/** Whether the rule never fires. */
function warn(analysis: Analysis, judged: RuleInfo): boolean {
  const { reporter } = analysis;
  const { condition, fires, span, what } = judged;
  const conflict = conflictOf(analysis, judged, [condition], fires);
  const untrue =
    conflict ?? (fires === isTrue ? undefined : conflictOf(analysis, judged, [condition], isTrue));
  if (untrue === undefined || untrue.between.some(isDecided)) return conflict !== undefined;
  const related = evidence(untrue);
  if (conflict === undefined) {
    // The rule may be meant to fire only if something is unknown.
    if (untrue.kind === 'values') reporter.report('never-true', span, { what }, { related });
    return false;
  }
  const guards = guardsOf(judged);
  const around = guards.length > 0 && conflictOf(analysis, judged, guards, fires);
  const at = around ? (guards.at(-1) as Expr).span : span;
  const subject = around ? 'what this condition guards' : what;
  const code = fires === isTrue && conflict.kind === 'unknown' ? 'never-certain' : 'never-fires';
  reporter.report(code, at, { what: subject }, { related });
  return true;
}

/** Whether the checker already warns of the expression. */
export function isDecided(expr: Expr): boolean {
  if (expr.kind !== 'Compare') return false;
  const { operator, left, right } = expr;
  return (
    decidedResult(operator, left, right) !== undefined && !(isConstant(left) && isConstant(right))
  );
}

function evidence({ kind, between }: Conflict): readonly Related[] {
  const [first, second] = between;
  if (first === undefined) return [];
  if (second === undefined) {
    const message = kind === 'unknown' ? 'this is never known' : 'this is never true';
    return shown([{ span: first.span, message }]);
  }
  return shown([
    { span: first.span, message: 'when this is true …' },
    { span: second.span, message: '… this is never true' },
  ]);
}
