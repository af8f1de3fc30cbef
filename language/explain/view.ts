// The input of an explanation: the policy, the facts of one request, and the outcome of every
// expression. A quantifier has a view for each element.

import { ExpressionEvaluator, extractScalars, isUsable } from '../evaluator/expressions.ts';
import type { ClockedValue } from '../evaluator/outcome.ts';
import { clockSkew } from '../evaluator/time.ts';
import { isEntry } from '../model/entries.ts';
import type { Expr, PolicyModel, ReadExpr, Variable } from '../model/model.ts';
import { findSourcePlace, readLineText } from '../model/place.ts';
import { findSecret } from '../model/secrets.ts';
import type { Fact } from '../request/fact.ts';
import type { Facts } from '../request/facts.ts';
import { type Json, readJson, toParsedJson } from '../request/json.ts';
import { defaultMask, type Mask } from '../secrets/mask.ts';
import { hasAllItems } from '../support/all-there.ts';
import type { Span } from '../support/source.ts';
import type { Type, Value } from '../types/types.ts';
import { toJson } from '../types/values.ts';
import type { Spot } from './explanation.ts';
import { cut, formatElements, formatLiteral } from './literals.ts';

/** The outcomes of expressions for one request. */
export class EvaluationView {
  readonly policy: PolicyModel;
  readonly facts: Facts;
  readonly expressions: ExpressionEvaluator;
  readonly #json: Json | undefined;
  readonly #mask: Mask;
  readonly #variables: ReadonlyMap<Variable, Fact>;
  readonly #outcomes = new Map<Expr, ClockedValue>();

  constructor(
    policy: PolicyModel,
    facts: Facts,
    json: Json | undefined,
    mask: Mask,
    variables: ReadonlyMap<Variable, Fact> = new Map(),
  ) {
    this.policy = policy;
    this.facts = facts;
    this.#json = json;
    this.#mask = mask;
    this.#variables = variables;
    this.expressions = new ExpressionEvaluator(facts, policy.contents);
    for (const [variable, fact] of variables) this.expressions.bind(variable, fact);
  }

  static of(
    policy: PolicyModel,
    facts: Facts,
    request: Uint8Array,
    mask: Mask = defaultMask,
  ): EvaluationView {
    const json = readJson(request);
    return new EvaluationView(policy, facts, 'code' in json ? undefined : json, mask);
  }

  /** The view with a variable bound to an element of a collection. */
  within(variable: Variable, element: Fact): EvaluationView {
    const variables = new Map(this.#variables).set(variable, element);
    return new EvaluationView(this.policy, this.facts, this.#json, this.#mask, variables);
  }

  /** The view at another instant, with the same facts. */
  at(now: bigint): EvaluationView {
    const facts = { ...this.facts, now };
    return new EvaluationView(this.policy, facts, this.#json, this.#mask, this.#variables);
  }

  /** Cached, because each enclosing expression reads it. */
  evaluateExpr(expr: Expr): ClockedValue {
    const outcome = this.#outcomes.get(expr) ?? this.expressions.evaluateWithClock(expr);
    this.#outcomes.set(expr, outcome);
    return outcome;
  }

  /** The value of a condition, or `undefined` if it is unknown. */
  truth(expr: Expr): boolean | undefined {
    return this.evaluateExpr(expr).value as boolean | undefined;
  }

  /**
   * A scalar, or the scalars of a collection, relative to the clock where it is used, or `undefined` if it is unknown.
   */
  value(expr: Expr): Value | undefined {
    const { value, clock, sign, of } = this.evaluateExpr(expr);
    const scalars = extractScalars(value);
    if (clock === 'none' || scalars === undefined) return scalars;
    const now = this.facts.now as bigint;
    if (clock === 'now') return (scalars as bigint) + sign * now;
    const instant = of as bigint;
    if (instant > now + clockSkew) return undefined;
    return (scalars as bigint) + sign * (now > instant ? now - instant : 0n);
  }

  /** The value of a condition as a literal; null: unknown. */
  verdict(expr: Expr): string | null {
    const truth = this.truth(expr);
    return truth === undefined ? null : String(truth);
  }

  isSecret(expr: Expr): boolean {
    return findSecret(expr) !== undefined;
  }

  /** The value as a literal, masked if it is secret; null: unknown. */
  formatValue(expr: Expr): string | null {
    const value = this.value(expr);
    if (value !== undefined) return this.literal(expr, value);
    const { value: held } = this.evaluateExpr(expr);
    if (!Array.isArray(held) || !isUsable(held)) return null;
    return held.length === 0 ? '{}' : formatElements([`${held.length} elements`]);
  }

  /** A value that is part of the expression's value as a literal, masked if the expression is secret. */
  literal(expr: Expr, value: Value): string {
    return this.isSecret(expr)
      ? maskLiteral(expr.type, value, this.#mask)
      : formatLiteral(expr.type, value);
  }

  spot(span: Span): Spot {
    return {
      ...findSourcePlace(this.policy, span),
      start: span.start,
      end: span.end,
      text: cut(readLineText(this.policy, span)),
    };
  }

  /**
   * The names from the root of the request, or `undefined` if a key is unknown, or it is not a member of the
   * request.
   */
  #listNames({ from, members }: ReadExpr): readonly string[] | undefined {
    if (typeof from !== 'string') return undefined;
    const names = members.map((step) =>
      isEntry(step) ? (this.value(step.key) as string | undefined) : step.name,
    );
    const properties = from === 'context' ? [] : ['properties'];
    return hasAllItems(names) ? [from, ...properties, ...names] : undefined;
  }

  /** The JSON in the request at the path of a member, masked if it is secret. */
  findRequestJson(read: ReadExpr): string | undefined {
    const names = this.#listNames(read);
    if (names === undefined) return undefined;
    const found = names.reduce<Json | undefined>(
      (json, name) =>
        json?.kind === 'object'
          ? json.members.find((member) => member.name === name)?.value
          : undefined,
      this.#json,
    );
    if (found !== undefined && this.isSecret(read)) return this.#mask(found);
    if (found?.kind === 'string') return JSON.stringify(cut(found.value));
    return found?.kind === 'number' ? cut(found.text) : undefined;
  }
}

function maskLiteral(type: Type, value: Value, mask: Mask): string {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    const shown = (value as readonly Value[]).map((each) => maskLiteral(type.element, each, mask));
    return formatElements(type.kind === 'Set' ? shown.sort() : shown);
  }
  return mask(toParsedJson(toJson(type, value)));
}
