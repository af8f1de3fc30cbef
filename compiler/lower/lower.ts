// Lowers the checked model to the IR: facts get addresses, rules get selectors, and reasons get the bits
// that report unknown paths.

import { listExternalTables, toPossibilityForm } from '@nhipol/language';
import {
  type Constraint,
  collectPolicyHistory,
  collectReads,
  type Expr,
  listTermPatterns,
  mayConflict,
  mayDeny,
  type Narrowing,
  type PolicyModel,
  type Rule,
  type Scope,
  type Score,
} from '@nhipol/language/model';
import { isSameType } from '@nhipol/language/types';
import { chooseElementForm, chooseRep } from '../ir/cells.ts';
import type { IrExpr } from '../ir/expressions.ts';
import type {
  IrConstraint,
  IrModule,
  IrNarrowing,
  IrOffer,
  IrPossibility,
  IrReason,
  IrRule,
  IrScope,
  IrScore,
} from '../ir/ir.ts';
import { createJunction, ExpressionLowering, negateExpr } from './expressions.ts';
import { FactsLayout } from './facts.ts';
import { HistoryLowering } from './history.ts';

/** `isPossible`: also lowers the possibility form of the policy. */
export function lower(policy: PolicyModel, isPossible = false): IrModule {
  return new Lowering(policy).module(isPossible);
}

/** The parts of a rule or score condition that its reason reports. */
type Explained = Pick<Rule, 'id' | 'message'> & Partial<Pick<Rule, 'demands'>>;

class Lowering {
  readonly #policy: PolicyModel;
  readonly #selectors: IrModule['selectors'];
  /** The selector of each name, starting at 1. */
  readonly #ids: Readonly<Record<keyof Scope, ReadonlyMap<string, number>>>;
  readonly #layout: FactsLayout;
  readonly #history: HistoryLowering;
  readonly #expressions: ExpressionLowering;
  readonly #reasons: IrReason[] = [];
  readonly #offers: IrOffer[] = [];
  #narrowings = 0;
  #placeholders = 0;
  #properties = 0;

