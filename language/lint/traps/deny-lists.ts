// Advises about lists of what is denied, next to a permit for everything else: names of actions and resource types in a
// policy that accepts undeclared ones, and names of tools and programs in arguments of a call.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr, PolicyModel } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import { collectReads } from '../../model/reads.ts';
import type { LintAnalysis } from '../analysis.ts';
import { overlap } from '../reasoning/scopes.ts';
import { listConjuncts, type RuleInfo } from '../rules.ts';
import {
  type ConditionPlace,
  formatRequestPath,
  hasOpenNames,
  listConstantStrings,
  matchCall,
  nameRead,
} from './places.ts';
import { isProgram } from './readings.ts';

export function adviseOfDenyLists(
  policy: PolicyModel,
  { judged }: LintAnalysis,
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  adviseOfNames(policy, judged, reporter);
  for (const place of places) adviseOfPrograms(place, judged, reporter);
}

// --- names of actions and resource types -----------------------------------------------------------

const kinds = [
  ['actions', 'action.name', 'action'],
  ['resources', 'resource.type', 'resource type'],
] as const;

/** The word for the names that a rule lists, by its effect. */
const restricted: Partial<Record<EffectName, string>> = {
  deny: 'denied',
  revoke: 'denied',
  challenge: 'challenged',
};

function adviseOfNames(policy: PolicyModel, judged: readonly RuleInfo[], reporter: Reporter): void {
  for (const [kind, selector, what] of kinds) {
    if (!hasOpenNames(policy, kind)) continue;
    const permits = judged.filter(
      ({ effect, scope, condition }) =>
        effect === 'permit' &&
        scope[kind] === undefined &&
        !collectReads([condition]).has(selector),
    );
    for (const ruleInfo of judged) {
      const done = restricted[ruleInfo.effect ?? 'permit'];
      if (done === undefined) continue;
      const permit = permits.find(({ scope }) => overlap(scope, ruleInfo.scope) !== undefined);
      if (permit === undefined || !listListsNames(ruleInfo, kind, selector)) continue;
      reporter.report(
        'deny-list',
        ruleInfo.span,
        { what, done },
        { related: [{ span: permit.span, message: 'this permits all others' }] },
      );
    }
  }
}

/** Whether a rule denies nothing but names that it lists, or lists them in its own condition next to others. */
function listListsNames(
  { scope, condition, when, effect }: RuleInfo,
  kind: 'actions' | 'resources',
  selector: string,
): boolean {
  const parts = listConjuncts(condition).map(unwrapBinding);
  const isTrue = (part: Expr) => part.kind === 'Constant' && part.value === true;
  const isName = (part: Expr) =>
    [...collectReads([part])].every((path) => path === selector) && isListed(part);
  const denies = effect === 'deny' || effect === 'revoke';
  const isWhole =
    parts.every((part) => isTrue(part) || isName(part)) &&
    (scope[kind] !== undefined || parts.some(isName));
  if (denies && isWhole) return true;
  const conjuncts = when === undefined ? [] : listConjuncts(when).map(unwrapBinding);
  return conjuncts.some(
    (part) => isName(part) && matchCall(part, ['matches', 'starts_with']) === undefined,
  );
}

function isListed(expr: Expr): boolean {
  if (expr.kind === 'Compare') return expr.operator === 'is';
  return expr.kind === 'Or'
    ? expr.operands.every(isListed)
    : matchCall(expr, ['in', 'matches', 'starts_with']) !== undefined;
}

// --- names in arguments ----------------------------------------------------------------------------

/** A restriction by the name of a tool or a program, where each other name is permitted. */
function adviseOfPrograms(
  place: ConditionPlace,
  judged: readonly RuleInfo[],
  reporter: Reporter,
): void {
  const { expr, judged: own } = place;
  const compared = findComparedNames(place);
  if (compared === undefined) return;
  const path = formatRequestPath(compared) ?? '';
  const name = nameRead(compared);
  if (!path.startsWith('action.') || !isProgram(name)) return;
  const others = judged.filter(({ scope }) => overlap(scope, own.scope) !== undefined);
  const permits = own.effect === 'permit' ? [own] : others.filter(isPermit);
  const lists = (ruleInfo: RuleInfo) =>
    [...collectExprs([ruleInfo.condition])].some(
      (part) => part !== expr && comparesNames(part, path, isPermit(ruleInfo)),
    );
  if (permits.every(lists) || others.some((ruleInfo) => !isPermit(ruleInfo) && lists(ruleInfo)))
    return;
  const done = restricted[own.effect ?? 'permit'] ?? 'denied';
  reporter.report('deny-list', place.span, { what: `\`${name}\``, done });
}

const isPermit = ({ effect }: RuleInfo) => effect === 'permit';

/** The member that a restriction compares with names: where it differs from them, the answer is looser. */
function findComparedNames({ expr, grants }: ConditionPlace): Expr | undefined {
  const sides =
    expr.kind === 'Compare'
      ? (expr.operator === (grants ? 'is not' : 'is') && [expr.left, expr.right]) || []
      : (matchCall(expr, [grants ? 'not in' : 'in'])?.args ?? []);
  const [first, second] = sides;
  if (first === undefined || second === undefined) return undefined;
  if (listConstantStrings(second).length > 0) return first;
  return listConstantStrings(first).length > 0 ? second : undefined;
}

/** Whether a condition lists the names that are permitted, or a pattern for them: a permit of these, a restriction of others. */
function comparesNames(part: Expr, path: string, isPermit: boolean): boolean {
  const operator = isPermit ? 'is' : 'is not';
  const sides =
    part.kind === 'Compare'
      ? part.operator === operator
        ? [part.left, part.right]
        : []
      : (matchCall(part, isPermit ? ['in', 'matches', 'starts_with'] : ['not in'])?.args ?? []);
  return sides.some((side) => formatRequestPath(side) === path);
}
