// Warns of amounts that a limit does not count: negative ones, duplicates in a set, the amount of the current request,
// those of other sessions, actions and currencies, values that mean no limit, and what a division of whole numbers drops.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import { findRole } from '../../model/builtins.ts';
import type {
  ApplyExpr,
  CountTerm,
  Expr,
  HistoryExpr,
  PolicyModel,
  SumTerm,
} from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import { negatedComparisons } from '../../types/comparisons.ts';
import type { RecordType, Type } from '../../types/types.ts';
import {
  type ConditionPlace,
  findMemberPath,
  findShownSpan,
  formatRequestPath,
  listConstants,
  listLooseComparisons,
  listReadExprs,
  matchCall,
  nameRead,
} from './places.ts';

export function warnOfAmounts(
  policy: PolicyModel,
  places: readonly ConditionPlace[],
  reporter: Reporter,
): void {
  const bounded = new Set(places.flatMap(listPathsWithMinimum));
  adviseOfUnlimited(policy, places, bounded, reporter);
  for (const place of places) {
    warnOfNegative(place, bounded, reporter);
    for (const expr of collectExprs([place.expr])) {
      if (expr.kind === 'Aggregate') warnOfSet(place, expr, reporter);
      if (expr.kind === 'Apply') adviseOfDivision(place, expr, reporter);
    }
    if (place.expr.kind === 'History') adviseOfCap(policy, place, place.expr, reporter);
  }
}

// --- negative amounts ------------------------------------------------------------------------------

const numbers: readonly Type['kind'][] = ['Int', 'Decimal', 'Duration'];

/** Paths that some rule compares with a minimum, also with a negative one: then its author thought of these. */
function listPathsWithMinimum({ expr }: ConditionPlace): readonly string[] {
  if (expr.kind !== 'Compare') return [];
  return [expr.left, expr.right].flatMap((side, index) => {
    const path = findMemberPath(side);
    const other = index === 0 ? expr.right : expr.left;
    const [value] = listConstants(other) ?? [];
    return path !== undefined && typeof value === 'bigint' && value <= 1n ? [path] : [];
  });
}

function warnOfNegative(
  place: ConditionPlace,
  bounded: ReadonlySet<string>,
  reporter: Reporter,
): void {
  for (const { operator, left, right } of listLooseComparisons(place)) {
    if (operator !== '<' && operator !== '<=') continue;
    const [bound] = listConstants(right) ?? [];
    if (typeof bound !== 'bigint' || bound <= 0n) continue;
    const negative = findNegative(left, bounded);
    if (negative !== undefined)
      reporter.report(
        'negative-amount',
        findShownSpan(place, left),
        { path: findMemberPath(negative) ?? '', type: negative.type.kind },
        negative.type.kind === 'Duration' ? { help: 'add a rule for values below 0s' } : {},
      );
  }
}

/** An argument of the call that can be negative, and with it the whole. */
function findNegative(expr: Expr, bounded: ReadonlySet<string>): Expr | undefined {
  const inner = unwrapBinding(expr);
  if (inner.kind === 'Aggregate' && inner.form === 'sum') return findNegative(inner.body, bounded);
  const summands = matchCall(inner, ['*', '+'])?.args;
  if (summands !== undefined) {
    for (const arg of summands) {
      const negative = findNegative(arg, bounded);
      if (negative !== undefined) return negative;
    }
    return undefined;
  }
  const path = findMemberPath(inner);
  if (path === undefined || !path.startsWith('action.') || bounded.has(path)) return undefined;
  const { type } = inner;
  if (!numbers.includes(type.kind)) return undefined;
  const min = 'range' in type ? type.range?.min : undefined;
  return min !== undefined && min >= 0n ? undefined : inner;
}

// --- values that mean no limit ---------------------------------------------------------------------

const numbered = /^(?:.*_)?(?:limit|max|maximum|top|size|page_size|count|first|rows|results)$/i;
const listed = /^(?:.*_)?(?:fields|columns|select|projection|properties|attributes)$/i;

/** Arguments that a constraint limits, and whose smallest value means "no limit" or "all" to many programs. */
function adviseOfUnlimited(
  { actions, anyAction, constraints }: PolicyModel,
  places: readonly ConditionPlace[],
  bounded: ReadonlySet<string>,
  reporter: Reporter,
): void {
  const sized = new Set(
    places.flatMap(({ expr }) => [...collectExprs([expr])].flatMap(listSizedPaths)),
  );
  const shapes = [...actions.values(), ...(anyAction === undefined ? [] : [anyAction])];
  for (const { name, limits, span } of constraints) {
    if (limits?.root !== 'action') continue;
    const path = `action.${limits.names.join('.')}`;
    if (bounded.has(path) || sized.has(path)) continue;
    const last = limits.names.at(-1) ?? '';
    for (const type of shapes.flatMap((shape) => findMemberType(shape, limits.names) ?? [])) {
      const value = findUnlimitedValue(type, last);
      if (value === undefined) continue;
      reporter.report('unlimited-value', span, { name, path, value });
      break;
    }
  }
}

function listSizedPaths(expr: Expr): readonly string[] {
  const [collection] = matchCall(expr, ['size'])?.args ?? [];
  const path = collection && findMemberPath(collection);
  return path === undefined ? [] : [path];
}

function findMemberType({ members }: RecordType, names: readonly string[]): Type | undefined {
  const [first = '', ...others] = names;
  const type = members.get(first)?.type;
  if (type === undefined || others.length === 0) return type;
  return type.kind === 'Record' ? findMemberType(type, others) : undefined;
}