  constructor(policy: PolicyModel) {
    this.#policy = policy;
    const scopes: readonly Partial<Scope>[] = [
      ...[...policy.rules, ...policy.scores, ...policy.contexts].map((entry) => entry.scope),
      ...collectPolicyHistory(policy).flatMap(({ term }) =>
        listTermPatterns(term).map(({ of }) => of),
      ),
    ];
    const names = (declared: Iterable<string>, key: keyof Scope) =>
      [...new Set([...declared, ...scopes.flatMap((scope) => scope[key] ?? [])])].sort();
    this.#selectors = {
      subjects: names(policy.subjects.keys(), 'subjects'),
      actions: names(policy.actions.keys(), 'actions'),
      resources: names(policy.resources.keys(), 'resources'),
    };
    const ids = (known: readonly string[]) =>
      new Map(known.map((name, index) => [name, index + 1]));
    this.#ids = {
      subjects: ids(this.#selectors.subjects),
      actions: ids(this.#selectors.actions),
      resources: ids(this.#selectors.resources),
    };
    this.#layout = new FactsLayout(policy, this.#selectors, this.#ids);
    this.#history = new HistoryLowering(policy, this.#layout, this.#ids);
    this.#expressions = new ExpressionLowering(this.#layout, this.#history);
  }

  module(isPossible: boolean): IrModule {
    const rules = this.#policy.rules.map((rule) => this.#rule(rule));
    const scores = this.#policy.scores.map((score) => this.#score(score));
    const possibility = isPossible ? this.#possibility(rules, scores) : undefined;
    const tables = listExternalTables(this.#policy).map((table) => this.#expressions.table(table));
    // Lowering the history can add facts.
    const { history } = this.#history;
    return {
      facts: this.#layout.facts,
      history,
      selectors: this.#selectors,
      rules,
      scores,
      reasons: this.#reasons,
      constraints: this.#policy.constraints.map(lowerConstraint),
      offers: this.#offers,
      tables,
      placeholders: this.#placeholders,
      properties: this.#properties,
      paths: this.#layout.paths,
      possibility,
    };
  }

  /** The rules of the possibility form have the reasons of the rules of the policy; some never fire. */
  #possibility(rules: readonly IrRule[], scores: readonly IrScore[]): IrPossibility {
    const form = toPossibilityForm(this.#policy);
    return {
      rules: form.rules.flatMap((rule, index) => {
        const { condition } = rule;
        if (condition.kind === 'Constant' && condition.value === false) return [];
        const narrowing = rule.narrowing && this.#narrowing(rule.narrowing);
        return [
          {
            ...(rules[index] as IrRule),
            effect: rule.effect,
            condition: this.#expressions.lower(condition),
            skipUnknown: rule.skipUnknown,
            narrowing,
            inside: narrowing?.inside,
          },
        ];
      }),
      scores: form.scores.map((score, index) => {
        const irScore = scores[index] as IrScore;
        return {
          ...irScore,
          conditions: score.conditions.map(({ weight, condition }, at) => ({
            weight,
            condition: this.#expressions.lower(condition),
            reason: irScore.conditions[at]?.reason ?? 0,
          })),
          bands: this.#bands(score.bands),
        };
      }),
    };
  }

  #scope(scope: Scope): IrScope {
    const ids = (key: keyof Scope) => scope[key]?.map((name) => this.#ids[key].get(name) ?? 0);
    return { subjects: ids('subjects'), actions: ids('actions'), resources: ids('resources') };
  }

  #rule(rule: Rule): IrRule {
    const condition = this.#expressions.lower(rule.condition);
    const narrowing = rule.narrowing && this.#narrowing(rule.narrowing);
    const within = rule.narrowing?.inside ?? rule.remainsChallenge;
    const inside = narrowing?.inside ?? (within && this.#expressions.lower(within));
    const falls = inside && createJunction('and', [condition, negateExpr(inside)]);
    const read = [rule.condition, within ?? []].flat();
    return {
      kind: 'rule',
      effect: rule.effect,
      scope: this.#scope(rule.scope),
      condition,
      skipUnknown: rule.skipUnknown,
      narrowing,
      inside,
      reason: this.#reason(rule, rule.effect === 'revoke', condition, falls, read),
      span: rule.span,
    };
  }

  #reason(
    { id, message, demands = [] }: Explained,
    revokes: boolean,
    condition: IrExpr,
    falls: IrExpr | undefined,
    read: readonly Expr[],
  ): number {
    const properties = demands
      .flatMap((demand) => demand.properties)
      .map(({ value }) => {
        const index = this.#properties;
        this.#properties += 1;
        return { index, value: this.#expressions.lower(value) };
      });
    const placeholders = message
      .filter((part): part is Expr => typeof part !== 'string')
      .map((part) => {
        const index = this.#placeholders;
        this.#placeholders += 1;
        return { index, value: this.#expressions.lower(part) };
      });
    this.#reasons.push({
      id,
      revokes,
      condition,
      falls,
      unknown: [...collectReads(read)].sort(),
      placeholders,
      properties,
    });
    return this.#reasons.length - 1;
  }

  #narrowing(narrowing: Narrowing): IrNarrowing {
    const { lowering } = narrowing;
    const id = this.#narrowings;
    this.#narrowings += 1;
    return {
      id,
      inside: this.#expressions.lower(narrowing.inside),
      settings: narrowing.settings.map(({ constraint, value }) => ({
        constraint: this.#policy.constraints.indexOf(constraint),
        value: this.#expressions.lower(value),
      })),
      mayDeny: mayDeny(narrowing),
      mayConflict: mayConflict(narrowing),
      lowering: lowering && {
        suffices: this.#expressions.lower(lowering.suffices),
        paths: lowering.paths.map(({ path, constraint, within, value }) => ({
          offer: this.#offer(path, constraint),
          within: this.#expressions.lower(within),
          value: this.#expressions.lower(value),
        })),
      },
    };
  }

  /** Values of one path and type are merged. */
  #offer(path: string, { name, type }: Constraint): number {
    const { constraints } = this.#policy;
    const same = (irOffer: IrOffer) =>
      irOffer.path === path && isSameType(constraints[irOffer.constraint]?.type ?? type, type);
    const known = this.#offers.findIndex(same);
    if (known >= 0) return known;
    const constraint = constraints.findIndex((each) => each.name === name);
    return this.#offers.push({ path, constraint }) - 1;
  }

  #score(score: Score): IrScore {
    const revokes = score.bands.some(({ effect }) => effect === 'revoke');
    return {
      kind: 'score',
      scope: this.#scope(score.scope),
      conditions: score.conditions.map((item) => {
        const condition = this.#expressions.lower(item.condition);
        const reason = this.#reason(item, revokes, condition, undefined, [item.condition]);
        return { weight: item.weight, condition, reason };
      }),
      bands: this.#bands(score.bands),
      span: score.span,
    };
  }

  #bands(bands: Score['bands']): IrScore['bands'] {
    return bands.map((band) => ({
      from: band.from,
      effect: band.effect,
      narrowing: band.narrowing && this.#narrowing(band.narrowing),
    }));
  }
}

function lowerConstraint(constraint: Constraint): IrConstraint {
  const set = constraint.type.kind === 'Set';
  const merge =
    constraint.merge === 'must agree'
      ? 'agree'
      : constraint.merge === 'intersects' || set
        ? 'intersect'
        : constraint.merge === 'largest wins'
          ? 'largest'
          : 'smallest';
  return {
    name: constraint.name,
    merge,
    rep: chooseRep(constraint.type),
    holds: chooseElementForm(constraint.type),
  };
}
