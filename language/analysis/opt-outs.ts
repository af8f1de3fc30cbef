// Where a rule opts out of what is unknown: a `known(p)` or `is present` that must hold for it to
// restrict, one that must not hold for it to permit, an `else` to the same end, a `skip` and an
// `ignore`.

import { asRead } from '../checker/names.ts';
import type { Expr, ReadExpr } from '../model.ts';
import { everyExpr, operandsOf } from '../operands.ts';
import { pathOf, readsOf } from '../reads.ts';
import type { Span } from '../source.ts';
import { bool } from '../types.ts';
import type { Claim } from './assumptions.ts';
import { isAround, type Judged, partsOf } from './judged.ts';
import { isDecided } from './never.ts';
import { conditionsIn, type Part } from './polarity.ts';
import type { Reasoning } from './reasoning.ts';
import { isFalse, isTrue, negated } from './worth.ts';

export interface OptOut {
  /** How what may be missing is called, and how it is written where it has a name. */
  readonly path: string;
  readonly read: ReadExpr | undefined;
  readonly lack: 'absent' | 'unknown';
  /** That it is missing. */
  readonly missing: readonly Claim[];
  /** The paths that it is made of. */
  readonly paths: ReadonlySet<string>;
  readonly span: Span;
  readonly label: string | undefined;
}

export function optOutsOf(judged: Judged, reasoning: Reasoning, givens: Givens): readonly OptOut[] {
  const restricts = judged.effect !== 'permit';
  const parts = conditionsIn(judged.condition);
  const found = parts.flatMap((part): readonly OptOut[] => {
    if (part.expr.kind === 'Known' || part.expr.kind === 'Presence')
      return ofTest(part, part.expr, judged, givens);
    return ofElse(part, restricts, reasoning);
  });
  return [...found, ...(restricts ? ofSkip(judged) : [])].filter(({ paths }) => !ofEvents(paths));
}

// --- presence tests, and `given` -------------------------------------------------------------------

function ofTest(
  { rises, span }: Part,
  test: Expr & { kind: 'Known' | 'Presence' },
  { condition, effect }: Judged,
  givens: Givens,
): readonly OptOut[] {
  const asksForIt = test.kind === 'Known' || test.present;
  const restricts = effect !== 'permit';
  const outs = asksForIt === rises;
  const { ignoredAt, restricted } = givens.get(placeOf(test.span)) ?? {};
  if (outs !== restricts || isElement(test.operand) || (restricts && restricted)) return [];
  if (restricts && ignoredAt === undefined && !readsBeside(condition, test.operand)) return [];
  return [
    {
      ...named(test.operand),
      lack: test.kind === 'Known' ? 'unknown' : 'absent',
      missing: [{ expr: test, wanted: asksForIt ? isFalse : isTrue }, ...absent(test.operand)],
      span: ignoredAt ?? span,
      label: ignoredAt && '`ignore` leaves it so',
    },
  ];
}

/** What the `given`s of a policy say of what is unknown, by the places of their values. */
export type Givens = ReadonlyMap<string, GivenOtherwise>;

export interface GivenOtherwise {
  /** Where it says that nothing is to be done. */
  readonly ignoredAt: Span | undefined;
  /** Whether something restricts then. */
  readonly restricted: boolean;
}

export function placeOf({ file, start }: Span): string {
  return `${start} ${file}`;
}

/** Whether a condition has the operand or a member of it elsewhere than in a test of its presence. */
function readsBeside(condition: Expr, operand: Expr): boolean {
  const read = asRead(operand);
  const path = read && pathOf(read);
  const sought = read ?? behindNames(operand);
  const seen = new Set<Expr>();
  const open = [condition];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (seen.has(expr) || expr.kind === 'Known' || expr.kind === 'Presence') continue;
    seen.add(expr);
    if (expr === sought || isSameHistory(sought, expr)) return true;
    if (path !== undefined && expr.kind === 'Read' && isAround(path, pathOf(expr))) return true;
    open.push(...operandsOf(expr));
  }
  return false;
}

/** Whether it asks the same of a session's events, or for a member of the same event. */
function isSameHistory(sought: Expr, expr: Expr): boolean {
  if (sought.kind !== 'History' || expr.kind !== 'History') return false;
  return isAround(sought.term.text, expr.term.text);
}

