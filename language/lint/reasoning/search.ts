// Decides whether claims can hold together, case by case: where the assumptions leave several
// values, each is tried. A negative result holds for every request; a positive one may still be
// impossible.

import type { Expr } from '../../model/model.ts';
import { type Assumptions, type Claim, isConflict } from './assumptions.ts';
import { leads } from './pairs.ts';
import type { Reasoning } from './reasoning.ts';
import { isFalse, isTrue, isUnknown, type TruthSet } from './truth-set.ts';
import type { Link } from './withheld.ts';

/** `perhaps`: no contradiction was found before the steps were used up. */
export type Holding = 'never' | 'perhaps' | 'maybe';

/** Searches for truth values with which all claims and links hold. */
export function search(
  reasoning: Reasoning,
  claims: readonly Claim[],
  links: readonly Link[],
): Holding {
  return within(reasoning, reasoning.begin(true), claims, links);
}

function within(
  reasoning: Reasoning,
  before: Assumptions,
  claims: readonly Claim[],
  links: readonly Link[],
): Holding {
  const given = reasoning.assume(before, ...claims);
  if (isConflict(given)) return 'never';
  if (reasoning.isSpent) return 'perhaps';
  if (!links.every((link) => isLinked(reasoning, given, link))) return 'never';
  const undecided = firstUndecided(reasoning, given);
  if (undecided === undefined) return 'maybe';
  let found: Holding = 'never';
  for (const wanted of valuesIn(reasoning.truthSetOf(undecided, given))) {
    const holding = within(reasoning, given, [{ expr: undecided, wanted }], links);
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
  return leads(pairs, reasoning.truthSetOf(before, given), reasoning.truthSetOf(after, given));
}

function valuesIn(truthSet: TruthSet): readonly TruthSet[] {
  return [isTrue, isFalse, isUnknown].filter((value) => truthSet & value);
}

/** A condition with several possible values, on which it depends whether a claim holds. */
function firstUndecided(reasoning: Reasoning, given: Assumptions): Expr | undefined {
  for (const { expr, wanted } of given.made) {
    if (partsOf(expr).length > 0 && (reasoning.truthSetByParts(expr, given) & ~wanted) === 0)
      continue;
    const undecided = undecidedIn(reasoning, given, expr);
    if (undecided !== undefined) return undecided;
  }
  return undefined;
}

function undecidedIn(reasoning: Reasoning, given: Assumptions, expr: Expr): Expr | undefined {
  const parts = partsOf(expr);
  const truthSet =
    parts.length === 0 ? reasoning.truthSetOf(expr, given) : reasoning.truthSetByParts(expr, given);
  if (valuesIn(truthSet).length < 2) return undefined;
  if (parts.length === 0) return expr;
  for (const part of parts) {
    const undecided = undecidedIn(reasoning, given, part);
    if (undecided !== undefined) return undecided;
  }
  return undefined;
}

/** The conditions within a condition; empty if it is decided as a whole. */
function partsOf(expr: Expr): readonly Expr[] {
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
      return [];
  }
}
