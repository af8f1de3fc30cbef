// Warns of approvals that are not compared with the call: their digest is compared with something else than
// `context.call_digest`, or not at all, nothing checks when they expire, or one permits any number of payments.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr, QuantifierExpr } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import type { LintAnalysis } from '../analysis.ts';
import { overlap } from '../reasoning/scopes.ts';
import type { RuleInfo } from '../rules.ts';
import { paying } from './amount-traps.ts';
import { type ConditionPlace, findShownSpan, formatRequestPath } from './places.ts';

const approvals = 'context.approvals';
const digest = 'context.call_digest';

export function warnOfApprovals(
  { judged }: LintAnalysis,
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  for (const place of places) {
    if (place.expr.kind === 'Quantifier' && isOverApprovals(place.expr)) {
      warnOfDigest(place, place.expr, reporter);
      adviseOfUses(place, place.expr, judged, reporter);
    } else if (place.expr.kind !== 'Read' && place.expr.kind !== 'Presence') {
      warnOfNumber(place, reporter);
    }
  }
  for (const ruleInfo of judged) if (isUnread(ruleInfo)) reportEndless(ruleInfo, reporter);
}

function isOverApprovals({ collection }: QuantifierExpr): boolean {
  return formatRequestPath(collection) === approvals;
}

function isElementDigest({ variable }: QuantifierExpr, expr: Expr): boolean {
  const inner = unwrapBinding(expr);
  return inner.kind === 'Read' && inner.from === variable && inner.members[0]?.name === 'digest';
}

function warnOfDigest(place: ConditionPlace, quantifier: QuantifierExpr, reporter: Reporter): void {
  const span = findShownSpan(place, quantifier);
  const parts = [...collectExprs([quantifier.body])];
  const comparisons = parts.filter((part) => part.kind === 'Compare');
  const digests = comparisons.flatMap(({ left, right }) => [
    ...(isElementDigest(quantifier, left) ? [right] : []),
    ...(isElementDigest(quantifier, right) ? [left] : []),
  ]);
  if (digests.some((other) => formatRequestPath(other) !== digest)) {
    reporter.report('other-digest', span, undefined);
    return;
  }
  const isNested = parts.some(
    (part) =>
      part.kind === 'Read' &&
      part.from !== quantifier.variable &&
      part.members[0]?.name === 'digest',
  );
  if (digests.length === 0) {
    if (!isNested) reporter.report('unchecked-approval', span, { what: 'for any call' });
    return;
  }
  const expires = parts.some(
    (part) =>
      part.kind === 'Read' &&
      part.from === quantifier.variable &&
      part.members[0]?.name === 'expires_at',
  );
  if (!expires) reporter.report('unchecked-approval', span, { what: 'after they expired' });
}

/** A payment that one approval permits again and again, if no rule reads what happened before. */
function adviseOfUses(
  { grants, judged: own, span }: ConditionPlace,
  { body }: QuantifierExpr,
  judged: readonly RuleInfo[],
  reporter: Reporter,
): void {
  const pays = own.scope.actions?.find((name) => paying.test(name));
  if (!grants || pays === undefined) return;
  const reads = [...collectExprs([body])];
  if (!reads.some((part) => formatRequestPath(part) === digest)) return;
  const isCounted = judged.some(
    ({ scope, condition }) =>
      overlap(scope, own.scope) !== undefined &&
      [...collectExprs([condition])].some(({ kind }) => kind === 'History'),
  );
  if (!isCounted) reporter.report('approval-for-many', span, { action: pays });
}

/** A condition that reads the approvals without looking at each. */
function warnOfNumber(place: ConditionPlace, reporter: Reporter): void {
  const reads = [...collectExprs([place.expr])];
  const isQuantified = reads.some(
    (part) => part.kind === 'Quantifier' || part.kind === 'Aggregate',
  );
  const read = reads.find((part) => formatRequestPath(part) === approvals);
  if (read === undefined || isQuantified) return;
  reporter.report('unchecked-approval', findShownSpan(place, read), {
    what: 'for any call',
  });
}

// --- challenges ------------------------------------------------------------------------------------

/** Whether a challenge reads nothing that a step-up or an approval could change. */
function isUnread({ condition, rule, effect }: RuleInfo): boolean {
  if (effect !== 'challenge' || rule === undefined) return false;
  return [...collectExprs([condition])].every(
    (part) =>
      !['History', 'Now', 'Age', 'InWindow', 'Variable'].includes(part.kind) &&
      !(part.kind === 'Lookup' && part.table.external) &&
      (part.kind !== 'Read' || part.from === 'action' || typeof part.from !== 'string'),
  );
}

function reportEndless({ span, id }: RuleInfo, reporter: Reporter): void {
  reporter.report('endless-challenge', span, { name: id });
}
