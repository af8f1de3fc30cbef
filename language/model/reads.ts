// The data that a rule reads, derived from its expressions: paths, tables, history terms, and the
// `observed_at` that determines the freshness of a member.

import { digestPath, principalMember } from '@nhipol/runtime/call-digest';
import { invariant } from '../support/invariant.ts';
import type { Member } from '../types/types.ts';
import { isEntry } from './entries.ts';
import type {
  Demand,
  EntryStep,
  Expr,
  HistoryExpr,
  MessagePart,
  Narrowing,
  PolicyModel,
  ReadExpr,
  Root,
  Rule,
  Score,
  SelectorExpr,
} from './model.ts';
import { collectExprs } from './operands.ts';
import { isOwnName } from './selectors.ts';

/**
 * The path of a read: `context.events."session-revoked"`, in a quantifier `subject.actor_chain[].sub`. The entry of
 * a constant key has the path of a member, `resource.labels.team`; the path of another key is `resource.labels[].value`.
 */
export function spellPath(read: ReadExpr): string {
  const start = typeof read.from === 'string' ? read.from : `${read.from.path}[]`;
  return read.members.reduce(appendStep, start);
}

/** The path of a member that is a part of a key, or the name of a selector that chooses it. */
export function spellKeyRead(read: ReadExpr | SelectorExpr): string {
  return read.kind === 'Selector' ? read.which : spellPath(read);
}

function appendStep(path: string, step: Member | EntryStep): string {
  if (!isEntry(step)) return spellMemberPath(path, step.name);
  const { key } = step;
  return key.kind === 'Constant' ? spellMemberPath(path, key.value as string) : `${path}[].value`;
}

