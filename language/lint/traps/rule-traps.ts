// Advises about rules that cover less than their author probably meant: constraints that limit nothing, members of an enum,
// networks, roots of trees, the last event of a new session, and revokes for some requests.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { Expr, MergeRule, PolicyModel } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import { collectReads } from '../../model/reads.ts';
import type { EnumType, RecordType, Value } from '../../types/types.ts';
import { Identities } from '../reasoning/identity.ts';
import { covers, overlap } from '../reasoning/scopes.ts';
import type { RuleInfo } from '../rules.ts';
import {
  type ConditionPlace,
  findMemberPath,
  findShownSpan,
  formatRequestPath,
  listConstantStrings,
  listConstants,
  matchCall,
} from './places.ts';

export function adviseOfRules(
  policy: PolicyModel,
  judged: readonly RuleInfo[],
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  adviseOfConstraints(policy, reporter);
  adviseOfRevokes(judged, reporter);
  adviseOfOrders(policy, reporter);
  adviseOfMembers(policy, places, reporter);
  adviseOfNetworks(places, reporter);
  const identities = new Identities();
  for (const place of places) {
    adviseOfRoots(place, identities, reporter);
    adviseOfLastEvent(place, reporter);
  }
}

// --- constraints -----------------------------------------------------------------------------------

/** Names of bounds that the merge rule of a constraint widens. */
const widening: Partial<Record<MergeRule, RegExp>> = {
  'largest wins': /^(?:max|maximum|limit)(?:_|$)|_(?:max|limit)$/,
  'smallest wins': /^(?:min|minimum)(?:_|$)/,
};

function adviseOfConstraints(
  { actions, anyAction, constraints }: PolicyModel,
  reporter: Reporter,
): void {
  const paths = [...actions.values(), ...(anyAction === undefined ? [] : [anyAction])].flatMap(
    (shape) => listMembers('action', shape),
  );
  for (const { name, limits, merge, span, type } of constraints) {
    if (widening[merge]?.test(name)) reporter.report('widening-constraint', span, { name, merge });
    if (limits !== undefined) continue;
    const plain = name.replace(/^(?:max|maximum|allowed|limit)_|_limit$/, '');
    const path = paths.find(
      (each) => (each.name === name || each.name === plain) && each.kind === type.kind,
    );
    if (path !== undefined)
      reporter.report('unenforced-constraint', span, { name, path: path.path });
  }
}

function listMembers(
  path: string,
  { members }: RecordType,
): readonly { readonly path: string; readonly name: string; readonly kind: string }[] {
  return [...members.values()].flatMap(({ name, type }) => [
    { path: `${path}.${name}`, name, kind: type.kind },
    ...(type.kind === 'Record' ? listMembers(`${path}.${name}`, type) : []),
  ]);
}

// --- revokes ---------------------------------------------------------------------------------------

/** A revoke after a signal that is decided for some of the actions or resources only, although it reads none of them. */
function adviseOfRevokes(judged: readonly RuleInfo[], reporter: Reporter): void {
  for (const { effect, condition, scope, span } of judged) {
    const { actions, resources } = scope;
    if (effect !== 'revoke' || (actions === undefined && resources === undefined)) continue;
    const parts = [...collectExprs([condition])];
    const terms = parts.filter((part) => part.kind === 'History');
    if (terms.length === 0 || terms.some(({ term }) => term.pattern.of.kind !== 'signal')) continue;
    const isOfCall = (part: Expr) =>
      /^(?:action|resource)\./.test(
        part.kind === 'Selector' ? part.which : (formatRequestPath(part) ?? ''),
      );
    if (parts.some(isOfCall)) continue;
    const other = judged.find(
      (ruleInfo) =>
        ruleInfo.effect === 'permit' &&
        overlap({ ...scope, actions: undefined, resources: undefined }, ruleInfo.scope) !==
          undefined &&
        !covers({ ...scope, subjects: undefined }, ruleInfo.scope),
    );
    if (other !== undefined)
      reporter.report('revoke-for-some', span, undefined, {
        related: [{ span: other.span, message: 'this permits others' }],
      });
  }
}

// --- enums -----------------------------------------------------------------------------------------

const scales: readonly (readonly string[])[] = [
  ['none', 'low', 'medium', 'high', 'critical'],
  ['low', 'moderate', 'high', 'severe'],
  ['read', 'write', 'admin'],
];

