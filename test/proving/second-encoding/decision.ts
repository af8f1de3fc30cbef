// The answer to a request as terms of SMT-LIB, from the reference of the language: which rules fire with which effect, the
// strictest effect, its reasons, constraints and obligations.

import {
  type Band,
  type Constraint,
  collectReads,
  type Demand,
  type Invariant,
  type Narrowing,
  type PolicyModel,
  type Rule,
  type Scope,
  type Score,
  type Setting,
} from '@nhipol/language/model';
import type { RecordType, Type } from '@nhipol/language/types';
import { type EffectName, effects } from '@nhipol/runtime/abi';
import { Environment, type Expressions, type Truth } from './expressions.ts';
import { absentFact, anyValue, type Fact, type Slot, toSort, valueFact } from './facts.ts';
import { isGroup, type Outcome } from './outcomes.ts';
import { NotCovered } from './regular.ts';
import { no, type Script, type Term, text, yes } from './smt.ts';

/** One way in which a rule or a band contributes to the answer. */
interface Contribution {
  readonly effect: EffectName;
  readonly fired: Term;
  readonly reasons: readonly { readonly id: string; readonly counts: Term }[];
  readonly settings: readonly Setting[];
  readonly demands: readonly Demand[];
}

/** The value that a narrow sets. */
interface OwnSetting {
  readonly fired: Term;
  readonly value: Outcome;
}

export class Decision {
  readonly expressions: Expressions;
  readonly policy: PolicyModel;
  readonly #env = new Environment();
  readonly #contributions: readonly Contribution[];
  readonly #effects: ReadonlyMap<EffectName, Term>;
  readonly #byDefault: Term;

