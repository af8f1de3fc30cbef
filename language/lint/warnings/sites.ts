// Finds the part of a rule that handles missing data: a test of presence, a `given`, a default, an
// `else`, `latest`, a `skip`. It is the position of the warning; that the rule fails open is
// decided before.

import type { Expr } from '../../model/model.ts';
import { collectExprs, listTermPatterns } from '../../model/operands.ts';
import { spellPath } from '../../model/reads.ts';
import type { Span } from '../../support/source.ts';
import type { Type, Value } from '../../types/types.ts';
import { showValue } from '../../types/values.ts';
import { listSubConditions, type SubCondition } from '../reasoning/monotonicity.ts';
import { isEnclosingPath, type RuleInfo } from '../rules.ts';
import type { Loosening } from './loosening.ts';
import { isOfSameEvents, listExprsAboutEvents, type MissingData } from './missing-data.ts';

/** The position and the labels of a warning. */
export interface Site {
  readonly span: Span;
  readonly how: 'absent' | 'unknown' | 'stale' | 'not listed';
  readonly label: string | undefined;
}

/** How the `given`s of a policy handle an unknown value, by the positions of their values. */
export type Givens = ReadonlyMap<string, GivenOtherwise>;

export interface GivenOtherwise {
  /** The position of its `ignore`. */
  readonly ignoredAt: Span | undefined;
}

/** A key for the position of a span. */
export function makeSpanKey({ file, start }: Span): string {
  return `${start} ${file}`;
}

export function findHandlingSite(
  judged: RuleInfo,
  missing: MissingData,
  loosening: Loosening,
  givens: Givens,
): Site {
  const { kind } = loosening;
  const within = loosening.within(judged);
  const restricts = kind === 'silent';
  const outer = kind === 'value' ? [createSubCondition(within)] : listSubConditions(within);
  const parts =
    missing.events === undefined
      ? outer
      : outer.flatMap((part) => [part, ...listEventParts(part, missing)]);
  const sites = parts.map((part) => ({ part, inner: listInnerExprs(part) }));
  const site =
    findFirst(sites, ({ part }) => findTestSite(part, missing, restricts, givens)) ??
    findFirst(sites, ({ part, inner }) => findDefaultSite(part, inner, missing)) ??
    findFirst(sites, ({ part, inner }) => findElseSite(part, inner, missing)) ??
    findFirst(sites, ({ part, inner }) => findLatestSite(part, inner, missing)) ??
    findFirst(sites, ({ part, inner }) => findEnumSite(part, inner, missing)) ??
    findSkipSite(judged, sites, missing);
  return site ?? { span: judged.span, how: 'unknown', label: undefined };
}

interface Within {
  readonly part: SubCondition;
  /** The expressions of the part that are in no condition within it. */
  readonly inner: readonly Expr[];
}

function createSubCondition(expr: Expr): SubCondition {
  return { expr, rises: true, span: expr.span };
}

