// Warns of permits that are true of an empty collection: an `all` or a `within` whose left side may
// be empty, and conditions that require that a collection has no such element: `not any`, `not in`,
// `not intersects`, a `size` of zero.

import { findAffirmative, findRole } from '../../model/builtins.ts';
import type { CompareExpr, Expr } from '../../model/model.ts';
import { splitCollections, unwrapBinding } from '../../model/operands.ts';
import { collectReads } from '../../model/reads.ts';
import { negatedComparisons } from '../../types/comparisons.ts';
import { isCollection, type Value } from '../../types/types.ts';
import { findRestrictingRules, type LintAnalysis } from '../analysis.ts';
import { listSubConditions, type SubCondition } from '../reasoning/monotonicity.ts';
import { splitScope } from '../reasoning/scopes.ts';
import { onlyTrue } from '../reasoning/truth-set.ts';
import type { RuleInfo } from '../rules.ts';

/** Reports permits that are true of an empty collection. `dead` contains rules that never fire. */
export function warnVacuousTruth(analysis: LintAnalysis, dead: ReadonlySet<RuleInfo>): void {
  for (const judged of analysis.judged) {
    if (judged.effect !== 'permit' || dead.has(judged)) continue;
    const parts = listSubConditions(judged.condition);
    const joined = listJoinedCollections(parts);
    const mayBeOpen = (collection: Expr): boolean =>
      mayBeEmpty(collection) && isOpen(analysis, judged, collection);
    for (const part of parts) {
      const collection = findCollection(part);
      if (collection === undefined) continue;
      // Several collections of a quantifier are together empty only if each is.
      if (!(joined.get(part.expr) ?? [collection]).every(mayBeOpen)) continue;
      const what = describeVacuous(part);
      const related =
        part.span.start < judged.span.start
          ? [{ span: judged.span, message: 'this permit depends on it' }]
          : [];
      analysis.reporter.report(
        'true-of-nothing',
        part.span,
        { what },
        { label: 'the condition does not require an element', related },
      );
    }
  }
}

/** The collections of each quantifier that is one of several for `all x in a, b satisfies …`. */
function listJoinedCollections(parts: readonly SubCondition[]): ReadonlyMap<Expr, readonly Expr[]> {
  const joined = new Map<Expr, readonly Expr[]>();
  for (const { expr } of parts) {
    const quantifiers = splitCollections(expr) ?? [];
    const collections = quantifiers.map(({ collection }) => collection);
    for (const quantifier of quantifiers) joined.set(quantifier, collections);
  }
  return joined;
}

function describeVacuous({ expr }: SubCondition): string {
  if (expr.kind === 'Quantifier' && expr.quantifier === 'all')
    return '`all` is true for an empty collection';
  if (expr.kind === 'Quantifier') return '`not any` is true for an empty collection';
  if (expr.kind === 'Compare') return 'a `size` of 0 is true for an empty collection';
  const role = findRole(expr);
  if (role === 'membership') return '`not in` is true if its right side is empty';
  if (role === 'overlap') return '`not intersects` is true if a side is empty';
  return '`within` is true if its left side is empty';
}

/** The collection that helps a permit if it is empty. */
function findCollection({ expr, rises }: SubCondition): Expr | undefined {
  if (expr.kind === 'Quantifier')
    return (expr.quantifier === 'all') === rises ? expr.collection : undefined;
  if (expr.kind === 'Compare') return findEmptiedCollection(expr, rises);
  if (expr.kind !== 'Apply') return undefined;
  const [left, right] = expr.args;
  if (left === undefined || right === undefined || left === right) return undefined;
  const isNegation = findAffirmative(expr) !== undefined;
  const role = findRole(expr);
  switch (role) {
    // A collection compared with itself only tests whether it is known.
    case 'subset':
      return rises !== isNegation && isOfElements(left) ? left : undefined;
    case 'membership':
      return rises === isNegation && isOfElements(right) ? right : undefined;
    case 'overlap':
      return rises
        ? undefined
        : [left, right].find((side) => isOfElements(side) && readsRequest(side));
    default:
      role satisfies
        | ('sum' | 'difference' | 'negation' | 'product' | 'quotient')
        | ('union' | 'intersection' | 'subtraction' | 'count' | 'length')
        | ('comparison' | 'conversion' | 'joining' | undefined);
      return undefined;
  }
}

function isOfElements({ type }: Expr): boolean {
  return isCollection(type);
}

function readsRequest(expr: Expr): boolean {
  return collectReads([expr]).size > 0;
}

/** Finds `size(a minus b) is 0` and equivalent comparisons: no element of `a` remains. */
function findEmptiedCollection(
  { operator, left, right }: CompareExpr,
  rises: boolean,
): Expr | undefined {
  if (left.kind !== 'Apply' || findRole(left) !== 'count' || right.kind !== 'Constant')
    return undefined;
  const effective = rises ? operator : negatedComparisons[operator];
  const isZero =
    (right.value === 0n && (effective === 'is' || effective === '<=')) ||
    (right.value === 1n && effective === '<');
  const [collection] = left.args;
  // Whether a collection itself is empty may be tested; with `minus` or `intersect` it is a test of
  // each element.
  const inner = unwrapBinding(collection as Expr);
  if (!isZero || inner.kind !== 'Apply') return undefined;
  const role = findRole(inner);
  return role === 'subtraction' || role === 'intersection' ? inner.args[0] : undefined;
}

function mayBeEmpty(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Binding':
      return mayBeEmpty(expr.binding.value);
    case 'Constant':
      return (expr.value as readonly Value[]).length === 0;
    case 'Set':
      return expr.elements.length === 0;
    case 'Lookup':
      return (
        expr.table.external ||
        expr.table.rows.some((row) => (row.value as readonly Value[]).length === 0)
      );
    case 'If':
      return mayBeEmpty(expr.then) || mayBeEmpty(expr.else);
    case 'Else':
      return mayBeEmpty(expr.value) || mayBeEmpty(expr.fallback);
    case 'Apply':
      return findRole(expr) !== 'union' || expr.args.every(mayBeEmpty);
    default:
      expr.kind satisfies
        | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Compare' | 'Age' | 'InWindow')
        | ('Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier')
        | ('Aggregate' | 'History');
      return true;
  }
}

/** Whether the permit can fire for an empty collection while no other rule restricts. */
function isOpen({ clusters, readers }: LintAnalysis, permit: RuleInfo, collection: Expr): boolean {
  const others = readers.ofAny(collectReads([collection]));
  if (others === undefined) return false;
  return splitScope(permit.scope).some((combination) => {
    const restricting = findRestrictingRules(combination, others);
    if (restricting === undefined) return false;
    const claims = [
      { expr: permit.condition, wanted: onlyTrue },
      ...restricting.map(({ condition, silent }) => ({ expr: condition, wanted: silent })),
    ];
    return clusters.holding(combination, claims, collection) === 'maybe';
  });
}
