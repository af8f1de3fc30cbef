// Rules that cannot matter: those that are never a reason of an answer, and conditions that are true wherever their rule
// applies. Each has a checked proof.

import type { PolicyModel, Rule } from '@nhipol/language/model';
import type { SymbolicDecision } from '../decision/decision.ts';
import { type Literal, yes } from '../formula/formula.ts';
import type { Prover } from '../prover.ts';
import { createProver, type ProvingOptions, runBounded } from '../provers.ts';

export interface Unreachable {
  readonly rule: Rule;
  /** `never`: it is never a reason, or for a permit, never fires. `always`: its condition is always true. */
  readonly kind: 'never' | 'always';
  /** True for no request: where it is a reason, or where its condition is not true. */
  readonly goal: Literal;
}

export interface DecidedRules {
  readonly prover: Prover;
  readonly unreachable: readonly Unreachable[];
}

/** The rules for which this is proved, in the order of the policy. */
export function decideRules(policy: PolicyModel, options: ProvingOptions): DecidedRules {
  const { rules } = policy;
  const { prover, of } = createGoals(policy, options);
  const { goals, conditional, doubts } = of;
  const second = options.by === undefined ? createSecondExclusion(policy, options) : undefined;
  const excludeLiterals = (kind: 'goals' | 'doubts', literals: readonly Literal[]) => {
    const found = prover.listExcluded(literals);
    return second === undefined || found.length === 0 ? found : second(kind, found);
  };
  const never = new Map(
    excludeLiterals('goals', goals).map((index) => [rules[index], goals[index] as Literal]),
  );
  const always = new Map(
    excludeLiterals('doubts', doubts).map((index) => [
      conditional[index],
      doubts[index] as Literal,
    ]),
  );
  const unreachable = rules.flatMap((rule): readonly Unreachable[] => {
    const [noReason, noDoubt] = [never.get(rule), always.get(rule)];
    if (noReason !== undefined) return [{ rule, kind: 'never', goal: noReason }];
    return noDoubt === undefined ? [] : [{ rule, kind: 'always', goal: noDoubt }];
  });
  return { prover, unreachable };
}

/** Those of some goals that the prover by lemmas excludes as well. */
function createSecondExclusion(
  policy: PolicyModel,
  options: ProvingOptions,
): (kind: 'goals' | 'doubts', indices: readonly number[]) => readonly number[] {
  let made: ReturnType<typeof createGoals> | undefined;
  return (kind, indices) => {
    made ??= createGoals(policy, { ...options, by: 'lemmas' });
    const { prover, of } = made;
    const kept = prover.listExcluded(indices.map((index) => of[kind][index] ?? yes));
    return kept.map((at) => indices[at] as number);
  };
}

function createGoals(
  policy: PolicyModel,
  options: ProvingOptions,
): { readonly prover: Prover; readonly of: ReachabilityGoals } {
  return runBounded(options, (boundedOptions) => {
    const prover = createProver([policy], [], boundedOptions);
    const [decision] = prover.decisions as readonly [SymbolicDecision];
    return { prover, of: buildReachabilityGoals(decision) };
  });
}

export interface ReachabilityGoals {
  readonly goals: readonly Literal[];
  readonly conditional: readonly Rule[];
  readonly doubts: readonly Literal[];
}

/** The literals that must be possible: for each rule, and for each condition that is not constant. */
export function buildReachabilityGoals(decision: SymbolicDecision): ReachabilityGoals {
  const { rules } = decision.policy;
  const conditional = rules.filter(({ condition }) => condition.kind !== 'Constant');
  return {
    goals: rules.map((rule) => matters(decision, rule)),
    conditional,
    doubts: conditional.map((rule) => isInDoubt(decision, rule)),
  };
}

/** A permit under a narrow that always fires is not a reason, but needed. */
function matters(decision: SymbolicDecision, rule: Rule): Literal {
  const { formula } = decision.encoding;
  const contributions = decision.contributions.filter(({ by }) => by === rule);
  return formula.any(
    contributions.map(({ fired, effect }) =>
      rule.effect === 'permit' ? fired : formula.and(fired, decision.has(effect)),
    ),
  );
}

/** Where the rule applies and its condition is not certainly true. */
function isInDoubt({ encoding, expressions }: SymbolicDecision, rule: Rule): Literal {
  const { yes } = expressions.truth(rule.condition);
  return encoding.formula.and(expressions.facts.isInScope(rule.scope), -yes);
}
