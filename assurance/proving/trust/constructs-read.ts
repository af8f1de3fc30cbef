// The constructs that a claim reads: those of the rules and scores that can be part of an answer in its scope, and its own.
// How each is represented is trusted.

import { overlap } from '@nhipol/language';
import {
  type ApplyExpr,
  collectExprs,
  type Expr,
  listOperands,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
  type Scope,
  spellPath,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { isBytes } from '@nhipol/language/types';
import type { Claim } from '../claims/claim.ts';
import { findEncoding } from '../expressions/builtins.ts';
import { type Construct, constructs } from '../facts/constructs.ts';
import type { Approximation } from '../facts/encoding.ts';

/** In the order of the table of constructs. `approximations`: those of the formulas of the claim. */
export function constructsRead(
  policy: PolicyModel,
  claim: Pick<Claim, 'invariant'>,
  approximations: readonly Approximation[],
): readonly Construct[] {
  const exprs = collectExprs(listClaimExprs(policy, claim));
  const places = new Set([...exprs].map(({ span }) => buildSpanKey(span)));
  const found = new Set<Construct>([
    ...(['logic', 'presence', 'decision'] as const),
    ...[...exprs].flatMap(listConstructs),
    ...approximations.flatMap(({ construct, span }) =>
      places.has(buildSpanKey(span)) ? [construct] : [],
    ),
  ]);
  return (Object.keys(constructs) as Construct[]).filter((construct) => found.has(construct));
}

function listClaimExprs(
  policy: PolicyModel,
  { invariant }: Pick<Claim, 'invariant'>,
): readonly Expr[] {
  const isInScope = ({ scope }: { readonly scope: Scope }) =>
    invariant === undefined || overlap(scope, invariant.scope) !== undefined;
  return [
    ...policy.rules
      .filter(isInScope)
      .flatMap((rule) => [
        ...listRuleExprs(rule),
        ...(rule.remainsChallenge ? [rule.remainsChallenge] : []),
      ]),
    ...policy.scores.filter(isInScope).flatMap(listScoreExprs),
    ...(invariant === undefined ? [] : [invariant.claim]),
  ];
}

function buildSpanKey({ file, start, end }: Span): string {
  return `${start} ${end} ${file}`;
}

/** The constructs of an expression itself, without its operands. */
function listConstructs(expr: Expr): readonly Construct[] {
  switch (expr.kind) {
    case 'Compare':
      return listOperandConstructs([expr.left, expr.right]);
    case 'Apply':
      return listCallConstructs(expr);
    case 'Lookup':
      return [expr.table.external ? 'external tables' : 'tables'];
    case 'Age':
    case 'Now':
      return ['clock'];
    case 'InWindow':
    case 'Calendar':
      return ['windows'];
    case 'Quantifier':
    case 'Set':
      return ['collections'];
    case 'Aggregate':
      return [expr.form === 'sum' ? 'small sums' : 'collections'];
    case 'History':
      return ['history'];
    case 'Read':
      return listReadConstructs(expr);
    default:
      expr.kind satisfies
        | ('Constant' | 'Selector' | 'Variable' | 'Binding' | 'And' | 'Or' | 'Not')
        | ('Known' | 'Presence' | 'If' | 'Else');
      return [];
  }
}

function listReadConstructs(expr: Extract<Expr, { readonly kind: 'Read' }>): readonly Construct[] {
  const found: Construct[] = listOperands(expr).length > 0 ? ['maps'] : [];
  if (expr.members.some(({ fresh }) => fresh !== undefined)) found.push('clock');
  return spellPath(expr) === 'context.call_digest' ? [...found, 'digests'] : found;
}

/** Comparisons and arithmetic, by the types of their operands. */
function listOperandConstructs(operands: readonly Expr[]): readonly Construct[] {
  return operands.flatMap(({ type }): readonly Construct[] => {
    if (type.kind === 'Set' || type.kind === 'List') return ['collections'];
    if (type.kind === 'Map') return ['maps'];
    if (isBytes(type)) return ['strings'];
    return numbers.has(type.kind) ? ['numbers'] : [];
  });
}

const numbers: ReadonlySet<string> = new Set(['Int', 'Decimal', 'Timestamp', 'Duration']);

function listCallConstructs({ builtin, args }: ApplyExpr): readonly Construct[] {
  const { construct } = findEncoding(builtin.name);
  if (construct !== 'that of its operands') return [construct];
  if (args.some(({ type }) => type.kind === 'Cidr')) return ['networks'];
  return listOperandConstructs(args);
}
