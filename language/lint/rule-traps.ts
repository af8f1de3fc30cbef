// Advises about rules that cover less than their author probably meant: lists of what is denied, checks of one element
// for all, members of an enum, networks, roots of trees, instants in the future, and identities of any type.

import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { Expr, Policy, ReadExpr } from '../model/model.ts';
import { everyExpr } from '../model/operands.ts';
import { readsOf } from '../model/reads.ts';
import type { EnumType, RecordType, Value } from '../types/types.ts';
import type { Analysis } from './analysis.ts';
import { Identities } from './identity.ts';
import {
  applied,
  constantsIn,
  isOpen,
  looseComparisons,
  memberPath,
  nameRead,
  type Place,
  requestPath,
  shownAt,
  stringsIn,
  throughNames,
} from './places.ts';
import { partsOf, type RuleInfo } from './rules.ts';
import { overlap } from './scopes.ts';

export function adviseOfRules(
  policy: Policy,
  analysis: Analysis,
  places: readonly Place[],
  reporter: Reporter,
): void {
  adviseOfDenyLists(policy, analysis.judged, reporter);
  adviseOfConstraints(policy, reporter);
  adviseOfOrders(policy, reporter);
  adviseOfMembers(policy, places, reporter);
  adviseOfNetworks(places, reporter);
  adviseOfInstants(places, reporter);
  const identities = new Identities();
  for (const place of places) {
    adviseOfCollections(place, reporter);
    adviseOfRoots(place, identities, reporter);
    adviseOfIdentities(policy, place, reporter);
    adviseOfLastEvent(place, reporter);
  }
  for (const judged of analysis.judged) adviseOfCallers(judged, reporter);
}

// --- lists of what is denied -----------------------------------------------------------------------

const kinds = [
  ['actions', 'action.name', 'action'],
  ['resources', 'resource.type', 'resource type'],
] as const;

function adviseOfDenyLists(policy: Policy, judged: readonly RuleInfo[], reporter: Reporter): void {
  for (const [kind, selector, what] of kinds) {
    if (!isOpen(policy, kind)) continue;
    const permits = judged.filter(
      ({ effect, scope, condition }) =>
        effect === 'permit' && scope[kind] === undefined && !readsOf([condition]).has(selector),
    );
    for (const each of judged) {
      if (each.effect !== 'deny' && each.effect !== 'revoke') continue;
      const permit = permits.find(({ scope }) => overlap(scope, each.scope) !== undefined);
      if (permit === undefined || !listsNames(each, kind, selector)) continue;
      reporter.report(
        'deny-list',
        each.span,
        { what },
        { related: [{ span: permit.span, message: 'this permits all others' }] },
      );
    }
  }
}

/** Whether a rule denies nothing but names that it lists. */
function listsNames(
  { scope, condition }: RuleInfo,
  kind: 'actions' | 'resources',
  selector: string,
): boolean {
  const parts = partsOf(condition).map(throughNames);
  const isTrue = (part: Expr) => part.kind === 'Constant' && part.value === true;
  const isName = (part: Expr) =>
    [...readsOf([part])].every((path) => path === selector) && isListed(part);
  return (
    parts.every((part) => isTrue(part) || isName(part)) &&
    (scope[kind] !== undefined || parts.some((part) => isName(part)))
  );
}

function isListed(expr: Expr): boolean {
  if (expr.kind === 'Compare') return expr.operator === 'is';
  return expr.kind === 'Or'
    ? expr.operands.every(isListed)
    : applied(expr, ['in', 'matches', 'starts_with']) !== undefined;
}

// --- constraints -----------------------------------------------------------------------------------

function adviseOfConstraints(
  { actions, anyAction, constraints }: Policy,
  reporter: Reporter,
): void {
  const paths = [...actions.values(), ...(anyAction === undefined ? [] : [anyAction])].flatMap(
    (shape) => membersIn('action', shape),
  );
  for (const { name, limits, span, type } of constraints) {
    if (limits !== undefined) continue;
    const plain = name.replace(/^(?:max|maximum|allowed|limit)_|_limit$/, '');
    const found = paths.find(
      (each) => (each.name === name || each.name === plain) && each.kind === type.kind,
    );
    if (found !== undefined)
      reporter.report('unenforced-constraint', span, { name, path: found.path });
  }
}

function membersIn(
  path: string,
  { members }: RecordType,
): readonly { readonly path: string; readonly name: string; readonly kind: string }[] {
  return [...members.values()].flatMap(({ name, type }) => [
    { path: `${path}.${name}`, name, kind: type.kind },
    ...(type.kind === 'Record' ? membersIn(`${path}.${name}`, type) : []),
  ]);
}

// --- enums -----------------------------------------------------------------------------------------

const scales: readonly (readonly string[])[] = [
  ['none', 'low', 'medium', 'high', 'critical'],
  ['low', 'moderate', 'high', 'severe'],
  ['read', 'write', 'admin'],
];

