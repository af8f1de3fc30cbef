// The symbolic counterpart of a decision: the strictest effect that fired, its reasons, constraints and obligations.

import { readsHistory } from '@nhipol/language';
import type { Demand, Invariant, PolicyModel } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import { type EffectName, effects } from '@nhipol/runtime/abi';
import { Expressions, type HistoryValues } from '../expressions/expressions.ts';
import type { Windows } from '../expressions/windows.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { createChoiceValue, guardValue, hasUsableValue } from '../symbolic/algebra.ts';
import type { Finite, Symbolic } from '../symbolic/symbolic.ts';
import { listContributions, type SymbolicContribution } from './contributions.ts';
import { mergeConstraints, withConflicts } from './merges.ts';

/** The effects of answers, from the least to the most strict. */
export const effectNames: readonly EffectName[] = effects;

/** An obligation with its values, which an answer with the effect has where the literal is true. */
export interface Demanded {
  readonly effect: EffectName;
  readonly when: Literal;
  readonly values: ReadonlyMap<
    string,
    { readonly type: Type; readonly value: Symbolic<SymbolicFact> }
  >;
}

export class SymbolicDecision {
  readonly policy: PolicyModel;
  readonly expressions: Expressions;
  readonly contributions: readonly SymbolicContribution[];
  readonly #effects: ReadonlyMap<EffectName, Literal>;
  readonly #reasons: ReadonlyMap<string, ReadonlyMap<EffectName, Literal>>;
  #merged: ReadonlyMap<string, Symbolic<SymbolicFact>> | undefined;

  constructor(policy: PolicyModel, facts: SymbolicFacts, windows: Windows, history: HistoryValues) {
    this.policy = policy;
    this.expressions = new Expressions(facts, policy, windows, history);
    const raw = listContributions(policy, this.expressions);
    this.contributions = withConflicts(raw, this.expressions);
    this.#effects = this.#strictest();
    this.#reasons = this.#candidates();
  }

