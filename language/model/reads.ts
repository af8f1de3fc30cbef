// What a rule reads, told from its expressions alone: paths, tables, and the `observed_at` that
// decides whether a member is fresh.

import { digestPath, principalMember } from '@nhipol/runtime/call-digest';
import { invariant } from '../support/invariant.ts';
import type {
  Demand,
  Expr,
  HistoryExpr,
  MessagePart,
  Narrowing,
  Policy,
  ReadExpr,
  Rule,
  Scope,
  Score,
} from './model.ts';
import { everyExpr } from './operands.ts';
import { isOwnName } from './own-names.ts';

/** `context.events."session-revoked"`; within a quantifier `subject.actor_chain[].sub`. */
export function pathOf(read: ReadExpr): string {
  const start = typeof read.from === 'string' ? read.from : `${read.from.path}[]`;
  return read.members.reduce((path, member) => memberOf(path, member.name), start);
}

export function memberOf(path: string, name: string): string {
  const within = isOwnName(path, name) ? `${path}.properties` : path;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${within}.${name}`
    : `${within}.${JSON.stringify(name)}`;
}

/**
 * Every path and table that the expressions read, and what they ask of a session's events; `table.`
 * stands before a table's name.
 */
export function readsOf(exprs: readonly Expr[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const expr of everyExpr(exprs)) {
    if (expr.kind === 'Read') {
      found.add(pathOf(expr));
      for (const path of observations(expr)) found.add(path);
    }
    if (expr.kind === 'Selector') found.add(expr.which);
    if (expr.kind === 'Lookup') found.add(`table.${expr.table.name}`);
    if (expr.kind === 'History') found.add(expr.term.text);
  }
  return found;
}

function observations(read: ReadExpr): readonly string[] {
  if (read.latest) return [];
  return read.members.flatMap((member, index) => {
    if (member.fresh === undefined) return [];
    return [`${pathOf({ ...read, members: read.members.slice(0, index + 1) })}.observed_at`];
  });
}

const callReads = [
  ...['action', 'resource'],
  ...['subject.id', 'subject.type', `subject.${principalMember}`],
];

/** The same, and what the host makes the digest of the call of. */
export function dependenciesOf(exprs: readonly Expr[]): ReadonlySet<string> {
  const reads = readsOf(exprs);
  return reads.has(digestPath) ? new Set([...reads, ...callReads]) : reads;
}

/** All that a rule's answer is made of. */
export function readsOfRule(rule: Rule): ReadonlySet<string> {
  return dependenciesOf(exprsOfRule(rule));
}

export function exprsOfRule(rule: Rule): readonly Expr[] {
  return [
    rule.condition,
    ...narrowingExprs(rule.narrowing),
    ...demandExprs(rule.demands),
    ...messageExprs(rule.message),
  ];
}

export function readsOfScore(score: Score): ReadonlySet<string> {
  return dependenciesOf(exprsOfScore(score));
}

export function exprsOfScore(score: Score): readonly Expr[] {
  return [
    ...score.conditions.flatMap((item) => [item.condition, ...messageExprs(item.message)]),
    ...score.bands.flatMap((band) => narrowingExprs(band.narrowing)),
  ];
}

/** All that a policy asks of the events of a session. */
export function historyIn(policy: Policy): readonly HistoryExpr[] {
  const exprs = [...policy.rules.flatMap(exprsOfRule), ...policy.scores.flatMap(exprsOfScore)];
  return [...everyExpr(exprs)].filter((expr) => expr.kind === 'History');
}

/** Whether what they come to may be changed by a decision that is taken. */
export function countDecisions(exprs: readonly Expr[]): boolean {
  return [...everyExpr(exprs)].some((expr) => expr.kind === 'History' && expr.term.countsDecisions);
}

/** Whether an answer depends on time zones. */
export function readsZones(policy: Policy): boolean {
  const exprs = [...policy.rules.flatMap(exprsOfRule), ...policy.scores.flatMap(exprsOfScore)];
  return [...everyExpr(exprs)].some(({ kind }) => kind === 'InWindow' || kind === 'Calendar');
}

/** The strings of a request by which any rule of the policy is chosen. */
export function choosers(policy: Policy): ReadonlySet<string> {
  const scopes: readonly Scope[] = [...policy.rules, ...policy.scores].map((entry) => entry.scope);
  const found = new Set<string>();
  for (const scope of scopes) {
    if (scope.subjects !== undefined) found.add('subject.type');
    if (scope.actions !== undefined) found.add('action.name');
    if (scope.resources !== undefined) found.add('resource.type');
  }
  return found;
}

function narrowingExprs(narrowing: Narrowing | undefined): readonly Expr[] {
  if (narrowing === undefined) return [];
  return [narrowing.inside, ...narrowing.settings.map((setting) => setting.value)];
}

function demandExprs(demands: readonly Demand[]): readonly Expr[] {
  return demands.flatMap(({ properties }) => properties.map(({ value }) => value));
}

function messageExprs(parts: readonly MessagePart[]): readonly Expr[] {
  return parts.filter((part): part is Expr => typeof part !== 'string');
}

/** Whether a narrow or a challenge can turn into a deny. */
export function mayDowngrade(rule: Rule): boolean {
  if (rule.narrowing !== undefined) return mayDeny(rule.narrowing);
  return rule.answerable !== undefined;
}

/**
 * Whether a narrow can turn into a deny: a limit or an `unless` that may fail, a value that may be
 * unknown, or a merge that may fail.
 */
export function mayDeny(narrowing: Narrowing): boolean {
  const certain = narrowing.inside.kind === 'Constant' && narrowing.inside.value === true;
  return (
    !certain ||
    narrowing.settings.some((setting) => setting.value.kind !== 'Constant') ||
    mayConflict(narrowing)
  );
}

/** Whether merging with another narrow may leave nothing. */
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