export function spellMemberPath(path: string, name: string): string {
  const within = isOwnName(path, name) ? `${path}.properties` : path;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${within}.${name}`
    : `${within}.${JSON.stringify(name)}`;
}

/** The path of a declared member in the JSON of a request: `action.properties.arguments.head`. */
export function formatPropertyPath(root: Root, names: readonly string[]): string {
  return names.reduce(spellMemberPath, root === 'context' ? root : `${root}.properties`);
}

/**
 * The paths, tables and history terms that the expressions read. The name of a table has the
 * prefix `table.`.
 */
export function collectReads(exprs: readonly Expr[]): ReadonlySet<string> {
  const reads = new Set<string>();
  for (const expr of collectExprs(exprs)) {
    if (expr.kind === 'Read' && !isElement(expr)) {
      reads.add(spellPath(expr));
      for (const path of listObservations(expr)) reads.add(path);
    }
    if (expr.kind === 'Selector') reads.add(expr.which);
    if (expr.kind === 'Lookup') reads.add(`table.${expr.table.name}`);
    if (expr.kind === 'History') reads.add(expr.term.text);
  }
  return reads;
}

/** A list in a list is read with the list around it, like every element that is not a record. */
function isElement({ members, type }: ReadExpr): boolean {
  return members.length === 0 && type.kind === 'List';
}

function listObservations(read: ReadExpr): readonly string[] {
  if (read.latest) return [];
  return read.members.flatMap((member, index) => {
    if (member.fresh === undefined) return [];
    return [`${spellPath({ ...read, members: read.members.slice(0, index + 1) })}.observed_at`];
  });
}

const callReads = [
  'action',
  'resource',
  'subject.id',
  'subject.type',
  `subject.${principalMember}`,
];

/** Like `collectReads`, with the members that the digest of the call covers, if it is read. */
function collectDependencies(exprs: readonly Expr[]): ReadonlySet<string> {
  const reads = collectReads(exprs);
  return reads.has(digestPath) ? new Set([...reads, ...callReads]) : reads;
}

/** All data that the outcome of a rule depends on. */
export function collectRuleReads(rule: Rule): ReadonlySet<string> {
  return findDependencies(rule, listRuleExprs).reads;
}

interface Dependencies {
  readonly reads: ReadonlySet<string>;
  readonly countsDecisions: boolean;
}

const cachedDependencies = new WeakMap<Rule | Score, Dependencies>();

/** Each answer needs them: they are found once. */
function findDependencies<Item extends Rule | Score>(
  item: Item,
  listExprs: (item: Item) => readonly Expr[],
): Dependencies {
  const dependencies = cachedDependencies.get(item);
  if (dependencies !== undefined) return dependencies;
  const exprs = listExprs(item);
  const made = { reads: collectDependencies(exprs), countsDecisions: countDecisions(exprs) };
  cachedDependencies.set(item, made);
  return made;
}

/** All data that the outcomes of rules and scores depend on, and whether they count decisions. */
export function collectItemDependencies(
  rules: readonly Rule[],
  scores: readonly Score[],
): Dependencies {
  const all = [
    ...rules.map((rule) => findDependencies(rule, listRuleExprs)),
    ...scores.map((score) => findDependencies(score, listScoreExprs)),
  ];
  const reads = new Set<string>();
  for (const dependencies of all) for (const path of dependencies.reads) reads.add(path);
  return { reads, countsDecisions: all.some(({ countsDecisions }) => countsDecisions) };
}

export function listRuleExprs(rule: Rule): readonly Expr[] {
  return [
    rule.condition,
    ...listNarrowingExprs(rule.narrowing),
    ...demandExprs(rule.demands),
    ...listMessageExprs(rule.message),
  ];
}

export function collectScoreReads(score: Score): ReadonlySet<string> {
  return findDependencies(score, listScoreExprs).reads;
}

export function listScoreExprs(score: Score): readonly Expr[] {
  return [
    ...score.conditions.flatMap((item) => [item.condition, ...listMessageExprs(item.message)]),
    ...score.bands.flatMap((band) => listNarrowingExprs(band.narrowing)),
  ];
}

/** All history terms of a policy. */
export function collectPolicyHistory(policy: PolicyModel): readonly HistoryExpr[] {
  return collectHistoryTerms([
    ...policy.rules.flatMap(listRuleExprs),
    ...policy.scores.flatMap(listScoreExprs),
  ]);
}

/** The history terms in expressions. */
export function collectHistoryTerms(exprs: readonly Expr[]): readonly HistoryExpr[] {
  return [...collectExprs(exprs)].filter((expr) => expr.kind === 'History');
}

const sharing = new WeakMap<PolicyModel, boolean>();

/** Whether a term of the policy is about the events of all sessions. */
export function sharesHistory(policy: PolicyModel): boolean {
  const isKnown = sharing.get(policy);
  if (isKnown !== undefined) return isKnown;
  const isFound = collectPolicyHistory(policy).some(({ term }) => term.pattern.isShared);
  sharing.set(policy, isFound);
  return isFound;
}

/** Whether a decision can change the value of one of the expressions. */
export function countDecisions(exprs: readonly Expr[]): boolean {
  return [...collectExprs(exprs)].some(
    (expr) => expr.kind === 'History' && expr.term.countsDecisions,
  );
}

/** Whether an answer depends on time zones. */
export function readsZones(policy: PolicyModel): boolean {
  const exprs = [...policy.rules.flatMap(listRuleExprs), ...policy.scores.flatMap(listScoreExprs)];
  return [...collectExprs(exprs)].some(
    (expr) =>
      expr.kind === 'InWindow' ||
      expr.kind === 'Calendar' ||
      (expr.kind === 'History' && 'window' in expr.term && expr.term.window?.kind === 'period'),
  );
}

const entitySelectors = [
  ['subject', 'subjects', 'subject.type'],
  ['action', 'actions', 'action.name'],
  ['resource', 'resources', 'resource.type'],
] as const;

/**
 * The selectors of a request that answers depend on: by the scopes of rules, or because a rule with a wider scope reads
 * a property that only some requests have.
 */
export function scopeSelectors(policy: PolicyModel): ReadonlySet<string> {
  const selector = selectors.get(policy) ?? findSelectors(policy);
  selectors.set(policy, selector);
  return selector;
}

const selectors = new WeakMap<PolicyModel, ReadonlySet<string>>();

function findSelectors(policy: PolicyModel): ReadonlySet<string> {
  const entries = [
    ...policy.rules.map((rule) => ({ scope: rule.scope, exprs: listRuleExprs(rule) })),
    ...policy.scores.map((score) => ({ scope: score.scope, exprs: listScoreExprs(score) })),
  ];
  const isUsed = ([root, names]: (typeof entitySelectors)[number]) =>
    entries.some(
      ({ scope, exprs }) =>
        scope[names] !== undefined || (policy[names].size > 0 && readsProperty(exprs, root)),
    );
  return new Set(entitySelectors.filter(isUsed).map(([, , selector]) => selector));
}

function readsProperty(exprs: readonly Expr[], root: Root): boolean {
  return [...collectExprs(exprs)].some((expr) => expr.kind === 'Read' && expr.from === root);
}

function listNarrowingExprs(narrowing: Narrowing | undefined): readonly Expr[] {
  if (narrowing === undefined) return [];
  return [narrowing.inside, ...narrowing.settings.map((setting) => setting.value)];
}

function demandExprs(demands: readonly Demand[]): readonly Expr[] {
  return demands.flatMap(({ properties }) => properties.map(({ value }) => value));
}

function listMessageExprs(parts: readonly MessagePart[]): readonly Expr[] {
  return parts.filter((part): part is Expr => typeof part !== 'string');
}

/** Whether a narrow or a challenge can become a deny. */
export function mayDowngrade(rule: Rule): boolean {
  if (rule.narrowing !== undefined) return mayDeny(rule.narrowing);
  return rule.remainsChallenge !== undefined;
}

/**
 * Whether a narrow can become a deny: because a limit, an `unless` or a merge may fail, or a value
 * may be unknown.
 */
export function mayDeny(narrowing: Narrowing): boolean {
  const certain = narrowing.inside.kind === 'Constant' && narrowing.inside.value === true;
  return (
    !certain ||
    narrowing.settings.some((setting) => setting.value.kind !== 'Constant') ||
    mayConflict(narrowing)
  );
}

/** Whether merging with another narrow may fail. */
export function mayConflict(narrowing: Narrowing): boolean {
  return narrowing.settings.some(({ constraint }) => {
    invariant(constraint !== undefined, 'a setting without a constraint');
    return (
      constraint.merge === 'intersects' ||
      constraint.merge === 'must agree' ||
      (constraint.merge === 'limits' && constraint.type.kind === 'Set')
    );
  });
}
