// Decides whether claims can hold together, case by case: where the assumptions leave several
// values, each is tried. A negative result holds for every request; a positive one may still be
// impossible.

import type { Expr } from '../../model/model.ts';
import { type Assumptions, isConflict, type TruthClaim } from './assumptions.ts';
import { leads } from './pairs.ts';
import type { Reasoning } from './reasoning.ts';
import { onlyFalse, onlyTrue, onlyUnknown, type TruthSet } from './truth-set.ts';
import type { Link } from './withheld.ts';

/** `perhaps`: no contradiction was found before the steps were used up. */
export type Holding = 'never' | 'perhaps' | 'maybe';

/** Searches for truth values with which all claims and links hold. */
export function searchTruths(
  reasoning: Reasoning,
  claims: readonly TruthClaim[],
  links: readonly Link[],
): Holding {
  return searchAssumptions(reasoning, reasoning.begin(true), claims, links);
}

function searchAssumptions(
  reasoning: Reasoning,
  before: Assumptions,
  claims: readonly TruthClaim[],
  links: readonly Link[],
): Holding {
  const given = reasoning.assume(before, ...claims);
  if (isConflict(given)) return 'never';
  if (reasoning.isSpent) return 'perhaps';
  if (!links.every((link) => isLinked(reasoning, given, link))) return 'never';
  const undecided = findFirstUndecided(reasoning, given);
  if (undecided === undefined) return 'maybe';
  let found: Holding = 'never';
  for (const wanted of splitTruthSet(reasoning.findTruthSet(undecided, given))) {
    const holding = searchAssumptions(reasoning, given, [{ expr: undecided, wanted }], links);
    if (holding === 'maybe') return holding;
    if (holding === 'perhaps') found = holding;
  }
  return found;
}

function isLinked(
  reasoning: Reasoning,
  given: Assumptions,
  { before, after, pairs }: Link,
): boolean {
  return leads(pairs, reasoning.findTruthSet(before, given), reasoning.findTruthSet(after, given));
}

function splitTruthSet(truthSet: TruthSet): readonly TruthSet[] {
  return [onlyTrue, onlyFalse, onlyUnknown].filter((value) => truthSet & value);
}

/** A condition with several possible values, on which it depends whether a claim holds. */
function findFirstUndecided(reasoning: Reasoning, given: Assumptions): Expr | undefined {
  for (const { expr, wanted } of given.made) {
    if (
      listDecidableParts(expr).length > 0 &&
      (reasoning.truthSetByParts(expr, given) & ~wanted) === 0
    )
      continue;
    const undecided = findUndecided(reasoning, given, expr);
    if (undecided !== undefined) return undecided;
  }
  return undefined;
}

function findUndecided(reasoning: Reasoning, given: Assumptions, expr: Expr): Expr | undefined {
  const parts = listDecidableParts(expr);
  const truthSet =
    parts.length === 0
      ? reasoning.findTruthSet(expr, given)
      : reasoning.truthSetByParts(expr, given);
  if (splitTruthSet(truthSet).length < 2) return undefined;
  if (parts.length === 0) return expr;
  for (const part of parts) {
    const undecided = findUndecided(reasoning, given, part);
    if (undecided !== undefined) return undecided;
  }
  return undefined;
}

/** The conditions within a condition; empty if it is decided as a whole. */
function listDecidableParts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'Binding':
      return [expr.binding.value];
    case 'Not':
      return [expr.operand];
    case 'And':
    case 'Or':
      return expr.operands;
    case 'If':
      return [expr.condition, expr.then, expr.else];
    case 'Else':
      return [expr.value, expr.fallback];
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Apply')
        | ('Compare' | 'Age' | 'InWindow' | 'Calendar' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'Set' | 'History');
      return [];
  }
}