  constructor(policy: PolicyModel, expressions: Expressions) {
    this.policy = policy;
    this.expressions = expressions;
    const judged = [
      ...policy.rules.flatMap((rule) => this.#rule(rule)),
      ...policy.scores.flatMap((score) => this.#score(score)),
    ];
    this.#contributions = this.#settleNarrows(judged);
    const { script } = this;
    const fires = (effect: EffectName) =>
      script.or(
        ...this.#contributions.filter((each) => each.effect === effect).map(({ fired }) => fired),
      );
    const [permit, narrow, challenge, deny, revoke] = effects.map(fires) as [
      Term,
      Term,
      Term,
      Term,
      Term,
    ];
    const none = script.not(script.or(deny, revoke));
    const granted = script.and(none, permit);
    this.#byDefault = script.and(none, script.not(permit));
    this.#effects = new Map<EffectName, Term>([
      ['revoke', revoke],
      ['deny', script.and(script.not(revoke), script.or(deny, this.#byDefault))],
      ['challenge', script.and(granted, challenge)],
      ['narrow', script.and(granted, script.not(challenge), narrow)],
      ['permit', script.and(granted, script.not(challenge), script.not(narrow))],
    ]);
  }

  get script(): Script {
    return this.expressions.script;
  }

  has(effect: EffectName): Term {
    return this.#effects.get(effect) ?? no;
  }

  get isAllowed(): Term {
    return this.script.or(this.has('permit'), this.has('narrow'));
  }

  /** Whether the answer has a reason. */
  reason(id: string): Term {
    const { script } = this;
    if (id === 'default_deny') return this.#byDefault;
    return script.or(
      ...this.#contributions.flatMap(({ effect, fired, reasons }) =>
        reasons
          .filter((each) => each.id === id)
          .map(({ counts }) => script.and(this.has(effect), fired, counts)),
      ),
    );
  }

  /** All names that can be reasons. */
  get reasonIds(): readonly string[] {
    const ids = this.#contributions.flatMap(({ reasons }) => reasons.map(({ id }) => id));
    return [...new Set([...ids, 'default_deny'])];
  }

  inScope({ subjects, actions, resources }: Scope): Term {
    const { script } = this;
    const { facts } = this.expressions;
    const lists = (names: readonly string[] | undefined, selector: string) =>
      names === undefined
        ? yes
        : script.or(...names.map((name) => script.same(facts.selector(selector), text(name))));
    return script.and(
      lists(subjects, 'subject.type'),
      lists(actions, 'action.name'),
      lists(resources, 'resource.type'),
    );
  }

  truth(expr: Rule['condition'], env = this.#env): Truth {
    return this.expressions.truth(expr, env);
  }

  // --- rules -------------------------------------------------------------------------------------

  #rule(rule: Rule): readonly Contribution[] {
    const { script } = this;
    const applies = this.inScope(rule.scope);
    const condition = this.truth(rule.condition);
    const certain = script.and(applies, condition.yes);
    const possible = rule.skipUnknown ? certain : script.and(applies, script.not(condition.no));
    const contribution = (effect: EffectName, fired: Term): Contribution => ({
      effect,
      fired: script.nameTerm(fired, 'Bool'),
      reasons: [{ id: rule.id, counts: yes }],
      settings: effect === 'narrow' ? (rule.narrowing?.settings ?? []) : [],
      demands: effect === rule.effect ? rule.demands : [],
    });
    const known = this.#requireDemands(rule.demands);
    switch (rule.effect) {
      case 'permit':
        return [contribution('permit', script.and(certain, known))];
      case 'deny':
        return [contribution('deny', possible)];
      case 'revoke':
        return [
          contribution('revoke', certain),
          contribution('deny', script.and(possible, script.not(certain))),
        ];
      case 'challenge': {
        const remains =
          rule.remainsChallenge === undefined ? yes : this.truth(rule.remainsChallenge).yes;
        const own = script.and(known, remains);
        return [
          contribution('challenge', script.and(possible, own)),
          contribution('deny', script.and(possible, script.not(own))),
        ];
      }
      case 'narrow': {
        const inside = script.and(known, this.#inside(rule.narrowing));
        return [
          contribution('narrow', script.and(possible, inside)),
          contribution('deny', script.and(possible, script.not(inside))),
        ];
      }
    }
  }

  #requireDemands(demands: readonly Demand[]): Term {
    const values = demands.flatMap(({ properties }) => properties.map(({ value }) => value));
    return this.script.and(
      ...values.map((value) =>
        this.expressions.requireKnown(this.expressions.outcome(value, this.#env)),
      ),
    );
  }

  #inside(narrowing: Narrowing | undefined): Term {
    if (narrowing === undefined) return yes;
    const { script, expressions } = this;
    const known = narrowing.settings.map(({ value }) =>
      expressions.requireKnown(expressions.outcome(value, this.#env)),
    );
    return script.and(...known, this.truth(narrowing.inside).yes);
  }

  #score({ scope, conditions, bands }: Score): readonly Contribution[] {
    const { script } = this;
    const applies = this.inScope(scope);
    const counted = conditions.map(({ id, weight, condition }) => {
      const truth = this.truth(condition);
      return { id, weight, certain: truth.yes, possible: script.not(truth.no) };
    });
    const sum = (which: 'certain' | 'possible') => {
      const parts = counted.map((each) => script.ite(each[which], `${each.weight}`, '0', 'Int'));
      return script.nameTerm(`(+ 0 ${parts.join(' ')})`, 'Int');
    };
    const [certain, possible] = [sum('certain'), sum('possible')];
    const reaches = (band: Band, total: Term) =>
      script.and(applies, script.test('<=', `${band.from}`, total));
    const reasons = (which: 'certain' | 'possible') =>
      counted.map((each) => ({ id: each.id, counts: each[which] }));
    const none = { settings: [], demands: [] };
    const contributions: Contribution[] = [];
    let higher: Term = no;
    for (const band of [...bands].reverse()) {
      const fired = script.and(script.not(higher), reaches(band, possible));
      higher = script.or(higher, reaches(band, possible));
      if (band.effect === 'revoke') {
        const certainly = reaches(band, certain);
        contributions.push(
          { effect: 'revoke', fired: certainly, reasons: reasons('certain'), ...none },
          {
            effect: 'deny',
            fired: script.and(fired, script.not(certainly)),
            reasons: reasons('possible'),
            ...none,
          },
        );
      } else if (band.effect === 'narrow') {
        const inside = this.#inside(band.narrowing);
        const own = { settings: band.narrowing?.settings ?? [], demands: [] };
        contributions.push(
          {
            effect: 'narrow',
            fired: script.and(fired, inside),
            reasons: reasons('possible'),
            ...own,
          },
          {
            effect: 'deny',
            fired: script.and(fired, script.not(inside)),
            reasons: reasons('possible'),
            ...none,
          },
        );
      } else
        contributions.push({ effect: band.effect, fired, reasons: reasons('possible'), ...none });
    }
    return contributions;
  }

  // --- constraints -------------------------------------------------------------------------------

  /** Narrows whose constraints cannot be merged fire as `deny`. */
  #settleNarrows(judged: readonly Contribution[]): readonly Contribution[] {
    const { script } = this;
    const narrows = judged.filter(({ effect }) => effect === 'narrow');
    const conflicts = new Map(
      this.policy.constraints.map((constraint) => [
        constraint.name,
        this.#conflict(constraint, this.#listSettings(constraint, narrows)),
      ]),
    );
    return judged.flatMap((each) => {
      if (each.effect !== 'narrow') return [each];
      const conflict = script.or(
        ...each.settings.map(({ constraint }) => conflicts.get(constraint.name) ?? no),
      );
      if (conflict === no) return [each];
      return [
        { ...each, fired: script.and(each.fired, script.not(conflict)) },
        {
          ...each,
          effect: 'deny' as const,
          fired: script.and(each.fired, conflict),
          settings: [],
          demands: [],
        },
      ];
    });
  }

  #listSettings({ name }: Constraint, narrows: readonly Contribution[]): readonly OwnSetting[] {
    return narrows.flatMap(({ fired, settings }) =>
      settings
        .filter(({ constraint }) => constraint.name === name)
        .map(({ value }) => ({ fired, value: this.expressions.outcome(value, this.#env) })),
    );
  }

  #conflict({ type, merge }: Constraint, settings: readonly OwnSetting[]): Term {
    const { script } = this;
    const { operators } = this.expressions;
    if (merge === 'must agree')
      return script.or(
        ...settings.flatMap((a, index) =>
          settings
            .slice(0, index)
            .map((b) =>
              script.and(a.fired, b.fired, script.not(operators.equal(a.value, b.value))),
            ),
        ),
      );
    if (type.kind !== 'Set') return no;
    const several = script.or(
      ...settings.flatMap((a, index) =>
        settings.slice(0, index).map((b) => script.and(a.fired, b.fired)),
      ),
    );
    const common = this.#common(settings).map(({ isIn }) => isIn);
    return script.and(several, script.not(script.or(...common)));
  }

  /** The elements that are in all sets of narrows that fire. */
  #common(settings: readonly OwnSetting[]): readonly Slot[] {
    const { script } = this;
    const slots = settings.flatMap(({ fired, value }) =>
      (value.slots ?? []).map(({ isIn, fact }) => ({ isIn: script.and(fired, isIn), fact })),
    );
    return slots.map(({ isIn, fact }, index) => {
      const inAll = settings.map(({ fired, value }) =>
        script.implies(
          fired,
          script.or(
            ...(value.slots ?? []).map((other) =>
              script.and(other.isIn, script.same(other.fact.value, fact.value)),
            ),
          ),
        ),
      );
      const before = slots
        .slice(0, index)
        .map((other) => script.and(other.isIn, script.same(other.fact.value, fact.value)));
      return {
        isIn: script.and(isIn, ...inAll, script.not(script.or(...before))),
        fact: valueFact(fact.type, yes, fact.value),
      };
    });
  }

  /** The merged value of a constraint in the answer. */
  #mergeSettings(constraint: Constraint, type: Type): Fact {
    const { script } = this;
    const settings = this.#listSettings(
      constraint,
      this.#contributions.filter(({ effect }) => effect === 'narrow'),
    ).map(({ fired, value }) => ({ fired: script.and(this.has('narrow'), fired), value }));
    const present = script.or(...settings.map(({ fired }) => fired));
    const base = { type, present, child: () => absentFact(type) };
    if (isGroup(type)) {
      return { ...base, usable: yes, value: no, slots: this.#common(settings) };
    }
    let [has, merged]: [Term, Term] = [no, anyValue(type)];
    for (const { fired, value } of settings) {
      const isBetter =
        constraint.merge === 'must agree'
          ? script.not(has)
          : script.or(
              script.not(has),
              script.test(constraint.merge === 'largest wins' ? '<' : '>', merged, value.value),
            );
      merged = script.ite(script.and(fired, isBetter), value.value, merged, toSort(type));
      has = script.or(has, fired);
    }
    return { ...base, usable: yes, value: merged, slots: [] };
  }

  // --- claims ------------------------------------------------------------------------------------

  /** Where an invariant is violated: in its scope, and certainly false. */
  violates({ scope, claim, answer }: Invariant): Term {
    const { script } = this;
    const { effect, reasons, constraints, obligations } = answer;
    const ordinal = effects.reduce(
      (others, name, index) => script.ite(this.has(name), `${index}`, others, 'Int'),
      '0' as Term,
    );
    const env = this.#env
      .with(effect, valueFact(effect.type, yes, ordinal))
      .with(
        reasons,
        namesFact(reasons.type, (name) => this.reason(name)),
      )
      .with(constraints, this.#constraintsFact(constraints.type as RecordType))
      .with(
        obligations,
        namesFact(obligations.type, (name) => this.#obligation(name)),
      );
    return script.and(this.inScope(scope), this.truth(claim, env).no);
  }

  /** Where an exposed credential acts, and no permit that reads whether it is exposed fires; undefined without such members. */
  findExposure(): Term | undefined {
    const { script, policy, expressions } = this;
    const shapes = [...policy.subjects.values(), policy.anySubject ?? []].flat();
    const exposures = shapes.flatMap((shape) =>
      listExposures(shape, expressions.facts.roots.subject, 'subject', yes, script),
    );
    if (exposures.length === 0) return undefined;
    const paths = new Set(exposures.map(({ path }) => path));
    const violations = [...paths].map((path) => {
      const isExposed = exposures.filter((each) => each.path === path).map((each) => each.isTrue);
      const permits = policy.rules.filter(
        ({ effect, condition }) => effect === 'permit' && collectReads([condition]).has(path),
      );
      const excused = permits.map((rule) =>
        script.or(...this.#rule(rule).map(({ fired }) => fired)),
      );
      return script.and(script.or(...isExposed), this.isAllowed, script.not(script.or(...excused)));
    });
    return script.or(...violations);
  }

  #constraintsFact(type: RecordType): Fact {
    return {
      ...absentFact(type),
      present: yes,
      child: (name, own) => {
        const constraint = this.policy.constraints.find((each) => each.name === name);
        return constraint === undefined ? absentFact(own) : this.#mergeSettings(constraint, own);
      },
    };
  }

  #obligation(name: string): Term {
    const { script } = this;
    const requests = this.policy.obligations.filter(({ type }) => type === 'access_request');
    if (requests.length > 1 && requests.some((each) => each.name === name))
      throw new NotCovered('several access requests');
    return script.or(
      ...this.#contributions.flatMap(({ effect, fired, demands, reasons }) =>
        demands
          .filter(({ obligation }) => obligation.name === name)
          .map((demand) =>
            script.and(
              this.has(effect),
              fired,
              ...reasons.map(({ counts }) => counts),
              this.#requireDemands([demand]),
            ),
          ),
      ),
    );
  }
}

function namesFact(type: Type, isIn: (name: string) => Term): Fact {
  const element = type.kind === 'Set' ? type.element : type;
  const members = element.kind === 'Enum' ? element.members : [];
  const slots = members.map((name, index) => ({
    isIn: isIn(name),
    fact: valueFact(element, yes, `${index}`),
  }));
  return { ...absentFact(type), present: yes, usable: yes, slots };
}

/** The members `findExposure` of a record, also in lists and maps. */
function listExposures(
  record: RecordType,
  fact: Fact,
  at: string,
  around: Term,
  script: Script,
): readonly { readonly path: string; readonly isTrue: Term }[] {
  return [...record.members.values()].flatMap(({ name, type }) => {
    const path = `${at}.${name}`;
    if (name === 'exposed' && type.kind === 'Bool') {
      const own = fact.child(name, type);
      return [{ path, isTrue: script.and(around, own.present, own.value) }];
    }
    if (type.kind === 'Record') {
      const own = fact.child(name, type);
      return listExposures(type, own, path, script.and(around, own.present), script);
    }
    const element = type.kind === 'List' || type.kind === 'Map' ? type.element : undefined;
    if (element?.kind !== 'Record') return [];
    return fact
      .child(name, type)
      .slots.flatMap((slot) =>
        listExposures(element, slot.fact, `${path}[]`, script.and(around, slot.isIn), script),
      );
  });
}
