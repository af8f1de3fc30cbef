// Advises about conditions on the elements of a collection: checks of one element where all are meant, and elements that
// count again for each time that they are listed.

import type { Reporter } from '../../diagnostics/diagnostics.ts';
import type { AggregateExpr, Expr } from '../../model/model.ts';
import { collectExprs, unwrapBinding } from '../../model/operands.ts';
import {
  type ConditionPlace,
  findMemberPath,
  formatRequestPath,
  listConstants,
  listLooseComparisons,
  matchCall,
} from './places.ts';

export function adviseOfCollections(place: ConditionPlace, reporter: Reporter): void {
  adviseOfPartialChecks(place, reporter);
  adviseOfRepeated(place, reporter);
}

// --- one element for all ---------------------------------------------------------------------------

const isCall = (expr: Expr | undefined) =>
  expr !== undefined && formatRequestPath(expr)?.startsWith('action.') === true;

function adviseOfPartialChecks(place: ConditionPlace, reporter: Reporter): void {
  const { expr, grants } = place;
  const report = (found: string, meant: string) =>
    reporter.report('partial-check', place.span, { what: place.judged.what, found, meant });
  if (expr.kind === 'Quantifier') {
    const isRequest = formatRequestPath(expr.collection) !== undefined;
    const isOne = isCall(expr.collection) || (isRequest && isExclusion(expr.body));
    if (grants && expr.quantifier === 'any' && isOne) report('any', 'all');
    if (!grants && expr.quantifier === 'all' && isRequest) report('all', 'any');
    return;
  }
  if (expr.kind === 'Compare') {
    const one = findExtremeOfOne(place);
    if (one !== undefined) report(one, one === 'max' ? 'min' : 'max');
    return;
  }
  const shared = matchCall(expr, ['intersects'])?.args ?? [];
  const isAddress = shared.some(({ type }) => type.kind === 'Cidr');
  if (grants && shared.some(isCall) && !isAddress) report('intersects', 'within');
  const [inner] = matchCall(expr, ['within'])?.args ?? [];
  if (!grants && isCall(inner) && inner?.type.kind !== 'Cidr') report('within', 'intersects');
}

/** `role is not "guest"`: true for each other element. */
function isExclusion(body: Expr): boolean {
  const inner = unwrapBinding(body);
  if (inner.kind === 'Compare')
    return (
      inner.operator === 'is not' && [inner.left, inner.right].some((side) => listConstants(side))
    );
  return matchCall(inner, ['not in']) !== undefined;
}

/** `max(…) >= 5` in a permit: one element of a call is enough. */
function findExtremeOfOne(place: ConditionPlace): 'max' | 'min' | undefined {
  for (const { operator, left } of listLooseComparisons(place)) {
    if (left.kind !== 'Aggregate' || left.form === 'sum' || !isCall(left.collection)) continue;
    const isOne = left.form === 'max' ? operator.startsWith('>') : operator.startsWith('<');
    if (isOne) return left.form;
  }
  return undefined;
}

// --- elements that are listed twice ----------------------------------------------------------------

/** A minimum of two or more elements of a list, which can be one element twice. */
function adviseOfRepeated(place: ConditionPlace, reporter: Reporter): void {
  for (const { operator, left, right } of listLooseComparisons(place)) {
    if (operator !== '>' && operator !== '>=') continue;
    const [bound] = listConstants(right) ?? [];
    if (typeof bound !== 'bigint' || bound + (operator === '>' ? 1n : 0n) < 2n) continue;
    const [sized] = matchCall(left, ['size'])?.args ?? [];
    const list = sized ?? (left.kind === 'Aggregate' ? findCountedCollection(left) : undefined);
    if (list?.type.kind !== 'List' || formatRequestPath(list) === undefined) continue;
    // Approvals that are only counted get a warning.
    if (list === sized && formatRequestPath(list) === 'context.approvals') continue;
    reporter.report('repeated-element', place.span, { path: findMemberPath(list) ?? '' });
  }
}

/** The collection of which an aggregate counts the elements, unless it compares them with each other. */
function findCountedCollection({
  form,
  body,
  collection,
  condition,
}: AggregateExpr): Expr | undefined {
  if (form !== 'sum' || listConstants(body) === undefined) return undefined;
  const parts = [...collectExprs(condition === undefined ? [] : [condition])];
  return parts.some(({ kind }) => kind === 'Quantifier') ? undefined : collection;
}
