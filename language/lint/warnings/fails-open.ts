// Warns of rules that fail open: something missing, stale or left to its default loosens an answer.
// For each rule and each such thing, the conditions are compared with what remains of them then. A
// rule is reported unless it can be shown that no request gets a looser answer, or that another
// rule restricts when the data is missing.

import type { Related } from '../../diagnostics/diagnostics.ts';
import { messages } from '../../diagnostics/messages/index.ts';
import type { Expr, Scope } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import { bool } from '../../types/types.ts';
import {
  findRestrictingRules,
  type LintAnalysis,
  omitVocabularies,
  othersLimit,
} from '../analysis.ts';
import type { TruthClaim } from '../reasoning/assumptions.ts';
import { covers, overlap, splitScope } from '../reasoning/scopes.ts';
import { onlyFalse, onlyTrue, onlyUnknown } from '../reasoning/truth-set.ts';
import { WithheldEvaluation } from '../reasoning/withheld.ts';
import { withoutElse } from '../reasoning/without-else.ts';
import {
  appendValue,
  isEnclosingPath,
  isStricter,
  listDecidingExprs,
  type RuleInfo,
} from '../rules.ts';
import { findInnerCondition, type Loosening, listLoosenings, removeRuleElse } from './loosening.ts';
import {
  buildMissingKey,
  collectMissingData,
  isOfSameEvents,
  type MissingData,
} from './missing-data.ts';
import {
  findHandlingSite,
  type Givens,
  makeSpanKey,
  type Site,
  suggestGivenName,
} from './sites.ts';

/** Reports each position at which a rule fails open. `dead` contains rules that never fire. */
export function warnFailsOpen(
  analysis: LintAnalysis,
  dead: ReadonlySet<RuleInfo>,
  givens: Givens,
): void {
  const withholdings = new Map<string, WithheldEvaluation>();
  const found = new Map<string, Finding[]>();
  for (const judged of [...analysis.judged, ...analysis.bands]) {
    if (dead.has(judged)) continue;
    for (const finding of listFindings(analysis, judged, withholdings, givens))
      appendValue(found, makeSpanKey(finding.site.span), finding);
  }
  for (const [first, ...others] of found.values())
    if (first !== undefined) report(analysis, first, others);
}

/** One finding for each member, and none for a record with a member that has one. */
function listFindings(
  analysis: LintAnalysis,
  judged: RuleInfo,
  withholdings: Map<string, WithheldEvaluation>,
  givens: Givens,
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const missing of collectMissingData(listDecidingExprs(judged))) {
    if (findings.some((other) => isExplained(missing, other.missing))) continue;
    const key = buildMissingKey(missing);
    const withholding =
      withholdings.get(key) ?? new WithheldEvaluation(missing, analysis.reasoning);
    withholdings.set(key, withholding);
    // Either form of the condition shows that some loosenings are impossible.
    const kinds = new Set(listLoosenings(judged, withholding).map(({ kind }) => kind));
    for (const loosening of listLoosenings(removeRuleElse(judged), withholding)) {
      if (!kinds.has(loosening.kind)) continue;
      const opening = findOpening(analysis, { judged, missing, withholding, loosening });
      if (opening === undefined) continue;
      const site = findHandlingSite(judged, missing, loosening, givens);
      findings.push({ judged, missing, loosening, opening, site });
      break;
    }
  }
  return findings;
}

function isExplained(missing: MissingData, other: MissingData): boolean {
  return isEnclosingPath(missing.path, other.path) && isOfSameEvents(missing.events, other.events);
}

interface Finding {
  readonly judged: RuleInfo;
  readonly missing: MissingData;
  readonly loosening: Loosening;
  readonly opening: Opening;
  readonly site: Site;
}

interface Opening {
  /** The permit, or `undefined` if the rule itself is one, or if there are too many permits. */
  readonly permit: RuleInfo | undefined;
  /** One name of each kind that selects rules. */
  readonly combination: Scope;
}

