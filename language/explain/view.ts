// The input of an explanation: the policy, the facts of one request, and the outcome of every
// expression. A quantifier has a view for each element.

import { Expressions, isUsable, scalars } from '../evaluator/expressions.ts';
import type { TimeOutcome } from '../evaluator/outcome.ts';
import { clockSkew } from '../evaluator/time.ts';
import type { Expr, Policy, ReadExpr, Variable } from '../model/model.ts';
import { placeOf, textOnLine } from '../model/place.ts';
import type { Fact, Facts } from '../request/facts.ts';
import { type Json, readJson } from '../request/json.ts';
import type { Span } from '../support/source.ts';
import type { Value } from '../types/types.ts';
import type { Spot } from './explanation.ts';
import { braced, cut, literal } from './literals.ts';

/** The outcomes of expressions for one request. */
export class View {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly expressions: Expressions;
  readonly #json: Json | undefined;
  readonly #variables: ReadonlyMap<Variable, Fact>;
  readonly #outcomes = new Map<Expr, TimeOutcome>();

  constructor(
    policy: Policy,
    facts: Facts,
    json: Json | undefined,
    variables: ReadonlyMap<Variable, Fact> = new Map(),
  ) {
    this.policy = policy;
    this.facts = facts;
    this.#json = json;
    this.#variables = variables;
    this.expressions = new Expressions(facts, policy.contents);
    for (const [variable, fact] of variables) this.expressions.bind(variable, fact);
  }

  static of(policy: Policy, facts: Facts, request: Uint8Array): View {
    const json = readJson(request);
    return new View(policy, facts, 'code' in json ? undefined : json);
  }

  /** The view with a variable bound to an element of a collection. */
  within(variable: Variable, element: Fact): View {
    const variables = new Map(this.#variables).set(variable, element);
    return new View(this.policy, this.facts, this.#json, variables);
  }

  /** The view at another instant, with the same facts. */
  at(now: bigint): View {
    return new View(this.policy, { ...this.facts, now }, this.#json, this.#variables);
  }

  /** Cached, because each enclosing expression reads it. */
  outcome(expr: Expr): TimeOutcome {
    const known = this.#outcomes.get(expr) ?? this.expressions.timed(expr);
    this.#outcomes.set(expr, known);
    return known;
  }

  /** The value of a condition; undefined: unknown. */
  truth(expr: Expr): boolean | undefined {
    return this.outcome(expr).value as boolean | undefined;
  }

  /**
   * A scalar, or the scalars of a collection, relative to the clock where it is used; undefined:
   * unknown.
   */
  value(expr: Expr): Value | undefined {
    const { value, clock, sign, of } = this.outcome(expr);
    const known = scalars(value);
    if (clock === 'none' || known === undefined) return known;
    const now = this.facts.now as bigint;
    if (clock === 'now') return (known as bigint) + sign * now;
    const instant = of as bigint;
    if (instant > now + clockSkew) return undefined;
    return (known as bigint) + sign * (now > instant ? now - instant : 0n);
  }

  /** The value as a literal; null: unknown. */
  shown(expr: Expr): string | null {
    const value = this.value(expr);
    if (value !== undefined) return literal(expr.type, value);
    const { value: held } = this.outcome(expr);
    if (!Array.isArray(held) || !isUsable(held)) return null;
    return held.length === 0 ? '{}' : braced([`${held.length} elements`]);
  }

  spot(span: Span): Spot {
    return {
      ...placeOf(this.policy, span),
      start: span.start,
      end: span.end,
      text: cut(textOnLine(this.policy, span)),
    };
  }

  /** The JSON in the request at the path of a member. */
  written(read: ReadExpr): string | undefined {
    if (typeof read.from !== 'string') return undefined;
    const properties = read.from === 'context' ? [] : ['properties'];
    const names = [read.from, ...properties, ...read.members.map(({ name }) => name)];
    const found = names.reduce<Json | undefined>(
      (json, name) =>
        json?.kind === 'object'
          ? json.members.find((member) => member.name === name)?.value
          : undefined,
      this.#json,
    );
    if (found?.kind === 'string') return JSON.stringify(cut(found.value));
    return found?.kind === 'number' ? cut(found.text) : undefined;
  }
}
