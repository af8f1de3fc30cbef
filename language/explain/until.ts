// Finds the condition whose edge ends the validity of an answer, and what its value changes to.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import { asFact } from '../evaluator/expressions.ts';
import type { Expr, Narrowing } from '../model/model.ts';
import { isOverElements, operandsOf, partsPerElement } from '../model/operands.ts';
import type { Fact } from '../request/fact.ts';
import { formatInstant } from '../types/time/instant.ts';
import type { Value } from '../types/types.ts';
import { causeOf, isUnknown } from './causes.ts';
import type { Until } from './explanation.ts';
import { type Judged, refOf, type Source } from './judged.ts';
import type { View } from './view.ts';
import { isDeclared } from './windows.ts';

export function untilOf(
  validUntil: number | undefined,
  effect: EffectName,
  judged: readonly Judged[],
  view: View,
): Until | undefined {
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
  for (const each of candidates) {
    for (const root of rootsOf(each.source)) {
      const leaf = leafWith(root, end, view);
      if (leaf === undefined) continue;
      return { at: formatInstant(end), rule: refOf(each, view), ...changeOf(leaf, end) };
    }
  }
  return undefined;
}

function rootsOf(source: Source): readonly Expr[] {
  const narrowed = (narrowing: Narrowing | undefined) => [
    narrowing?.inside,
    narrowing?.lowering?.suffices,
  ];
  const roots =
    source.kind === 'rule'
      ? [source.rule.condition, ...narrowed(source.rule.narrowing), source.rule.remainsChallenge]
      : [
          ...source.score.conditions.map(({ condition }) => condition),
          ...source.score.bands.flatMap(({ narrowing }) => narrowed(narrowing)),
        ];
  return roots.filter((root) => root !== undefined);
}

interface Leaf {
  readonly expr: Expr;
  readonly view: View;
}

/** Descends to the expression that has the edge itself. */
function leafWith(expr: Expr, end: bigint, view: View): Leaf | undefined {
  if (view.outcome(expr).edge !== end) return undefined;
  for (const below of operandsIn(expr, view)) {
    const found = leafWith(below.expr, end, below.view);
    if (found !== undefined) return found;
  }
  return { expr, view };
}

function operandsIn(expr: Expr, view: View): readonly Leaf[] {
  if (!isOverElements(expr)) return operandsOf(expr).map((operand) => ({ expr: operand, view }));
  const { value } = view.outcome(expr.collection);
  const elements = Array.isArray(value) ? (value as readonly (Fact | Value)[]).map(asFact) : [];
  return [
    { expr: expr.collection, view },
    ...elements.flatMap((each) => {
      const inside = view.within(expr.variable, each);
      return partsPerElement(expr).map((part) => ({ expr: part, view: inside }));
    }),
  ];
}

function changeOf({ expr, view }: Leaf, end: bigint): Pick<Until, 'part' | 'turns' | 'says'> {
  const part = view.spot(expr.span);
  const then = view.at(end);
  const read = expr.kind === 'Known' ? expr.operand : expr;
  if (read.kind === 'Read') {
    const cause = causeOf(read, then);
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
