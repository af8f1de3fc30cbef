// Advises about permits that depend on what the caller states: flags and evidence among the arguments of a call, strings
// of the caller on the wrong side of an operator, and ids that are compared for subjects of any type.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr, PolicyModel, ReadExpr } from '../../model/model.ts';
import { unwrapBinding } from '../../model/operands.ts';
import { collectReads } from '../../model/reads.ts';
import type { LintAnalysis } from '../analysis.ts';
import { listConjuncts, type RuleInfo } from '../rules.ts';
import {
  type ConditionPlace,
  findComparedValue,
  findMemberPath,
  formatRequestPath,
  listConstantStrings,
  matchCall,
  nameRead,
} from './places.ts';

export function adviseOfCallers(
  policy: PolicyModel,
  { judged }: LintAnalysis,
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  const flagged = new Set<RuleInfo>();
  for (const ruleInfo of judged) {
    const path = findFlag(ruleInfo);
    if (path === undefined) continue;
    flagged.add(ruleInfo);
    reporter.report('caller-decides', ruleInfo.span, { path });
  }
  for (const place of places) {
    adviseOfIdentities(policy, place, reporter);
    adviseOfExchanged(place, reporter);
    if (!flagged.has(place.judged)) adviseOfEvidence(place, reporter);
  }
}

// --- arguments that decide -------------------------------------------------------------------------

/** The path of an argument, if a permit needs nothing but flags among the arguments. */
function findFlag({ effect, condition }: RuleInfo): string | undefined {
  if (effect !== 'permit') return undefined;
  const parts = listConjuncts(condition)
    .map(unwrapBinding)
    .filter((part) => part.kind !== 'Constant');
  const isArgument = (part: Expr): part is ReadExpr =>
    part.kind === 'Read' && part.type.kind === 'Bool' && part.from === 'action';
  const [first] = parts;
  return first !== undefined && isArgument(first) && parts.every(isArgument)
    ? findMemberPath(first)
    : undefined;
}

/** Names of arguments that state that somebody agreed. */
const evidence =
  /^(?:is_|was_|pre)?(?:approv(?:al|ed|ed_by|al_id)|authori[sz]ed(?:_by)?|confirmed(?:_by)?|reviewed(?:_by)?|(?:change_)?ticket(?:_id)?|justification|consent)$/;

/** A condition that is true because of evidence among the arguments, which no host and no table confirms. */
function adviseOfEvidence(
  { expr, grants, span, judged }: ConditionPlace,
  reporter: Reporter,
): void {
  const operand = findEvidenceRead(expr, grants);
  const path = operand === undefined ? undefined : formatRequestPath(operand);
  if (operand === undefined || path?.startsWith('action.') !== true) return;
  const name = nameRead(operand);
  // A tool for tickets names the ticket that it changes.
  const isObject = judged.scope.actions?.some((action) => /ticket|issue|jira/i.test(action));
  if (evidence.test(name) && !(isObject && name.includes('ticket')))
    reporter.report('caller-decides', span, { path });
}

/** The member that a condition reads alone, or compares with a literal or with the subject; presence loosens if it is required. */
function findEvidenceRead(expr: Expr, grants: boolean): Expr | undefined {
  if (expr.kind === 'Presence') return expr.present === grants ? expr.operand : undefined;
  if (!grants) return undefined;
  if (expr.kind === 'Read' || expr.kind === 'Known')
    return expr.kind === 'Known' ? expr.operand : expr;
  const sides =
    expr.kind === 'Compare'
      ? [expr.left, expr.right]
      : (matchCall(expr, ['starts_with', 'ends_with', 'contains', 'matches'])?.args ??
        (expr.kind === 'Apply' && expr.builtin.pattern !== undefined ? expr.args : []));
  const [read, other] = sides.map(unwrapBinding);
  if (read === undefined) return undefined;
  const isOfHost = (side: Expr | undefined) =>
    side !== undefined &&
    (side.kind === 'Lookup' || /^(?:context|resource)\./.test(findMemberPath(side) ?? ''));
  if (isOfHost(read) || isOfHost(other)) return undefined;
  return [read, other].find((side) => formatRequestPath(side ?? read)?.startsWith('action.'));
}

// --- operands --------------------------------------------------------------------------------------

/** `subject.home under resource.id`: the caller chooses the root. */
function adviseOfExchanged({ expr, grants, span }: ConditionPlace, reporter: Reporter): void {
  if (!grants) return;
  const found = matchCall(expr, ['under', 'starts_with', 'ends_with', 'contains']);
  const [whole, part] = (found?.args ?? []).map(findComparedValue);
  if (found === undefined || whole === undefined || part === undefined) return;
  if (whole.type.kind !== 'String' || part.type.kind !== 'String') return;
  const isChosen =
    formatRequestPath(part)?.startsWith('action.') === true ||
    (part.kind === 'Selector' && part.which === 'resource.id');
  const path = formatRequestPath(whole);
  const isKnown =
    listConstantStrings(whole).length > 0 || /^(?:subject|context)\./.test(path ?? '');
  if (!isChosen || !isKnown) return;
  const chosen = part.kind === 'Selector' ? part.which : (formatRequestPath(part) ?? '');
  reporter.report('exchanged-operands', span, { operator: found.name, chosen });
}

// --- identities ------------------------------------------------------------------------------------

function adviseOfIdentities(policy: PolicyModel, place: ConditionPlace, reporter: Reporter): void {
  const { scope, condition } = place.judged;
  const types = policy.subjects.size + (policy.anySubject === undefined ? 0 : 1);
  if (!place.grants || scope.subjects?.length === 1 || types < 2) return;
  if (collectReads([condition]).has('subject.type')) return;
  const { expr } = place;
  const sides =
    expr.kind === 'Compare' && expr.operator === 'is'
      ? [expr.left, expr.right]
      : (matchCall(expr, ['in'])?.args ?? []);
  const isId = (side: Expr) => side.kind === 'Selector' && side.which === 'subject.id';
  const [id, other] = [
    sides.find((side) => isId(unwrapBinding(side))),
    sides.find((side) => !isId(unwrapBinding(side))),
  ];
  if (id === undefined || other === undefined) return;
  const isStored = /^(?:resource|context)\./.test(findMemberPath(other) ?? '');
  if (isStored || listConstantStrings(other).length > 0)
    reporter.report('any-identity', place.span, undefined);
}