function behindNames(expr: Expr): Expr {
  return expr.kind === 'Binding' ? behindNames(expr.binding.value) : expr;
}

/** Of an element it can't be told whether it is missing. */
function isElement(operand: Expr): boolean {
  return [...everyExpr([operand])].some(
    (part) => part.kind === 'Variable' || (part.kind === 'Read' && typeof part.from !== 'string'),
  );
}

function named(operand: Expr): Pick<OptOut, 'path' | 'paths' | 'read'> {
  const read = asRead(operand);
  const paths = readsOf([read === undefined ? operand : { ...read, latest: true }]);
  const table = behindNames(operand);
  const path =
    read !== undefined
      ? pathOf(read)
      : table.kind === 'Lookup'
        ? `${table.table.name}[…]`
        : table.kind === 'History'
          ? table.term.text
          : [...paths].join(', ');
  return { path, paths, read };
}

/** An event that is absent has not happened. */
function ofEvents(paths: ReadonlySet<string>): boolean {
  return [...paths].some((path) => isAround('context.events', path));
}

// --- `else` and `skip` -----------------------------------------------------------------------------

/** An `else` by which a condition is what keeps a restriction silent, or lets a permit through. */
function ofElse(part: Part, restricts: boolean, reasoning: Reasoning): readonly OptOut[] {
  const { expr, rises, span } = part;
  const atomic = ['Compare', 'Apply', 'InWindow', 'Else'].includes(expr.kind) && !isDecided(expr);
  const wanted = restricts ? isFalse : isTrue;
  for (const inner of atomic ? elsesIn(expr) : []) {
    const { value } = inner;
    if (isElement(value)) continue;
    const missing = unknown(value);
    const given = reasoning.assume(reasoning.ask(), ...missing);
    if ('between' in given) continue;
    const worth = reasoning.worthOf(expr, given);
    if (worth !== (rises ? wanted : negated(wanted))) continue;
    return [{ ...named(value), lack: 'unknown', missing, span, label: '`else` says so' }];
  }
  return [];
}

function elsesIn(expr: Expr) {
  return [...everyExpr([expr])].filter((part) => part.kind === 'Else');
}

function unknown(operand: Expr): readonly Claim[] {
  const { span } = operand;
  const known: Expr = { kind: 'Known', operand: asRead(operand) ?? operand, type: bool, span };
  return [{ expr: known, wanted: isFalse }, ...absent(operand)];
}

/** Of what is hardly ever unknown and there: a rule for its absence is one for that, too. */
function absent(operand: Expr): readonly Claim[] {
  const read = asRead(operand);
  if (read === undefined || read.members.some((member) => member.fresh !== undefined)) return [];
  const { type, span } = read;
  const plain = ['Bool', 'Int', 'Decimal', 'String', 'Timestamp', 'Duration'].includes(type.kind);
  if (!plain || ('range' in type && type.range !== undefined)) return [];
  return [
    { expr: { kind: 'Presence', operand: read, present: true, type: bool, span }, wanted: isFalse },
  ];
}

/** Each that may be missing without being asked for. */
function ofSkip({ rule, condition }: Judged): readonly OptOut[] {
  if (!rule?.skipUnknown) return [];
  const parts = partsOf(condition);
  const found = [...everyExpr([condition])].filter(
    (part) =>
      part.kind === 'Lookup' ||
      part.kind === 'History' ||
      (part.kind === 'Read' && mayBeAbsent(part)),
  );
  const optOuts = found
    .filter((part) => !isElement(part))
    .sort((a, b) => a.span.start - b.span.start)
    .map((part) => ({
      ...named(part),
      lack: 'unknown' as const,
      missing: unknown(part),
      span: parts.some(({ span }) => isWithin(part.span, span)) ? part.span : rule.span,
      label: '`if unknown skip` silences it',
    }));
  return optOuts.filter(({ path }, at) => optOuts.findIndex((each) => each.path === path) === at);
}

function mayBeAbsent({ members, type }: ReadExpr): boolean {
  return (
    type.kind !== 'Record' &&
    members.at(-1)?.default === undefined &&
    members.some((member) => member.optional)
  );
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
