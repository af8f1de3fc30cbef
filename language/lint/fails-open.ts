// Rules by which something that is missing, stale or left to its default loosens an answer. For each rule
// and each thing that it may have to do without, the conditions are compared with what is left of them
// then: a rule is reported unless it can be shown that no request is answered more loosely, or that
// another rule restricts for what is missing.

import type { Related } from '../diagnostics/diagnostics.ts';
import { messages } from '../diagnostics/messages/index.ts';
import type { Expr, Scope } from '../model/model.ts';
import type { Span } from '../support/source.ts';
import { bool } from '../types/types.ts';
import { type Analysis, othersLimit, restrictingIn, shown } from './analysis.ts';
import type { Claim } from './assumptions.ts';
import { withoutElse } from './lifted.ts';
import { insideOf, type Loosening, lifted, looseningsOf } from './loosening.ts';
import { type MissingData, missingDataOf } from './missing-data.ts';
import { decidingExprs, isAround, isStricter, type Judged, put } from './rules.ts';
import { combinationsOf, covers, overlap } from './scopes.ts';
import { type Givens, givenName, placeOf, type Site, siteOf } from './sites.ts';
import { isFalse, isTrue, isUnknown } from './truth-set.ts';
import { Withholding } from './withheld.ts';

export function warnFailsOpen(analysis: Analysis, dead: ReadonlySet<Judged>, givens: Givens): void {
  const withholdings = new Map<string, Withholding>();
  const found = new Map<string, Finding[]>();
  for (const judged of [...analysis.judged, ...analysis.bands]) {
    if (dead.has(judged)) continue;
    for (const finding of openingsOf(analysis, judged, withholdings, givens))
      put(found, placeOf(finding.site.span), finding);
  }
  for (const [first, ...others] of found.values())
    if (first !== undefined) report(analysis, first, others);
}

/** One for each member, and none for a record of which a member was found. */
function openingsOf(
  analysis: Analysis,
  judged: Judged,
  withholdings: Map<string, Withholding>,
  givens: Givens,
): readonly Finding[] {
  const found: Finding[] = [];
  for (const lack of missingDataOf(decidingExprs(judged))) {
    if (found.some((other) => isAround(lack.path, other.lack.path))) continue;
    const key = `${lack.how} ${lack.path}`;
    const withholding = withholdings.get(key) ?? new Withholding(lack, analysis.reasoning);
    withholdings.set(key, withholding);
    for (const loosening of looseningsOf(lifted(judged), withholding)) {
      const opening = openingOf(analysis, { judged, lack, withholding, loosening });
      if (opening === undefined) continue;
      const site = siteOf(judged, lack, loosening, givens);
      found.push({ judged, lack, loosening, opening, site });
      break;
    }
  }
  return found;
}

interface Finding {
  readonly judged: Judged;
  readonly lack: MissingData;
  readonly loosening: Loosening;
  readonly opening: Opening;
  readonly site: Site;
}

interface Opening {
  /** None where the rule itself is one, or too many are to be looked at. */
  readonly permit: Judged | undefined;
  /** One name for each that rules are chosen by. */
  readonly combination: Scope;
}

interface Question {
  readonly judged: Judged;
  readonly lack: MissingData;
  readonly withholding: Withholding;
  readonly loosening: Loosening;
}

function openingOf(analysis: Analysis, question: Question): Opening | undefined {
  const { judged } = question;
  if (judged.effect === 'permit') return besidePermit(analysis, question, undefined, judged.scope);
  const { found, whole } = analysis.permitsBy.meeting(judged.scope, othersLimit);
  for (const permit of found) {
    const scope = overlap(judged.scope, permit.scope);
    const opening = scope && besidePermit(analysis, question, permit, scope);
    if (opening !== undefined) return opening;
  }
  return whole ? undefined : besidePermit(analysis, question, undefined, judged.scope);
}

/** Where the permit stands without what is missing, and no other rule restricts as much. */
function besidePermit(
  analysis: Analysis,
  question: Question,
  permit: Judged | undefined,
  scope: Scope,
): Opening | undefined {
  const { lack, withholding, loosening } = question;
  const others = othersOf(analysis, question, scope);
  const own: readonly Claim[] = [
    ...loosening.claims,
    ...(permit === undefined
      ? []
      : [{ expr: withholding.of(withoutElse(permit.condition)).after, wanted: isTrue }]),
    ...thereBefore(lack),
  ];
  for (const combination of combinationsOf(scope)) {
    const claims = [
      ...own,
      ...othersIn(combination, others).map((other) => silent(other, withholding)),
      ...withoutPermit(analysis, question, combination),
    ];
    const holding = analysis.clusters.found(combination, claims, withholding.links);
    if (holding !== 'never') return { permit, combination };
  }
  return undefined;
}

/** What is taken away was there before; what is stale or of no use still is. */
function thereBefore({ read }: MissingData): readonly Claim[] {
  if (read === undefined) return [];
  const { span } = read;
  const expr: Expr = { kind: 'Presence', operand: read, present: true, type: bool, span };
  return [{ expr, wanted: isTrue }];
}

