// The symbolic counterpart of a decision: the strictest effect that fired, its reasons, constraints and obligations.

import { type EffectName, effects } from '@nhipol/runtime/abi';
import type { Demand, Invariant, Policy, Type } from '../../language/index.ts';
import { Expressions, type HistoryValues } from '../expressions/expressions.ts';
import type { Windows } from '../expressions/windows.ts';
import type { Encoding } from '../facts/encoding.ts';
import type { Fact } from '../facts/fact.ts';
import type { Facts } from '../facts/facts.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { choice, isUsable } from '../symbolic/algebra.ts';
import type { Finite, Symbolic } from '../symbolic/symbolic.ts';
import { type Contribution, contributionsOf } from './contributions.ts';
import { mergedConstraints, withConflicts } from './merges.ts';

/** The effects of answers, from the least to the most strict. */
export const effectNames: readonly EffectName[] = effects;

/** An obligation with its values, which the answer has where the literal is true. */
export interface Demanded {
  readonly when: Literal;
  readonly values: ReadonlyMap<string, { readonly type: Type; readonly value: Symbolic<Fact> }>;
}

export class Decision {
  readonly policy: Policy;
  readonly expressions: Expressions;
  readonly contributions: readonly Contribution[];
  readonly #effects: ReadonlyMap<EffectName, Literal>;
  readonly #reasons: ReadonlyMap<string, Literal>;

  constructor(policy: Policy, facts: Facts, windows: Windows, history: HistoryValues) {
    this.policy = policy;
    this.expressions = new Expressions(facts, policy, windows, history);
    const raw = contributionsOf(policy, this.expressions);
    this.contributions = withConflicts(raw, this.expressions);
    this.#effects = this.#strictest();
    this.#reasons = this.#winners();
  }

  get encoding(): Encoding {
    return this.expressions.encoding;
  }

  /** Whether the answer has an effect. */
  has(effect: EffectName): Literal {
    return this.#effects.get(effect) ?? no;
  }

  /** Whether the action may happen, with or without constraints. */
  get isAllowed(): Literal {
    return this.encoding.formula.or(this.has('permit'), this.has('narrow'));
  }

  /** Whether an id is one of the reasons. */
  isReason(id: string): Literal {
    return this.#reasons.get(id) ?? no;
  }

  get reasons(): ReadonlyMap<string, Literal> {
    return this.#reasons;
  }

  /** Whether an invariant is violated: it applies, and its claim is certainly false. */
  violates({ scope, claim, answer }: Invariant): Literal {
    const { formula } = this.encoding;
    const { effect, reasons, constraints, obligations } = answer;
    const strict = effects.map((name, ordinal): [Finite, Literal] => [ordinal, this.has(name)]);
    const bind = (variable: typeof effect, value: Symbolic<Fact>) =>
      this.expressions.bind(variable, { fact: undefined, value });
    bind(effect, choice(new Map(strict)));
    bind(
      reasons,
      namesIn(reasons.type, (name) => this.isReason(name)),
    );
    bind(
      obligations,
      namesIn(obligations.type, (name) => this.demands(name)),
    );
    this.expressions.bind(constraints, {
      fact: undefined,
      value: { kind: 'record', held: yes },
      members: this.constraints,
    });
    return formula.and(this.expressions.facts.isIn(scope), this.expressions.truth(claim).no);
  }

  /** Whether the answer has an obligation with this name, or an access request. */
  demands(name: string): Literal {
    return this.encoding.formula.any(this.demanded(name).map(({ when }) => when));
  }

  /** The obligations with a name that the answer can have, and its access requests. */
  demanded(name: string): readonly Demanded[] {
    const { formula } = this.encoding;
    const demanding = this.#demanding();
    return demanding.flatMap(({ when, demand }, index): readonly Demanded[] => {
      const { obligation, properties } = demand;
      if (obligation.name !== name) return [];
      const values = new Map(
        properties.map(({ name: own, value }) => [
          own,
          { type: value.type, value: this.expressions.value(value) },
        ]),
      );
      const known = formula.and(when, this.#areKnown(demand));
      if (obligation.type !== 'access_request') return [{ when: known, values }];
      // Only the first access request counts.
      const before = demanding
        .slice(0, index)
        .filter((each) => each.demand.obligation.type === 'access_request');
      const { isNowKnown } = this.expressions.facts;
      const isFirst = -formula.any(before.map((each) => each.when));
      return [{ when: formula.and(known, isNowKnown, isFirst), values }];
    });
  }

  /** The demands of reasons, in the order of answers. */
  #demanding(): readonly { readonly when: Literal; readonly demand: Demand }[] {
    const { formula } = this.encoding;
    return this.contributions
      .flatMap(({ fired, effect, demands, reasons }) =>
        demands.map((demand) => ({
          id: reasons[0]?.id ?? '',
          demand,
          when: formula.and(fired, this.has(effect)),
        })),
      )
      .sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  }

  #areKnown({ properties }: Demand): Literal {
    const { formula } = this.encoding;
    return formula.all(
      properties.map(({ value }) => isUsable(formula, this.expressions.value(value))),
    );
  }

  /** The values of the constraints of a narrow; unknown where the answer has none. */
  get constraints(): ReadonlyMap<string, Symbolic<Fact>> {
    const { constraints } = this.policy;
    return mergedConstraints(this.contributions, constraints, this.has('narrow'), this.expressions);
  }

  #strictest(): ReadonlyMap<EffectName, Literal> {
    const { formula } = this.encoding;
    const fired = (effect: EffectName) =>
      formula.any(
        this.contributions.filter((each) => each.effect === effect).map((each) => each.fired),
      );
    const [permit, narrow, challenge] = [fired('permit'), fired('narrow'), fired('challenge')];
    const revoke = fired('revoke');
    const deny = formula.and(-revoke, formula.or(fired('deny'), -permit));
    const granted = formula.and(-revoke, -deny);
    return new Map([
      ['revoke', revoke],
      ['deny', deny],
      ['challenge', formula.and(granted, challenge)],
      ['narrow', formula.and(granted, -challenge, narrow)],
      ['permit', formula.and(granted, -challenge, -narrow)],
    ]);
  }

  #winners(): ReadonlyMap<string, Literal> {
    const { formula } = this.encoding;
    const found = new Map<string, Literal>();
    const denies = this.contributions.filter(({ effect }) => effect === 'deny');
    const isDefault = formula.and(this.has('deny'), -formula.any(denies.map(({ fired }) => fired)));
    found.set('default_deny', isDefault);
    for (const { fired, effect, reasons } of this.contributions) {
      const wins = formula.and(fired, this.has(effect));
      for (const { id, when } of reasons)
        found.set(id, formula.or(found.get(id) ?? no, formula.and(wins, when)));
    }
    return found;
  }
}

/** Names as a set of the members of an enum. */
function namesIn(type: Type, has: (name: string) => Literal): Symbolic<Fact> {
  const members = type.kind === 'Set' && type.element.kind === 'Enum' ? type.element.members : [];
  const elements = members.map((name, ordinal): [Finite, Literal] => [ordinal, has(name)]);
  return { kind: 'set', held: yes, elements: new Map(elements), unusable: no, size: undefined };
}