function adviseOfOrders({ enums }: PolicyModel, reporter: Reporter): void {
  for (const { ordered, members, span, name } of enums) {
    if (!ordered) continue;
    const lower = members.map((member) => member.toLowerCase());
    for (const scale of scales) {
      const known = lower.filter((member) => scale.includes(member));
      const rank = known.map((member) => scale.indexOf(member));
      const isReversed =
        rank.length > 1 &&
        rank.every((each, index) => index === 0 || each < (rank[index - 1] as number));
      if (isReversed) reporter.report('reversed-order', span, { name });
    }
  }
}

/** Members of ordered enums above those that a rule restricts. */
function adviseOfMembers(
  { rules }: PolicyModel,
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  const covered = new Map<string, Set<Value>>();
  const permitted = new Set(
    rules
      .filter(({ effect }) => effect === 'permit')
      .flatMap(({ condition }) => [...collectReads([condition])]),
  );
  const found: { place: ConditionPlace; path: string; type: EnumType; listed: readonly Value[] }[] =
    [];
  for (const place of places) {
    if (place.judged.effect === 'permit') continue;
    const listed = findListedMembers(place);
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
function findListedMembers({ expr, grants }: ConditionPlace): Listed | undefined {
  if (grants) return undefined;
  const sides =
    expr.kind === 'Compare' ? [expr.left, expr.right] : (matchCall(expr, ['in'])?.args ?? []);
  const read = sides.map(unwrapBinding).find((side) => side.kind === 'Read');
  const values = sides.map(listConstants).find((each) => each !== undefined);
  if (read?.type.kind !== 'Enum' || !read.type.ordered || values === undefined) return undefined;
  const path = findMemberPath(read) ?? '';
  const { type } = read;
  if (expr.kind !== 'Compare' || expr.operator === 'is')
    return { path, type, values, isList: true };
  const all = type.members.map((_, ordinal) => ordinal);
  return { path, type, values: all, isList: false };
}

// --- networks --------------------------------------------------------------------------------------

function adviseOfNetworks(places: readonly ConditionPlace[], reporter: Reporter): void {
  const found = places.flatMap((place) => {
    const [address, networks] = place.grants ? [] : (matchCall(place.expr, ['in'])?.args ?? []);
    if (address?.type.kind !== 'Ip' || networks === undefined) return [];
    const texts = listConstantStrings(networks);
    return texts.length === 0 ? [] : [{ place, path: findMemberPath(address) ?? '', texts }];
  });
  const isSix = (text: string) => text.includes(':');
  const covered = new Set(found.filter(({ texts }) => texts.some(isSix)).map(({ path }) => path));
  for (const { place, path } of found)
    if (!covered.has(path)) reporter.report('one-ip-version', place.span, { path });
}

// --- trees and sessions ----------------------------------------------------------------------------

function adviseOfRoots(place: ConditionPlace, identities: Identities, reporter: Reporter): void {
  if (place.grants) return;
  const [needle, found] = matchCall(place.expr, ['in'])?.args ?? [];
  if (needle === undefined || found?.kind !== 'Lookup' || !found.table.transitive) return;
  const [key] = found.keys;
  if (key === undefined) return;
  const pair = new Set([identities.of(needle), identities.of(key)]);
  const isCompared = [...collectExprs([place.judged.condition])].some(
    (part) =>
      part.kind === 'Compare' &&
      part.operator === 'is' &&
      pair.has(identities.of(part.left)) &&
      pair.has(identities.of(part.right)),
  );
  if (!isCompared) reporter.report('lookup-without-root', place.span, { table: found.table.name });
}

function adviseOfLastEvent(place: ConditionPlace, reporter: Reporter): void {
  const { expr, grants, judged } = place;
  if (grants || expr.kind !== 'Compare') return;
  const last = [expr.left, expr.right]
    .map(unwrapBinding)
    .find((side) => side.kind === 'History' && side.term.form === 'last');
  if (last?.kind !== 'History') return;
  const isGuarded = [...collectExprs([judged.condition])].some(
    (part) =>
      part.kind === 'Known' ||
      (part.kind === 'History' && ['once', 'count', 'since'].includes(part.term.form)),
  );
  if (isGuarded || judged.rule?.skipUnknown === true) return;
  if (last.term.pattern.of.kind !== 'decision') return;
  reporter.report('last-without-event', findShownSpan(place, expr), undefined);
}
