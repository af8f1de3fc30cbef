// Warns of rules that never fire as intended, because no request satisfies their conditions.

import { decideComparison } from '../../checker/expressions/intervals.ts';
import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import { isConstant } from '../../model/operands.ts';
import { type LintAnalysis, listGuards, omitVocabularies } from '../analysis.ts';
import { type Conflict, isConflict } from '../reasoning/assumptions.ts';
import { makeScopeClaims } from '../reasoning/scopes.ts';
import { onlyTrue, type TruthSet } from '../reasoning/truth-set.ts';
import type { RuleInfo } from '../rules.ts';

/** `untrue`: the rules whose condition is never true; `dead`: the rules among them that never fire. */
export interface NeverTrue {
  readonly dead: ReadonlySet<RuleInfo>;
  readonly untrue: ReadonlySet<RuleInfo>;
}

export function warnNeverFires(analysis: LintAnalysis): NeverTrue {
  const found = analysis.judged.map((judged) => [judged, warn(analysis, judged)] as const);
  const those = (...kinds: readonly string[]) =>
    new Set(found.flatMap(([judged, kind]) => (kinds.includes(kind) ? [judged] : [])));
  return { dead: those('dead'), untrue: those('dead', 'untrue') };
}

function findRuleConflict(
  { clusters, reasoning }: LintAnalysis,
  { scope, condition }: RuleInfo,
  parts: readonly Expr[],
  wanted: TruthSet,
): Conflict | undefined {
  const claims = parts.map((expr) => ({ expr, wanted }));
  if (clusters.holding(scope, claims) !== 'never') return undefined;
  const found = reasoning.assume(
    reasoning.begin(),
    ...makeScopeClaims(scope, condition),
    ...claims,
  );
  return isConflict(found) ? found : undefined;
}

function warn(analysis: LintAnalysis, judged: RuleInfo): 'dead' | 'untrue' | 'live' {
  const { reporter } = analysis;
  const { condition, fires, span, what } = judged;
  const conflict = findRuleConflict(analysis, judged, [condition], fires);
  const untrue =
    conflict ??
    (fires === onlyTrue ? undefined : findRuleConflict(analysis, judged, [condition], onlyTrue));
  if (untrue === undefined) return 'live';
  if (untrue.between.some(isDecided)) return conflict === undefined ? 'untrue' : 'dead';
  const related = listEvidence(untrue);
  if (conflict === undefined) {
    // The rule may be meant to fire only if something is unknown.
    if (untrue.kind === 'values') reporter.report('never-true', span, { what }, { related });
    return 'untrue';
  }
  const guards = listGuards(judged);
  const around = guards.length > 0 && findRuleConflict(analysis, judged, guards, fires);
  const at = around ? (guards.at(-1) as Expr).span : span;
  const subject = around ? 'what this condition guards' : what;
  const code = fires === onlyTrue && conflict.kind === 'unknown' ? 'never-certain' : 'never-fires';
  reporter.report(code, at, { what: subject }, { related });
  return 'dead';
}

/** Whether the checker already warns of the expression. */
export function isDecided(expr: Expr): boolean {
  if (expr.kind !== 'Compare') return false;
  const { operator, left, right } = expr;
  return (
    decideComparison(operator, left, right) !== undefined &&
    !(isConstant(left) && isConstant(right))
  );
}

function listEvidence({ kind, between }: Conflict): readonly Related[] {
  const [first, second] = between;
  if (first === undefined) return [];
  if (second === undefined) {
    const message = kind === 'unknown' ? 'this is never known' : 'this is never true';
    return omitVocabularies([{ span: first.span, message }]);
  }
  return omitVocabularies([
    { span: first.span, message: 'when this is true …' },
    { span: second.span, message: '… this is never true' },
  ]);
}