interface Question {
  readonly judged: RuleInfo;
  readonly missing: MissingData;
  readonly withholding: WithheldEvaluation;
  readonly loosening: Loosening;
}

function findOpening(analysis: LintAnalysis, question: Question): Opening | undefined {
  const { judged } = question;
  if (judged.effect === 'permit')
    return describeOpening(analysis, question, undefined, judged.scope);
  const { found, whole } = analysis.permitsBy.meeting(judged.scope, othersLimit);
  for (const permit of found) {
    const scope = overlap(judged.scope, permit.scope);
    const opening = scope && describeOpening(analysis, question, permit, scope);
    if (opening !== undefined) return opening;
  }
  return whole ? undefined : describeOpening(analysis, question, undefined, judged.scope);
}

/**
 * Looks for requests for which the permit fires without the missing data, and no other rule
 * restricts as much.
 */
function describeOpening(
  analysis: LintAnalysis,
  question: Question,
  permit: RuleInfo | undefined,
  scope: Scope,
): Opening | undefined {
  const { missing, withholding, loosening } = question;
  const others = listOtherRules(analysis, question, scope);
  const openingClaims: readonly TruthClaim[] = [
    ...loosening.claims,
    ...(permit === undefined
      ? []
      : [{ expr: withholding.of(withoutElse(permit.condition)).after, wanted: onlyTrue }]),
    ...claimPresence(missing),
  ];
  for (const combination of splitScope(scope)) {
    const claims = [
      ...openingClaims,
      ...selectRestricting(combination, others).map((other) => staysSilent(other, withholding)),
      ...withoutPermit(analysis, question, combination),
    ];
    const holding = analysis.clusters.searchHolding(combination, claims, withholding.links);
    if (holding !== 'never') return { permit, combination };
  }
  return undefined;
}

/** Members that are absent afterwards were present before; stale and unusable ones are present in both. */
function claimPresence({ read }: MissingData): readonly TruthClaim[] {
  if (read === undefined) return [];
  const { span } = read;
  const expr: Expr = { kind: 'Presence', operand: read, present: true, type: bool, span };
  return [{ expr, wanted: onlyTrue }];
}

/**
 * The rules that restrict when the data is missing, in any way, and those that restrict at least as
 * much anyway.
 */
function listOtherRules(
  analysis: LintAnalysis,
  { judged, missing, loosening, withholding }: Question,
  scope: Scope,
): readonly RuleInfo[] {
  const readers = (analysis.watchers.ofAny(listPaths(missing)) ?? []).filter(
    (other) => !isLoosened(other, withholding),
  );
  const minEffect = findMinEffect(judged, loosening);
  const masking = analysis.restrictingBy
    .meeting(scope, maskingLimit)
    .found.filter(({ effect }) => effect !== undefined && !isStricter(minEffect, effect));
  return [...new Set([...readers, ...masking])].filter((other) => other !== judged);
}

const maskingLimit = 128;

/**
 * Whether the other rule can itself restrict less although it fires. Then it protects against
 * nothing.
 */
function isLoosened(other: RuleInfo, withholding: WithheldEvaluation): boolean {
  return listLoosenings(removeRuleElse(other), withholding).some(({ kind }) => kind !== 'silent');
}

function findMinEffect({ strictest, effect }: RuleInfo, { kind }: Loosening) {
  if (kind === 'value') return 'challenge';
  if (kind === 'grants' || effect === 'permit' || strictest === 'revoke') return 'deny';
  return strictest === 'narrow' ? 'challenge' : strictest;
}

function selectRestricting(combination: Scope, others: readonly RuleInfo[]): readonly RuleInfo[] {
  const ruleInfos: RuleInfo[] = [];
  for (const other of others) {
    if (ruleInfos.length === othersLimit) break;
    if (findRestrictingRules(combination, [other])?.length === 1) ruleInfos.push(other);
  }
  return ruleInfos;
}