function findUnlimitedValue(type: Type, name: string): string | undefined {
  if (type.kind === 'Set') return listed.test(name) ? 'an empty set' : undefined;
  if (!numbers.includes(type.kind) || type.kind === 'Duration') return undefined;
  const min = 'range' in type ? type.range?.min : undefined;
  if (min === undefined || min < 0n) return '-1';
  return min === 0n && numbered.test(name) ? '0' : undefined;
}

// --- collections -----------------------------------------------------------------------------------

function warnOfSet(
  place: ConditionPlace,
  expr: Extract<Expr, { readonly kind: 'Aggregate' }>,
  reporter: Reporter,
): void {
  const { form, collection, variable, body } = expr;
  if (form !== 'sum' || collection.type.kind !== 'Set') return;
  if (!numbers.includes(variable.type.kind)) return;
  const isAdded = [...collectExprs([body])].some(
    (each) => each.kind === 'Variable' && each.variable === variable,
  );
  if (isAdded)
    reporter.report('sum-over-set', findShownSpan(place, expr), {
      path: findMemberPath(collection) ?? 'the set',
    });
}

function adviseOfDivision(place: ConditionPlace, expr: ApplyExpr, reporter: Reporter): void {
  if (findRole(expr) !== 'product' || expr.type.kind !== 'Int') return;
  const divides = expr.args
    .map(unwrapBinding)
    .some((arg) => findRole(arg) === 'quotient' && arg.type.kind === 'Int');
  if (divides) reporter.report('whole-division', findShownSpan(place, expr), undefined);
}

// --- history ---------------------------------------------------------------------------------------

const money = /^(?:.*_)?(?:amount|total|price|cost|value|spend|spent|fee|sum|budget|balance)$/i;
export const paying =
  /(?:^|[._-])(?:pay|payment|transfer|purchase|charge|refund|withdraw|invoice|send_money)/i;

function adviseOfCap(
  policy: PolicyModel,
  place: ConditionPlace,
  { term }: HistoryExpr,
  reporter: Reporter,
): void {
  if (term.form !== 'sum' && term.form !== 'count') return;
  const operator = place.grants ? term.operator : negatedComparisons[term.operator];
  if (operator !== '<' && operator !== '<=') return;
  const { pattern } = term;
  if (pattern.of.kind !== 'decision' || pattern.of.which === 'refused') return;
  const { actions } = pattern.of;
  const own = place.judged.scope.actions;
  const isOwn =
    actions === undefined || own === undefined || actions.some((name) => own.includes(name));
  const { span } = place;
  adviseOfUncounted(policy, place, term, reporter);
  const member = term.form === 'sum' ? nameRead(term.member) : '';
  const isLeftOut =
    term.form === 'sum'
      ? !listReadExprs(term.bound).some((read) => formatRequestPath(read)?.startsWith('action.'))
      : operator === '<=' && term.threshold > 0n;
  if (isOwn && isLeftOut)
    reporter.report(
      'cap-without-current',
      span,
      { what: term.form === 'sum' ? `the current \`${member}\`` : 'the current call' },
      {
        help:
          term.form === 'sum'
            ? `add it to the sum: \`+ action.${member}\``
            : 'compare with `>=` in a restriction and with `<` in a permit',
      },
    );
  const isMoney =
    (term.form === 'sum' && money.test(member)) ||
    (term.form === 'count' && (actions ?? []).some((name) => paying.test(name)));
  if (isMoney && !pattern.isShared)
    reporter.report('limit-per-session', span, { what: member || 'payments' });
  if (term.form === 'sum') adviseOfCurrencies(policy, place, term, reporter);
}

/** Actions of the group that the sum leaves out, although they have the member that it adds. */
function adviseOfUncounted(
  { actions: declared }: PolicyModel,
  { judged, span }: ConditionPlace,
  term: SumTerm | CountTerm,
  reporter: Reporter,
): void {
  const { of } = term.pattern;
  const own = judged.scope.actions ?? [];
  if (term.form !== 'sum' || !own.some((name) => of.actions?.includes(name))) return;
  const member = nameRead(term.member);
  const missed = own.find(
    (name) => !of.actions?.includes(name) && declared.get(name)?.members.has(member),
  );
  if (missed !== undefined) reporter.report('uncounted-action', span, { action: missed, member });
}

function adviseOfCurrencies(
  { actions }: PolicyModel,
  place: ConditionPlace,
  { pattern, member }: SumTerm,
  reporter: Reporter,
): void {
  const path = findMemberPath(member) ?? '';
  if (!money.test(nameRead(member))) return;
  const shapes = (pattern.of.actions ?? []).flatMap((name) => actions.get(name) ?? []);
  const unit = ['currency', 'unit'].find((name) =>
    shapes.some((shape) => [...shape.members.keys()].includes(name)),
  );
  if (unit === undefined) return;
  const related = [
    ...(pattern.key?.parts.map(({ ofEvent }) => ofEvent) ?? []),
    ...(pattern.condition === undefined ? [] : [pattern.condition]),
    place.judged.condition,
  ];
  const reads = related.flatMap((expr) => [...collectExprs([expr])]).map(nameRead);
  const isOwn = `${path}`.endsWith(unit);
  if (!isOwn && !reads.includes(unit))
    reporter.report('mixed-currencies', place.span, { unit, member: nameRead(member) });
}
