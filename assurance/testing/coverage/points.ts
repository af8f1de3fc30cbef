// The points of a policy that tests can cover, found from what the evaluator reports to its observer.

import {
  isVocabulary,
  possible as mayHold,
  onlyFalse,
  onlyTrue,
  onlyUnknown,
  type TruthSet,
} from '@nhipol/language';
import {
  type Band,
  type Expr,
  findSourcePlace,
  type PolicyModel,
  type Rule,
  readLineText,
  type Scope,
  type Score,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { listConditionAtoms } from './atoms.ts';
import type { OutcomeName, Point } from './coverage.ts';
import { OutcomeReasoning, type PossibleContribution } from './possible.ts';

/** A point while tests run. */
export interface OpenPoint extends Omit<Point, 'outcomes'> {
  readonly file: string;
  readonly of: string[];
  /** The possible outcomes, each with the number of decisions that produced it. */
  readonly times: Map<OutcomeName, number>;
}

export class Points {
  readonly byHalf = new Map<Rule | Band, OpenPoint>();
  readonly conditions = new Map<Expr, OpenPoint>();
  /** The points by the whole condition of each count of a score. */
  readonly counts = new Map<Expr, OpenPoint>();
  readonly #policy: PolicyModel;
  readonly #possible = new OutcomeReasoning();
  readonly #all = new Map<string, OpenPoint>();

  constructor(policy: PolicyModel) {
    this.#policy = policy;
    for (const rule of policy.rules) this.#rule(rule);
    for (const score of policy.scores) this.#score(score);
  }

  /** In the order of positions; an outer part precedes an inner one. */
  get all(): readonly OpenPoint[] {
    return [...this.#all.values()].sort((a, b) => a.start - b.start || b.end - a.end);
  }

  #rule(rule: Rule): void {
    const { id, effect, span, scope, condition, narrowing, demands } = rule;
    const point = this.#point('rule', span, { name: id, effect });
    this.#bears(rule, point, this.#possible.ofRule(rule));
    const values = [
      ...demands.flatMap(({ properties }) => properties.map(({ value }) => value.span)),
      ...(narrowing?.settings ?? []).map(({ value }) => value.span),
    ];
    const conditions = [condition, ...(narrowing === undefined ? [] : [narrowing.inside])];
    for (const expr of conditions) this.#conditions(expr, scope, `${effect} ${id}`, values);
  }

  #score(score: Score): void {
    const { name, scope, conditions, bands } = score;
    for (const { id, span, condition } of conditions) {
      const point = this.#point('count', span, { name: id, effect: undefined, of: name });
      if (this.#possible.findTruthSet(condition, scope) & mayHold) point.times.set('fired', 0);
      this.counts.set(condition, point);
      this.#conditions(condition, scope, `score ${name}`, []);
    }
    const contribution = this.#possible.ofBands(score);
    for (const band of bands) {
      const { from, effect, span, narrowing } = band;
      const point = this.#point('band', span, { name: `from ${from}`, effect, of: name });
      this.#bears(band, point, contribution.get(band));
      const values = (narrowing?.settings ?? []).map(({ value }) => value.span);
      if (narrowing !== undefined)
        this.#conditions(narrowing.inside, scope, `score ${name}`, values);
    }
  }

  #bears(by: Rule | Band, point: OpenPoint, contribution: PossibleContribution | undefined): void {
    if (contribution?.fires) point.times.set('fired', 0);
    if (contribution?.denies) point.times.set('denied', 0);
    this.byHalf.set(by, point);
  }

  /**
   * `values`: of constraints and obligations. The conditions under which these are known are not conditions of the
   * author.
   */
  #conditions(wholeExpr: Expr, scope: Scope, of: string, values: readonly Span[]): void {
    for (const { expr, ofEvents } of listConditionAtoms(wholeExpr, this.#policy)) {
      const { span } = expr;
      if (isVocabulary(span.file) || values.some((value) => isEnclosing(span, value))) continue;
      const written = readLineText(this.#policy, span);
      const isGiven = expr.kind === 'Known' && !/^\(*known\(/.test(written);
      const point = this.#point(isGiven ? 'given' : 'condition', span, {
        name: isGiven ? `known(${written})` : written,
        effect: undefined,
        of,
      });
      this.conditions.set(expr, point);
      const worth = ofEvents
        ? this.#possible.worthOfEvent(expr)
        : this.#possible.findTruthSet(expr, scope);
      for (const [outcome, bit] of truths) {
        if (worth & bit && !point.times.has(outcome)) point.times.set(outcome, 0);
      }
    }
  }

  /** A point for each position, also if a predicate is called more than once. */
  #point(
    kind: Point['kind'] | 'given',
    span: Span,
    { name, effect, of }: Pick<Point, 'name' | 'effect'> & { readonly of?: string },
  ): OpenPoint {
    const key = `${kind} ${span.start} ${span.end} ${span.file}`;
    const { line, column } = findSourcePlace(this.#policy, span);
    const point: OpenPoint = this.#all.get(key) ?? {
      kind: kind === 'given' ? 'condition' : kind,
      name,
      effect,
      of: [],
      ...span,
      line,
      column,
      times: new Map(),
    };
    if (of !== undefined && !point.of.includes(of)) point.of.push(of);
    this.#all.set(key, point);
    return point;
  }
}

const truths: readonly (readonly [OutcomeName, TruthSet])[] = [
  ['true', onlyTrue],
  ['false', onlyFalse],
  ['unknown', onlyUnknown],
];

function isEnclosing(outer: Span, inner: Span): boolean {
  return outer.file === inner.file && outer.start <= inner.start && outer.end >= inner.end;
}