  get encoding(): SymbolicEncoding {
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
    const { formula } = this.encoding;
    const byEffect = [...(this.#reasons.get(id) ?? [])];
    return formula.any(byEffect.map(([effect, fired]) => formula.and(this.has(effect), fired)));
  }

  /** Whether an id is one of the reasons of an answer with an effect. */
  isEffectReason(id: string, effect: EffectName): Literal {
    return this.#reasons.get(id)?.get(effect) ?? no;
  }

  get reasons(): ReadonlyMap<string, Literal> {
    return new Map([...this.#reasons.keys()].map((id) => [id, this.isReason(id)]));
  }

  /**
   * Whether an invariant is violated: it applies, and its claim is certainly false. Claims about the history say nothing
   * outside of sessions.
   */
  violates(invariant: Invariant): Literal {
    const { scope, claim, answer } = invariant;
    const { formula } = this.encoding;
    const { inSession } = this.expressions.facts;
    const { effect, reasons, constraints, obligations } = answer;
    const strict = effects.map((name, ordinal): [Finite, Literal] => [ordinal, this.has(name)]);
    const bind = (variable: typeof effect, value: Symbolic<SymbolicFact>) =>
      this.expressions.bind(variable, { fact: undefined, value });
    bind(effect, createChoiceValue(new Map(strict)));
    bind(
      reasons,
      toNames(reasons.type, (name) => this.isReason(name)),
    );
    bind(
      obligations,
      toNames(obligations.type, (name) => this.demands(name)),
    );
    this.expressions.bind(constraints, {
      fact: undefined,
      value: { kind: 'record', held: yes },
      members: this.constraints,
    });
    const applies = formula.and(
      this.expressions.facts.isInScope(scope),
      readsHistory(invariant) ? inSession : yes,
    );
    return formula.and(applies, this.expressions.truth(claim).no);
  }

  /** Whether the answer has an obligation with this name, or an access request. */
  demands(name: string): Literal {
    const { formula } = this.encoding;
    return formula.any(
      this.listDemanded(name).map(({ effect, when }) => formula.and(this.has(effect), when)),
    );
  }

  /** The obligations with a name that the answer can have, and its access requests. */
  listDemanded(name: string): readonly Demanded[] {
    const { formula } = this.encoding;
    const demanding = this.#demanding();
    return demanding.flatMap(({ effect, when, demand }, index): readonly Demanded[] => {
      const { obligation, properties } = demand;
      if (obligation.name !== name) return [];
      const values = new Map(
        properties.map(({ name: own, value }) => [
          own,
          { type: value.type, value: this.expressions.value(value) },
        ]),
      );
      const known = formula.and(when, this.#areKnown(demand));
      if (obligation.type !== 'access_request') return [{ effect, when: known, values }];
      // Only the first access request counts.
      const before = demanding
        .slice(0, index)
        .filter((each) => each.effect === effect)
        .filter((each) => each.demand.obligation.type === 'access_request');
      const { isNowKnown } = this.expressions.facts;
      const isFirst = -formula.any(before.map((each) => each.when));
      return [{ effect, when: formula.and(known, isNowKnown, isFirst), values }];
    });
  }

  /** The demands of the reasons of an answer with an effect, in the order of answers. */
  #demanding(): readonly (Pick<Demanded, 'effect' | 'when'> & { readonly demand: Demand })[] {
    return this.contributions
      .flatMap(({ fired, effect, demands, reasons }) =>
        demands.map((demand) => ({
          id: reasons[0]?.id ?? '',
          demand,
          effect,
          when: fired,
        })),
      )
      .sort((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)));
  }

  #areKnown({ properties }: Demand): Literal {
    const { formula } = this.encoding;
    return formula.all(
      properties.map(({ value }) => hasUsableValue(formula, this.expressions.value(value))),
    );
  }

  /** The values of the constraints; unknown where the answer has none. */
  get constraints(): ReadonlyMap<string, Symbolic<SymbolicFact>> {
    const { formula } = this.encoding;
    const isNarrow = this.has('narrow');
    return new Map(
      [...this.mergedConstraints].map(([name, value]) => [
        name,
        guardValue(formula, isNarrow, value),
      ]),
    );
  }

  /** The values of the constraints of an answer that is a narrow. */
  get mergedConstraints(): ReadonlyMap<string, Symbolic<SymbolicFact>> {
    const { constraints } = this.policy;
    this.#merged ??= mergeConstraints(this.contributions, constraints, this.expressions);
    return this.#merged;
  }

  #strictest(): ReadonlyMap<EffectName, Literal> {
    const { formula } = this.encoding;
    const hasFired = (effect: EffectName) =>
      formula.any(
        this.contributions
          .filter((contribution) => contribution.effect === effect)
          .map((contribution) => contribution.fired),
      );
    const [permit, narrow, challenge] = [
      hasFired('permit'),
      hasFired('narrow'),
      hasFired('challenge'),
    ];
    const revoke = hasFired('revoke');
    const deny = formula.and(-revoke, formula.or(hasFired('deny'), -permit));
    const granted = formula.and(-revoke, -deny);
    return new Map([
      ['revoke', revoke],
      ['deny', deny],
      ['challenge', formula.and(granted, challenge)],
      ['narrow', formula.and(granted, -challenge, narrow)],
      ['permit', formula.and(granted, -challenge, -narrow)],
    ]);
  }

  /** Whether each id is one of the reasons of an answer with an effect. */
  #candidates(): ReadonlyMap<string, ReadonlyMap<EffectName, Literal>> {
    const { formula } = this.encoding;
    const found = new Map<string, Map<EffectName, Literal>>();
    const put = (id: string, effect: EffectName, fired: Literal) => {
      const own = found.get(id) ?? new Map<EffectName, Literal>();
      own.set(effect, formula.or(own.get(effect) ?? no, fired));
      found.set(id, own);
    };
    const denies = this.contributions.filter(({ effect }) => effect === 'deny');
    put('default_deny', 'deny', -formula.any(denies.map(({ fired }) => fired)));
    for (const { fired, effect, reasons } of this.contributions)
      for (const { id, when } of reasons) put(id, effect, formula.and(fired, when));
    return found;
  }
}

/** Names as a set of the members of an enum. */
function toNames(type: Type, has: (name: string) => Literal): Symbolic<SymbolicFact> {
  const members = type.kind === 'Set' && type.element.kind === 'Enum' ? type.element.members : [];
  const elements = members.map((name, ordinal): [Finite, Literal] => [ordinal, has(name)]);
  return { kind: 'set', held: yes, elements: new Map(elements), unusable: no, size: undefined };
}
