// Whether claims can hold together, by cases: where what is assumed leaves several ways, each is tried.
// What is found never to hold does so in no request; what may hold may still not.

import type { Expr } from '../model/model.ts';
import { type Assumptions, type Claim, isConflict } from './assumptions.ts';
import { leads } from './pairs.ts';
import type { Reasoning } from './reasoning.ts';
import { isFalse, isTrue, isUnknown, type TruthSet } from './truth-set.ts';
import type { Link } from './withheld.ts';

/** `perhaps`: no contradiction was found, and there were no steps left to look further. */
export type Holding = 'never' | 'perhaps' | 'maybe';

export function search(
  reasoning: Reasoning,
  claims: readonly Claim[],
  links: readonly Link[],
): Holding {
  return within(reasoning, reasoning.ask(true), claims, links);
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
  const open = firstOpen(reasoning, given);
  if (open === undefined) return 'maybe';
  let found: Holding = 'never';
  for (const wanted of valuesIn(reasoning.worthOf(open, given))) {
    const holding = within(reasoning, given, [{ expr: open, wanted }], links);
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
  return leads(pairs, reasoning.worthOf(before, given), reasoning.worthOf(after, given));
}

function valuesIn(worth: TruthSet): readonly TruthSet[] {
  return [isTrue, isFalse, isUnknown].filter((value) => worth & value);
}

/** A condition whose value is open, and by which it is open whether a claim holds. */
function firstOpen(reasoning: Reasoning, given: Assumptions): Expr | undefined {
  for (const { expr, wanted } of given.made) {
    if (partsOf(expr).length > 0 && (reasoning.worthByParts(expr, given) & ~wanted) === 0) continue;
    const open = openIn(reasoning, given, expr);
    if (open !== undefined) return open;
  }
  return undefined;
}

function openIn(reasoning: Reasoning, given: Assumptions, expr: Expr): Expr | undefined {
  const parts = partsOf(expr);
  const worth =
    parts.length === 0 ? reasoning.worthOf(expr, given) : reasoning.worthByParts(expr, given);
  if (valuesIn(worth).length < 2) return undefined;
  if (parts.length === 0) return expr;
  for (const part of parts) {
    const open = openIn(reasoning, given, part);
    if (open !== undefined) return open;
  }
  return undefined;
}

/** The conditions that a condition is made of; none of what is to be decided as a whole. */
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
