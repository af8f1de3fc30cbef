// Where a rule says what is to be done without something: a test of presence, a `given`, a default, an
// `else`, `latest`, a `skip`. For the message: that the rule fails open is known before.

import type { Expr } from '../model/model.ts';
import { everyExpr } from '../model/operands.ts';
import { pathOf } from '../model/reads.ts';
import type { Span } from '../support/source.ts';
import type { Type, Value } from '../types/types.ts';
import { showValue } from '../types/values.ts';
import type { Loosening } from './loosening.ts';
import type { MissingData } from './missing-data.ts';
import { conditionsIn, type Part } from './monotonicity.ts';
import { isAround, type Judged } from './rules.ts';

export interface Site {
  readonly span: Span;
  readonly lack: 'absent' | 'unknown' | 'stale';
  readonly label: string | undefined;
}

/** What the `given`s of a policy say of what is unknown, by the places of their values. */
export type Givens = ReadonlyMap<string, GivenOtherwise>;

export interface GivenOtherwise {
  /** Where it says that nothing is to be done. */
  readonly ignoredAt: Span | undefined;
}

export function placeOf({ file, start }: Span): string {
  return `${start} ${file}`;
}

export function siteOf(
  judged: Judged,
  lack: MissingData,
  loosening: Loosening,
  givens: Givens,
): Site {
  const { kind } = loosening;
  const within = loosening.within(judged);
  const restricts = kind === 'silent';
  const parts = kind === 'value' ? [whole(within)] : conditionsIn(within);
  const sites = parts.map((part) => ({ part, inner: innerOf(part) }));
  const found =
    first(sites, ({ part }) => ofTest(part, lack, restricts, givens)) ??
    first(sites, ({ part, inner }) => ofDefault(part, inner, lack)) ??
    first(sites, ({ part, inner }) => ofElse(part, inner, lack)) ??
    first(sites, ({ part, inner }) => ofLatest(part, inner, lack)) ??
    ofSkip(judged, sites, lack);
  return found ?? { span: judged.span, lack: 'unknown', label: undefined };
}

interface Within {
  readonly part: Part;
  /** What belongs to the part, and to no condition within it. */
  readonly inner: readonly Expr[];
}

function whole(expr: Expr): Part {
  return { expr, rises: true, span: expr.span };
}

function first(sites: readonly Within[], of: (site: Within) => Site | undefined): Site | undefined {
  for (const site of sites) {
    const found = of(site);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Conditions of conditions are parts themselves. */
function innerOf({ expr }: Part): readonly Expr[] {
  if (['Binding', 'And', 'Or', 'Not'].includes(expr.kind) && expr.type.kind === 'Bool') return [];
  return [...everyExpr([expr])];
}

function ofTest(
  { expr, rises, span }: Part,
  lack: MissingData,
  restricts: boolean,
  givens: Givens,
): Site | undefined {
  if (expr.kind !== 'Known' && expr.kind !== 'Presence') return undefined;
  const asksForIt = expr.kind === 'Known' || expr.present;
  if ((asksForIt === rises) !== restricts || !speaksOf(expr.operand, lack)) return undefined;
  const { ignoredAt } = givens.get(placeOf(expr.span)) ?? {};
  const label = ignoredAt && '`ignore` does not restrict';
  return {
    span: ignoredAt ?? span,
    lack: expr.kind === 'Known' ? 'unknown' : 'absent',
    label,
  };
}

function ofDefault(part: Part, inner: readonly Expr[], lack: MissingData): Site | undefined {
  if (lack.how !== 'absent') return undefined;
  for (const expr of inner) {
    if (expr.kind !== 'Read' || !isAround(lack.path, pathOf(expr))) continue;
    const fallback = expr.members.at(-1)?.default;
    if (fallback === undefined) continue;
    return {
      span: nearer(part, expr),
      lack: 'absent',
      label: `it is \`${written(expr.type, fallback)}\` by default`,
    };
  }
  return undefined;
}

function written(type: Type, value: Value): string {
  const shown = showValue(type, value);
  if (type.kind === 'Set') return shown === '' ? '{}' : `{ ${shown} }`;
  if (type.kind === 'List') return '[]';
  return type.kind === 'String' ? JSON.stringify(shown) : shown;
}

function ofElse({ expr, span }: Part, inner: readonly Expr[], lack: MissingData): Site | undefined {
  const says = inner.some((each) => each.kind === 'Else' && speaksOf(each.value, lack));
  if (!says) return undefined;
  return {
    span: expr.kind === 'If' ? expr.span : span,
    lack: 'unknown',
    label: '`else` replaces it',
  };
}

function ofLatest(part: Part, inner: readonly Expr[], lack: MissingData): Site | undefined {
  if (lack.how !== 'stale') return undefined;
  const read = inner.find(
    (expr) => expr.kind === 'Read' && expr.latest && isAround(lack.path, pathOf(expr)),
  );
  if (read === undefined) return undefined;
  return {
    span: nearer(part, read),
    lack: 'stale',
    label: '`latest` reads the last value',
  };
}

function ofSkip(
  { rule, span }: Judged,
  sites: readonly Within[],
  lack: MissingData,
): Site | undefined {
  const label = rule?.skipUnknown ? '`if unknown skip` skips it' : undefined;
  for (const { part, inner } of sites) {
    const leaf = inner.find((expr) => isLeafOf(expr, lack));
    if (leaf !== undefined) return { span: nearer(part, leaf), lack: 'unknown', label };
  }
  return { span, lack: 'unknown', label };
}

/** In a predicate or a `let` it is told where that is used. */
function nearer({ expr, span }: Part, inner: Expr): Span {
  return span === expr.span && isWithin(inner.span, expr.span) ? inner.span : span;
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}

function isLeafOf(expr: Expr, lack: MissingData): boolean {
  switch (expr.kind) {
    case 'Read':
      return concerns(lack.path, pathOf(expr));
    case 'Variable':
      return lack.path === `${expr.variable.path}[]`;
    case 'Lookup':
      return lack.path === `${expr.table.name}[…]`;
    case 'History':
      return lack.path === expr.term.text;
    default:
      return false;
  }
}

function concerns(path: string, other: string): boolean {
  const own = path.endsWith('[]') ? path.slice(0, -2) : path;
  return isAround(own, other) || isAround(other, own);
}

function speaksOf(expr: Expr, lack: MissingData): boolean {
  return [...everyExpr([expr])].some((part) => isLeafOf(part, lack));
}

/** How it is called where a `given` could take it. */
export function givenName({ read }: MissingData): string | undefined {
  const name = read?.members.at(-1)?.name;
  return name !== undefined && /^[a-z_]\w*$/.test(name) ? name : undefined;
}