function findFirst(
  sites: readonly Within[],
  of: (site: Within) => Site | undefined,
): Site | undefined {
  for (const site of sites) {
    const found = of(site);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The conditions on events in the history terms of a part, and the members of events that these read. */
function listEventParts(
  { expr, rises }: SubCondition,
  { events }: MissingData,
): readonly SubCondition[] {
  if (expr.kind !== 'History') return [];
  const { term } = expr;
  const isReversed =
    (term.form === 'count' || term.form === 'sum') && ['<', '<='].includes(term.operator);
  return listTermPatterns(term)
    .filter(({ of }) => isOfSameEvents(of, events))
    .flatMap((pattern) => {
      const grows = rises !== (isReversed || pattern !== term.pattern);
      return listExprsAboutEvents(term, pattern).flatMap((each) =>
        each === pattern.condition
          ? listSubConditions(each).map((part) => ({ ...part, rises: part.rises === grows }))
          : [createSubCondition(each)],
      );
    });
}

/** The operands of logical operators are parts themselves. */
function listInnerExprs({ expr }: SubCondition): readonly Expr[] {
  if (['Binding', 'And', 'Or', 'Not'].includes(expr.kind) && expr.type.kind === 'Bool') return [];
  return [...collectExprs([expr])];
}

function findTestSite(
  { expr, rises, span }: SubCondition,
  missing: MissingData,
  restricts: boolean,
  givens: Givens,
): Site | undefined {
  if (expr.kind !== 'Known' && expr.kind !== 'Presence') return undefined;
  const requiresIt = expr.kind === 'Known' || expr.present;
  if ((requiresIt === rises) !== restricts || !hasMissingLeaf(expr.operand, missing))
    return undefined;
  const { ignoredAt } = givens.get(makeSpanKey(expr.span)) ?? {};
  const label = ignoredAt && '`ignore` does not restrict';
  return {
    span: ignoredAt ?? span,
    how: expr.kind === 'Known' ? 'unknown' : 'absent',
    label,
  };
}

function findDefaultSite(
  part: SubCondition,
  inner: readonly Expr[],
  missing: MissingData,
): Site | undefined {
  if (missing.how !== 'absent') return undefined;
  for (const expr of inner) {
    if (expr.kind !== 'Read' || !isEnclosingPath(missing.path, spellPath(expr))) continue;
    const fallback = expr.members.at(-1)?.default;
    if (fallback === undefined) continue;
    return {
      span: selectNearer(part, expr),
      how: 'absent',
      label: `it is \`${formatValue(expr.type, fallback)}\` by default`,
    };
  }
  return undefined;
}

function formatValue(type: Type, value: Value): string {
  const shown = showValue(type, value);
  if (type.kind === 'Set') return shown === '' ? '{}' : `{ ${shown} }`;
  if (type.kind === 'List') return '[]';
  return type.kind === 'String' ? JSON.stringify(shown) : shown;
}

function findElseSite(
  { expr, span }: SubCondition,
  inner: readonly Expr[],
  missing: MissingData,
): Site | undefined {
  const says = inner.some((each) => each.kind === 'Else' && hasMissingLeaf(each.value, missing));
  if (!says) return undefined;
  return {
    span: expr.kind === 'If' ? expr.span : span,
    how: 'unknown',
    label: '`else` replaces it',
  };
}

function findLatestSite(
  part: SubCondition,
  inner: readonly Expr[],
  missing: MissingData,
): Site | undefined {
  if (missing.how !== 'stale') return undefined;
  const read = inner.find(
    (expr) => expr.kind === 'Read' && expr.latest && isEnclosingPath(missing.path, spellPath(expr)),
  );
  if (read === undefined) return undefined;
  return {
    span: selectNearer(part, read),
    how: 'stale',
    label: '`latest` reads the last value',
  };
}

function findEnumSite(
  part: SubCondition,
  inner: readonly Expr[],
  missing: MissingData,
): Site | undefined {
  if (missing.how !== 'unlisted') return undefined;
  const leaf = inner.find((expr) => isMissingLeaf(expr, missing));
  if (leaf === undefined) return undefined;
  const { type } = leaf;
  const named = type.kind === 'Enum' && type.otherwise !== undefined ? type : undefined;
  return {
    span: selectNearer(part, leaf),
    how: 'not listed',
    label: named && `its enum reads it as \`${showValue(named, named.otherwise as Value)}\``,
  };
}

function findSkipSite(
  { rule, span }: RuleInfo,
  sites: readonly Within[],
  missing: MissingData,
): Site | undefined {
  const label = rule?.skipUnknown ? '`if unknown skip` skips it' : undefined;
  for (const { part, inner } of sites) {
    const leaf = inner.find((expr) => isMissingLeaf(expr, missing));
    if (leaf !== undefined) return { span: selectNearer(part, leaf), how: 'unknown', label };
  }
  return { span, how: 'unknown', label };
}

/** An expression in a predicate or a `let` is reported where that is used. */
function selectNearer({ expr, span }: SubCondition, inner: Expr): Span {
  return span === expr.span && hasSpan(inner.span, expr.span) ? inner.span : span;
}

function hasSpan(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

function isMissingLeaf(expr: Expr, missing: MissingData): boolean {
  switch (expr.kind) {
    case 'Read':
      return concerns(missing.path, spellPath(expr));
    case 'Variable':
      return missing.path === `${expr.variable.path}[]`;
    case 'Lookup':
      return missing.path === `${expr.table.name}[…]`;
    case 'History':
      return missing.path === expr.term.text;
    default:
      expr.kind satisfies
        | ('Constant' | 'Selector' | 'Now' | 'Binding' | 'Apply' | 'Compare' | 'Age')
        | ('InWindow' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'If' | 'Else' | 'Set');
      return false;
  }
}

function concerns(path: string, other: string): boolean {
  const own = path.endsWith('[]') ? path.slice(0, -2) : path;
  return isEnclosingPath(own, other) || isEnclosingPath(other, own);
}

function hasMissingLeaf(expr: Expr, missing: MissingData): boolean {
  return [...collectExprs([expr])].some((part) => isMissingLeaf(part, missing));
}

/** The name that a `given` could bind it to. */
export function suggestGivenName({ read }: MissingData): string | undefined {
  const name = read?.members.at(-1)?.name;
  return name !== undefined && /^[a-z_]\w*$/.test(name) ? name : undefined;
}
