// Where a second decision is less strict than a first one, and whether a rule that states what a missing member means is
// the reason.

import { describeHandling, listRuleEffects, type RuleEffect } from '@nhipol/language';
import { strictness } from '@nhipol/runtime/abi';
import { type Literal, no } from '../formula/formula.ts';
import { effectNames, type SymbolicDecision } from './decision.ts';

/** Where the second answer is less strict than the first one and than `deny`. */
export function isLoosened(first: SymbolicDecision, second: SymbolicDecision): Literal {
  const { formula } = first.encoding;
  const looser = effectNames.filter((effect) => strictness(effect) < strictness('deny'));
  return formula.any(
    looser.flatMap((after) =>
      effectNames
        .filter((before) => strictness(before) > strictness(after))
        .map((before) => formula.and(first.has(before), second.has(after))),
    ),
  );
}

/** The rules that handle the absence of a member explicitly, each with where it loosens the second answer. */
export function listOptOuts(
  first: SymbolicDecision,
  second: SymbolicDecision,
  path: string,
): readonly Literal[] {
  return listRuleEffects(first.policy)
    .filter((ruleEffect) => describeHandling(ruleEffect, path) !== undefined)
    .map((ruleEffect) => loosens(first, second, ruleEffect));
}

function loosens(
  first: SymbolicDecision,
  second: SymbolicDecision,
  ruleEffect: RuleEffect,
): Literal {
  const { formula } = first.encoding;
  const [before, after] = [listLevels(first, ruleEffect), listLevels(second, ruleEffect)];
  const pairs = [...before].flatMap(([was, atFirst]) =>
    [...after].flatMap(([is, then]) => {
      const isLooser = ruleEffect.permits ? is > was : is < was;
      return isLooser ? [formula.and(atFirst, then)] : [];
    }),
  );
  return formula.any(pairs);
}

/** Where a rule contributes with each strictness; -1: not at all. */
function listLevels(
  { expressions, encoding }: SymbolicDecision,
  { scope, permits, condition, within, skipsUnknown, effect = 'narrow' }: RuleEffect,
): ReadonlyMap<number, Literal> {
  const { formula } = encoding;
  const truth = expressions.truth(condition);
  const applies = expressions.facts.isInScope(scope);
  const certain = formula.and(applies, truth.yes);
  const fires = permits || skipsUnknown ? certain : formula.and(applies, -truth.no);
  const full = within.map((expr) => expressions.truth(expr).yes);
  const stands = effect === 'revoke' || permits ? truth.yes : formula.all(full);
  const levels = new Map<number, Literal>([[-1, -fires]]);
  levels.set(strictness('deny'), formula.and(fires, -stands));
  const own = strictness(effect);
  levels.set(own, formula.or(levels.get(own) ?? no, formula.and(fires, stands)));
  return levels;
}