function adviseOfOrders({ enums }: Policy, reporter: Reporter): void {
  for (const { ordered, members, span, name } of enums) {
    if (!ordered) continue;
    const lower = members.map((member) => member.toLowerCase());
    for (const scale of scales) {
      const known = lower.filter((member) => scale.includes(member));
      const rank = known.map((member) => scale.indexOf(member));
      const isReversed =
        rank.length > 1 && rank.every((each, at) => at === 0 || each < (rank[at - 1] as number));
      if (isReversed) reporter.report('reversed-order', span, { name });
    }
  }
}

/** Members of ordered enums above those that a rule restricts. */
function adviseOfMembers({ rules }: Policy, places: readonly Place[], reporter: Reporter): void {
  const covered = new Map<string, Set<Value>>();
  const permitted = new Set(
    rules
      .filter(({ effect }) => effect === 'permit')
      .flatMap(({ condition }) => [...readsOf([condition])]),
  );
  const found: { place: Place; path: string; type: EnumType; listed: readonly Value[] }[] = [];
  for (const place of places) {
    if (place.judged.effect === 'permit') continue;
    const listed = listedMembers(place);
    if (listed === undefined) continue;
    const { path, type, values } = listed;
    const known = covered.get(path) ?? new Set();
    covered.set(path, known);
    for (const value of values) known.add(value);
    if (listed.isList) found.push({ place, path, type, listed: values });
  }
  for (const { place, path, type, listed } of found) {
    if (permitted.has(path)) continue;
    const highest = Math.max(...listed.map(Number));
    const above = type.members.find(
      (_, ordinal) => ordinal > highest && !covered.get(path)?.has(ordinal),
    );
    if (above !== undefined)
      reporter.report('higher-member', place.span, {
        member: type.members[highest] ?? '',
        above,
      });
  }
}

interface Listed {
  readonly path: string;
  readonly type: EnumType;
  readonly values: readonly Value[];
  /** Whether single members are listed, and not all from one on. */
  readonly isList: boolean;
}

/** The members for which a restriction fires. */
function listedMembers({ expr, grants }: Place): Listed | undefined {
  if (grants) return undefined;
  const sides =
    expr.kind === 'Compare' ? [expr.left, expr.right] : (applied(expr, ['in'])?.args ?? []);
  const read = sides.map(throughNames).find((side) => side.kind === 'Read');
  const values = sides.map(constantsIn).find((each) => each !== undefined);
  if (read?.type.kind !== 'Enum' || !read.type.ordered || values === undefined) return undefined;
  const path = memberPath(read) ?? '';
  const { type } = read;
  if (expr.kind !== 'Compare' || expr.operator === 'is')
    return { path, type, values, isList: true };
  const all = type.members.map((_, ordinal) => ordinal);
  return { path, type, values: all, isList: false };
}

// --- networks --------------------------------------------------------------------------------------

function adviseOfNetworks(places: readonly Place[], reporter: Reporter): void {
  const found = places.flatMap((place) => {
    const [address, networks] = place.grants ? [] : (applied(place.expr, ['in'])?.args ?? []);
    if (address?.type.kind !== 'Ip' || networks === undefined) return [];
    const texts = stringsIn(networks);
    return texts.length === 0 ? [] : [{ place, path: memberPath(address) ?? '', texts }];
  });
  const isSix = (text: string) => text.includes(':');
  const covered = new Set(found.filter(({ texts }) => texts.some(isSix)).map(({ path }) => path));
  for (const { place, path } of found)
    if (!covered.has(path)) reporter.report('one-ip-version', place.span, { path });
}

// --- time ------------------------------------------------------------------------------------------

const issued = /^(?:iat|issued_at|auth_time|authenticated_at|created_at|started_at|observed_at)$/;

function adviseOfInstants(places: readonly Place[], reporter: Reporter): void {
  const bounded = new Set(places.flatMap((place) => pathsBeforeNow(place)));
  for (const place of places) {
    for (const { operator, left, right } of looseComparisons(place)) {
      const path =
        operator === '<' || operator === '<='
          ? elapsedSince(left)
          : operator === '>' || operator === '>='
            ? startOf(left, right)
            : undefined;
      if (path !== undefined && !bounded.has(path))
        reporter.report('future-instant', place.span, { path });
    }
  }
}

/** The member of `context.time - member`. */
function elapsedSince(expr: Expr): string | undefined {
  const [now, member] = applied(expr, ['-'])?.args ?? [];
  return now?.kind === 'Now' && member !== undefined ? requestPath(member) : undefined;
}

/** The member in `iat >= 2026-01-01T00:00:00Z`, or in `iat >= context.time - 5m`. */
function startOf(left: Expr, right: Expr): string | undefined {
  const isFixed = constantsIn(right) !== undefined || isNowShifted(right);
  return isFixed && left.kind === 'Read' && issued.test(nameRead(left))
    ? requestPath(left)
    : undefined;
}

