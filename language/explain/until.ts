// Finds the condition whose edge ends the validity of an answer, and what its value changes to.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import { asFact } from '../evaluator/expressions.ts';
import type { Expr, Narrowing } from '../model/model.ts';
import { isOverElements, listOperands, listPartsPerElement } from '../model/operands.ts';
import type { Fact } from '../request/fact.ts';
import { formatInstant } from '../types/time/instant.ts';
import type { Value } from '../types/types.ts';
import { findCause, isUnknown } from './causes.ts';
import type { ValidityEnd } from './explanation.ts';
import { type Judged, type JudgedSource, makeRuleRef } from './judged.ts';
import type { EvaluationView } from './view.ts';
import { isDeclared } from './windows.ts';

export function explainValidity(
  validUntil: number | undefined,
  effect: EffectName,
  judged: readonly Judged[],
  view: EvaluationView,
): ValidityEnd | undefined {
  if (validUntil === undefined) return undefined;
  const end = BigInt(validUntil);
  const rank = (own: EffectName) => (own === effect ? 0 : 1);
  const candidates = judged
    .filter(({ contribution }) => contribution.edge === end)
    .sort(
      (a, b) =>
        rank(a.contribution.effect) - rank(b.contribution.effect) ||
        strictness(b.contribution.effect) - strictness(a.contribution.effect),
    );
  for (const candidate of candidates) {
    for (const root of listRoots(candidate.source)) {
      const leaf = findLeaf(root, end, view);
      if (leaf === undefined) continue;
      return {
        at: formatInstant(end),
        rule: makeRuleRef(candidate, view),
        ...describeChange(leaf, end),
      };
    }
  }
  return undefined;
}

function listRoots(source: JudgedSource): readonly Expr[] {
  const listNarrowingExprs = (narrowing: Narrowing | undefined) => [
    narrowing?.inside,
    narrowing?.lowering?.suffices,
  ];
  const roots =
    source.kind === 'rule'
      ? [
          source.rule.condition,
          ...listNarrowingExprs(source.rule.narrowing),
          source.rule.remainsChallenge,
        ]
      : [
          ...source.score.conditions.map(({ condition }) => condition),
          ...source.score.bands.flatMap(({ narrowing }) => listNarrowingExprs(narrowing)),
        ];
  return roots.filter((root) => root !== undefined);
}

interface Leaf {
  readonly expr: Expr;
  readonly view: EvaluationView;
}

/** Descends to the expression that has the edge itself. */
function findLeaf(expr: Expr, end: bigint, view: EvaluationView): Leaf | undefined {
  if (view.evaluateExpr(expr).edge !== end) return undefined;
  for (const below of listOperandLeaves(expr, view)) {
    const leaf = findLeaf(below.expr, end, below.view);
    if (leaf !== undefined) return leaf;
  }
  return { expr, view };
}

function listOperandLeaves(expr: Expr, view: EvaluationView): readonly Leaf[] {
  if (!isOverElements(expr)) return listOperands(expr).map((operand) => ({ expr: operand, view }));
  const { value } = view.evaluateExpr(expr.collection);
  const elements = Array.isArray(value) ? (value as readonly (Fact | Value)[]).map(asFact) : [];
  return [
    { expr: expr.collection, view },
    ...elements.flatMap((element) => {
      const inside = view.within(expr.variable, element);
      return listPartsPerElement(expr).map((part) => ({ expr: part, view: inside }));
    }),
  ];
}

function describeChange(
  { expr, view }: Leaf,
  end: bigint,
): Pick<ValidityEnd, 'part' | 'turns' | 'says'> {
  const part = view.spot(expr.span);
  const then = view.at(end);
  const read = expr.kind === 'Known' ? expr.operand : expr;
  if (read.kind === 'Read') {
    const cause = findCause(read, then);
    const isKnown = !isUnknown(read, then);
    const says =
      cause?.kind === 'stale' ? `\`${cause.of}\` becomes stale` : `\`${part.text}\` becomes known`;
    return { part, turns: isKnown ? 'known' : 'unknown', says };
  }
  const truth = expr.type.kind === 'Bool' ? then.truth(expr) : undefined;
  const turns = truth === undefined ? 'unknown' : truth ? 'true' : 'false';
  if (expr.kind === 'InWindow' && truth !== undefined && isDeclared(expr.window))
    return { part, turns, says: `\`${expr.window.name}\` ${truth ? 'begins' : 'ends'}` };
  return { part, turns, says: `\`${part.text}\` becomes ${turns}` };
}
