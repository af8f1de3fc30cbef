// Measures what a request reaches in a policy: the outcomes of its conditions, how many parts of a junction are
// true at once, and the answer; and how far it is from each permit. A request that reaches something new, or comes
// closer, is worth continuing from.

import type { EvaluatedAnswer, Trace } from '@nhipol/language';
import {
  collectExprs,
  type Expr,
  flattenConjunction,
  listRuleExprs,
  listScoreExprs,
  type PolicyModel,
} from '@nhipol/language/model';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';

export interface Reached {
  readonly answer: EvaluatedAnswer;
  readonly features: ReadonlySet<string>;
  /**
   * For each permit: the number of its conditions that are not true, and then the number of rules that override
   * it.
   */
  readonly distances: readonly number[];
}

export class NoveltyTracker {
  readonly #policy: PolicyModel;
  readonly #numbers: ReadonlyMap<Expr, number>;
  readonly #permits: readonly (readonly Expr[])[];
  readonly #restrictions: readonly Expr[];

  constructor(policy: PolicyModel) {
    this.#policy = policy;
    const exprs = collectExprs([
      ...policy.rules.flatMap(listRuleExprs),
      ...policy.scores.flatMap(listScoreExprs),
    ]);
    const judged = [...exprs].filter(
      ({ type, kind }) => type.kind === 'Bool' && kind !== 'Constant',
    );
    this.#numbers = new Map(judged.map((expr, index) => [expr, index]));
    const permits = policy.rules.filter(({ effect }) => effect === 'permit');
    this.#permits = permits.map(({ condition }) => flattenConjunction(condition));
    this.#restrictions = policy.rules.flatMap(({ effect, condition }) =>
      effect === 'permit' ? [] : [condition],
    );
  }

  of(sample: GeneratedRequest): Reached {
    const features = new Set<string>();
    const values = new Map<Expr, unknown>();
    const expression: Trace['expression'] = (expr, { value }) => {
      const number = this.#numbers.get(expr);
      if (number === undefined) return;
      values.set(expr, value);
      features.add(`${number}${encodeLetter(value)}`);
      if (expr.kind !== 'And' && expr.kind !== 'Or') return;
      const wanted = expr.kind === 'And';
      const held = expr.operands.filter((operand) => values.get(operand) === wanted).length;
      features.add(`${number}:${held}`);
    };
    const answer = ask(this.#policy, sample, { expression });
    for (const reason of answer.reasons) features.add(`${answer.effect} ${reason}`);
    for (const path of Object.keys(answer.lower)) features.add(`lower ${path}`);
    return { answer, features, distances: this.#distances(values) };
  }

  /** A rule that does not apply to the request was not evaluated. */
  #distances(values: ReadonlyMap<Expr, unknown>): readonly number[] {
    const inTheWay = this.#restrictions.filter(
      (condition) => values.has(condition) && values.get(condition) !== false,
    ).length;
    return this.#permits.map((parts) => {
      const missing = parts.filter((part) => values.get(part) !== true).length;
      return missing * 100 + inTheWay;
    });
  }
}

function encodeLetter(value: unknown): string {
  return value === undefined ? 'u' : value === true ? 't' : 'f';
}