/** Claims that another rule does not restrict without the missing data. */
function staysSilent(other: RuleInfo, withholding: WithheldEvaluation): TruthClaim {
  const { after, change } = withholding.of(withoutElse(other.condition));
  const inside = findInnerCondition(other);
  if (change !== 'none' || inside === undefined) return { expr: after, wanted: other.silent };
  // A narrow or challenge that needs the data for its own effect becomes a deny without it.
  const remaining = withholding.of(withoutElse(inside));
  if (remaining.change === 'none') return { expr: after, wanted: other.silent };
  const { span } = other;
  const not: Expr = { kind: 'Not', operand: after, type: bool, span };
  const expr: Expr = { kind: 'Or', operands: [not, remaining.after], type: bool, span };
  return { expr, wanted: onlyTrue };
}

/** Claims that no other permit fires where this one does not. */
function withoutPermit(
  { permitsBy }: LintAnalysis,
  { judged }: Question,
  combination: Scope,
): readonly TruthClaim[] {
  if (judged.effect !== 'permit') return [];
  return permitsBy
    .meeting(combination, othersLimit)
    .found.filter((other) => other !== judged && covers(other.scope, combination))
    .map(({ condition }) => ({ expr: withoutElse(condition), wanted: onlyFalse | onlyUnknown }));
}

function listPaths({ path, how }: MissingData): ReadonlySet<string> {
  if (path.endsWith('[…]')) return new Set([`table.${path.slice(0, -'[…]'.length)}`]);
  return new Set(how === 'unusable' && path.endsWith('[]') ? [path, path.slice(0, -2)] : [path]);
}

// --- reporting -------------------------------------------------------------------------------------

/** Reports the first finding at a position; the others there become related notes. */
function report({ reporter }: LintAnalysis, first: Finding, others: readonly Finding[]): void {
  const { judged, missing, loosening, opening, site } = first;
  const { permit, combination } = opening;
  const [action] = combination.actions ?? [];
  const where = action === undefined ? '' : ` for \`${action}\``;
  const related: readonly Related[] = [
    ...(permit === undefined ? [] : [{ span: permit.span, message: 'this permit covers it' }]),
    ...(isOutside(site.span, judged) ? [{ span: judged.span, message: 'the affected rule' }] : []),
    ...others.map((other) => ({ span: other.judged.span, message: `also: ${describe(other)}` })),
  ];
  const uncovered = `no other rule${where} fires when it is ${site.how}`;
  reporter.report('fails-open', site.span, makeParams(first), {
    label: site.label === undefined ? uncovered : `${site.label}, and ${uncovered}`,
    help: judged.effect === 'permit' ? undefined : suggestHelp(missing, loosening),
    related: omitVocabularies(related),
    member: missing.how === 'absent' ? missing.path : undefined,
  });
}

function makeParams({ judged, missing, loosening, site }: Finding) {
  const path = missing.path.replace(/^event\[\]/, 'event');
  return { what: judged.title, does: loosening.does, path, lack: site.how };
}

function describe(finding: Finding): string {
  return messages['fails-open'].message(makeParams(finding));
}

/** Whether the position is before the rule, in a block around it. */
function isOutside(span: Span, { span: own }: RuleInfo): boolean {
  return span.file !== own.file || span.start < own.start;
}

function suggestHelp(missing: MissingData, { kind }: Loosening): string | undefined {
  if (missing.path.startsWith('last('))
    return 'test for such an event with `once(…)`, which is unknown without a session and therefore restricts';
  if (missing.events !== undefined && missing.how === 'absent')
    return 'let events without it match as well: `where … is missing or …`, or declare it as required';
  const name = suggestGivenName(missing);
  if (name === undefined || kind === 'value') return undefined;
  return `use \`given ${name} = ${missing.path} { … } otherwise { … }\`, or a rule for what is missing`;
}