function isNowShifted(expr: Expr): boolean {
  return applied(expr, ['-'])?.args[0]?.kind === 'Now';
}

/** Members that some rule compares with the time itself, or with `age`. */
function pathsBeforeNow({ expr }: Place): readonly string[] {
  const ages = [...everyExpr([expr])].flatMap((part) =>
    part.kind === 'Age' ? (requestPath(part.of) ?? []) : [],
  );
  if (expr.kind !== 'Compare') return ages;
  const [left, right] = [throughNames(expr.left), throughNames(expr.right)];
  const other = left.kind === 'Now' ? right : right.kind === 'Now' ? left : undefined;
  const path = other === undefined ? undefined : requestPath(other);
  return path === undefined ? ages : [...ages, path];
}

// --- collections -----------------------------------------------------------------------------------

function adviseOfCollections(place: Place, reporter: Reporter): void {
  const { expr, grants } = place;
  const isCall = (each: Expr | undefined) =>
    each !== undefined && requestPath(each)?.startsWith('action.') === true;
  const report = (found: string, meant: string) =>
    reporter.report('partial-check', place.span, { what: place.judged.what, found, meant });
  if (expr.kind === 'Quantifier') {
    if (grants && expr.quantifier === 'any' && isCall(expr.collection)) report('any', 'all');
    const isRequest = requestPath(expr.collection) !== undefined;
    if (!grants && expr.quantifier === 'all' && isRequest) report('all', 'any');
    return;
  }
  const shared = applied(expr, ['intersects'])?.args ?? [];
  const isAddress = shared.some(({ type }) => type.kind === 'Cidr');
  if (grants && shared.some(isCall) && !isAddress) report('intersects', 'within');
  const [inner] = applied(expr, ['within'])?.args ?? [];
  if (!grants && isCall(inner) && inner?.type.kind !== 'Cidr') report('within', 'intersects');
}

function adviseOfRoots(place: Place, identities: Identities, reporter: Reporter): void {
  if (place.grants) return;
  const [needle, found] = applied(place.expr, ['in'])?.args ?? [];
  if (needle === undefined || found?.kind !== 'Lookup' || !found.table.transitive) return;
  const [key] = found.keys;
  if (key === undefined) return;
  const pair = new Set([identities.of(needle), identities.of(key)]);
  const isCompared = [...everyExpr([place.judged.condition])].some(
    (part) =>
      part.kind === 'Compare' &&
      part.operator === 'is' &&
      pair.has(identities.of(part.left)) &&
      pair.has(identities.of(part.right)),
  );
  if (!isCompared) reporter.report('lookup-without-root', place.span, { table: found.table.name });
}

// --- callers ---------------------------------------------------------------------------------------

function adviseOfIdentities(policy: Policy, place: Place, reporter: Reporter): void {
  const { scope, condition } = place.judged;
  const types = policy.subjects.size + (policy.anySubject === undefined ? 0 : 1);
  if (!place.grants || scope.subjects?.length === 1 || types < 2) return;
  if (readsOf([condition]).has('subject.type')) return;
  const { expr } = place;
  const sides =
    expr.kind === 'Compare' && expr.operator === 'is'
      ? [expr.left, expr.right]
      : (applied(expr, ['in'])?.args ?? []);
  const isId = sides
    .map(throughNames)
    .some((side) => side.kind === 'Selector' && side.which === 'subject.id');
  if (isId && sides.some((side) => stringsIn(side).length > 0))
    reporter.report('any-identity', place.span, undefined);
}

function adviseOfCallers({ effect, condition, span }: RuleInfo, reporter: Reporter): void {
  if (effect !== 'permit') return;
  const parts = partsOf(condition)
    .map(throughNames)
    .filter((part) => part.kind !== 'Constant');
  const isArgument = (part: Expr): part is ReadExpr =>
    part.kind === 'Read' && part.type.kind === 'Bool' && part.from === 'action';
  const [first] = parts;
  if (first !== undefined && isArgument(first) && parts.every(isArgument))
    reporter.report('caller-decides', span, { path: memberPath(first) ?? '' });
}

function adviseOfLastEvent(place: Place, reporter: Reporter): void {
  const { expr, grants, judged } = place;
  if (grants || expr.kind !== 'Compare') return;
  const last = [expr.left, expr.right]
    .map(throughNames)
    .find((side) => side.kind === 'History' && side.term.form === 'last');
  if (last?.kind !== 'History') return;
  const isGuarded = [...everyExpr([judged.condition])].some(
    (part) =>
      part.kind === 'Known' ||
      (part.kind === 'History' && ['once', 'count', 'since'].includes(part.term.form)),
  );
  if (isGuarded || judged.rule?.skipUnknown === true) return;
  if (last.term.pattern.of.kind !== 'decision') return;
  reporter.report('last-without-event', shownAt(place, expr), undefined);
}