/** Rules that restrict for what is missing, however little; and those that restrict no less, anyway. */
function othersOf(
  analysis: Analysis,
  { judged, lack, loosening, withholding }: Question,
  scope: Scope,
): readonly Judged[] {
  const readers = (analysis.watchers.ofAny(pathsOf(lack)) ?? []).filter(
    (other) => !isLoosened(other, withholding),
  );
  const least = leastOf(judged, loosening);
  const masking = analysis.restrictingBy
    .meeting(scope, maskingLimit)
    .found.filter(({ effect }) => effect !== undefined && !isStricter(least, effect));
  return [...new Set([...readers, ...masking])].filter((other) => other !== judged);
}

const maskingLimit = 128;

/** Whether it may restrict less itself, though it fires: then it does not watch over anything. */
function isLoosened(other: Judged, withholding: Withholding): boolean {
  return looseningsOf(lifted(other), withholding).some(({ kind }) => kind !== 'silent');
}

function leastOf({ strictest, effect }: Judged, { kind }: Loosening) {
  if (kind === 'value') return 'challenge';
  if (kind === 'stands' || effect === 'permit' || strictest === 'revoke') return 'deny';
  return strictest === 'narrow' ? 'challenge' : strictest;
}

function othersIn(combination: Scope, others: readonly Judged[]): readonly Judged[] {
  const found: Judged[] = [];
  for (const other of others) {
    if (found.length === othersLimit) break;
    if (restrictingIn(combination, [other])?.length === 1) found.push(other);
  }
  return found;
}

/** That another rule restricts nothing without what is missing. */
function silent(other: Judged, withholding: Withholding): Claim {
  const { after, change } = withholding.of(withoutElse(other.condition));
  const inside = insideOf(other);
  if (change !== 'none' || inside === undefined) return { expr: after, wanted: other.silent };
  // What reads it only to stand as it is written falls to a deny without it.
  const left = withholding.of(withoutElse(inside));
  if (left.change === 'none') return { expr: after, wanted: other.silent };
  const { span } = other;
  const not: Expr = { kind: 'Not', operand: after, type: bool, span };
  const expr: Expr = { kind: 'Or', operands: [not, left.after], type: bool, span };
  return { expr, wanted: isTrue };
}

/** That nothing else permits while a permit does not stand. */
function withoutPermit(
  { permitsBy }: Analysis,
  { judged }: Question,
  combination: Scope,
): readonly Claim[] {
  if (judged.effect !== 'permit') return [];
  return permitsBy
    .meeting(combination, othersLimit)
    .found.filter((other) => other !== judged && covers(other.scope, combination))
    .map(({ condition }) => ({ expr: withoutElse(condition), wanted: isFalse | isUnknown }));
}

function pathsOf({ path, how }: MissingData): ReadonlySet<string> {
  if (path.endsWith('[…]')) return new Set([`table.${path.slice(0, -'[…]'.length)}`]);
  return new Set(how === 'unusable' && path.endsWith('[]') ? [path, path.slice(0, -2)] : [path]);
}

// --- reporting -------------------------------------------------------------------------------------

/** What else fails open at the same place is told beside the first. */
function report({ reporter }: Analysis, first: Finding, others: readonly Finding[]): void {
  const { judged, lack, loosening, opening, site } = first;
  const { permit, combination } = opening;
  const [action] = combination.actions ?? [];
  const where = action === undefined ? '' : ` for \`${action}\``;
  const related: readonly Related[] = [
    ...(permit === undefined ? [] : [{ span: permit.span, message: 'this permit covers it' }]),
    ...(isOutside(site.span, judged) ? [{ span: judged.span, message: 'the affected rule' }] : []),
    ...others.map((other) => ({ span: other.judged.span, message: `also: ${told(other)}` })),
  ];
  const lacking = `no other rule${where} fires ${
    site.lack === 'absent' ? 'when it is absent' : `when it is ${site.lack}`
  }`;
  reporter.report('fails-open', site.span, paramsOf(first), {
    label: site.label === undefined ? lacking : `${site.label}, and ${lacking}`,
    help: judged.effect === 'permit' ? undefined : helpFor(lack, loosening),
    related: shown(related),
  });
}

function paramsOf({ judged, lack, loosening, site }: Finding) {
  return { what: judged.title, does: loosening.does, path: lack.path, lack: site.lack };
}

function told(finding: Finding): string {
  return messages['fails-open'].message(paramsOf(finding));
}

/** Whether it stands before the rule, in what surrounds it. */
function isOutside(span: Span, { span: own }: Judged): boolean {
  return span.file !== own.file || span.start < own.start;
}

function helpFor(lack: MissingData, { kind }: Loosening): string | undefined {
  if (lack.path.startsWith('last('))
    return 'test for such an event with `once(…)`, which is unknown without a session and therefore restricts';
  const name = givenName(lack);
  if (name === undefined || kind === 'value') return undefined;
  return `use \`given ${name} = ${lack.path} { … } otherwise { … }\`, or a rule for what is missing`;
}
