// Converts a flat list of operands and operators to a tree. Precedence from low to high: implies (right
// associative), or, and, not, comparisons (not associative), `else` (right associative), sums, products.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import { joinSpans, type Span } from '../../support/source.ts';
import type { BinaryOperator, ExprNode } from '../ast.ts';
import type { MatchCstNode, OperatorCstNode, PresenceCstNode } from '../cst.generated.ts';
import { broken, getNodeSpan, getTokenSpan, type ParsedSource, requirePart } from './cst.ts';
import { type MatchParts, toMatch } from './patterns.ts';

export interface FlatTerm {
  /** The `not` operators before the operand. */
  readonly nots: readonly IToken[];
  readonly expr: ExprNode;
}

/** The precedence of each operator; printing uses it for parentheses. */
export const precedences: Readonly<Record<BinaryOperator, number>> = {
  implies: 1,
  or: 2,
  and: 3,
  is: 5,
  'is not': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  in: 5,
  'not in': 5,
  within: 5,
  'not within': 5,
  intersects: 5,
  starts_with: 5,
  ends_with: 5,
  contains: 5,
  under: 5,
  else: 6,
  union: 7,
  minus: 7,
  '+': 7,
  '-': 7,
  intersect: 8,
  '*': 8,
  '/': 8,
};
export const notBinding = 4;
export const comparisonBinding = 5;
export const elseBinding = 6;
export const negationBinding = 9;
export const operandBinding = 10;

export function bindsRight(operator: BinaryOperator): boolean {
  return operator === 'implies' || operator === 'else';
}

/** `match` is the part after `matches`. */
type FlatOperator = { readonly binding: number; readonly span: Span } & (
  | {
      readonly operator: BinaryOperator | 'is present' | 'is missing';
      readonly match?: undefined;
    }
  | { readonly operator: 'matches'; readonly match: MatchParts }
);

/** Binary operators, `is present`, `is missing` and `matches …`. */
export type OperatorNode = OperatorCstNode | PresenceCstNode | MatchCstNode;

/** Builds the tree; the collection of a quantifier may only have operators that bind at minBinding like `else`. */
export function resolveOperators(
  source: ParsedSource,
  terms: readonly FlatTerm[],
  operators: readonly OperatorNode[],
  strength: 'any' | 'collection',
): ExprNode {
  const [first] = terms;
  if (first === undefined) throw broken;
  if (operators.length === 0 && first.nots.length === 0) return first.expr;
  const list = operators.map((operator) => toOperator(source, operator));
  if (strength === 'collection') {
    const loose = list.find(({ binding }) => binding < elseBinding);
    if (loose) reportUnexpected(source, loose.span, '`satisfies`', loose.operator);
    else if (first.nots[0])
      reportUnexpected(source, getTokenSpan(source, first.nots[0]), 'a collection', 'not');
  }
  return new Climber(source, terms, list).climb(0);
}

/** Precedence climbing. */
class Climber {
  readonly #source: ParsedSource;
  readonly #terms: readonly FlatTerm[];
  readonly #operators: readonly FlatOperator[];
  #nextTerm = 0;
  #nextOperator = 0;

  constructor(
    source: ParsedSource,
    terms: readonly FlatTerm[],
    operators: readonly FlatOperator[],
  ) {
    this.#source = source;
    this.#terms = terms;
    this.#operators = operators;
  }

  /** Parses the longest expression from here whose operators have at minBinding this precedence. */
  climb(minBinding: number): ExprNode {
    const term = this.#terms[this.#nextTerm];
    if (term === undefined) throw broken;
    this.#nextTerm += 1;
    const [outermost] = term.nots;
    if (outermost === undefined) return this.#extend(term.expr, minBinding);
    if (minBinding > notBinding) {
      reportUnexpected(this.#source, getTokenSpan(this.#source, outermost), 'a value', 'not');
      throw broken;
    }
    const operand = this.#extend(term.expr, comparisonBinding);
    const negated = term.nots.reduceRight<ExprNode>((inner, not) => {
      const span = joinSpans(getTokenSpan(this.#source, not), inner.span);
      return { kind: 'Unary', span, operator: 'not', operand: inner };
    }, operand);
    return this.#extend(negated, minBinding);
  }

  #extend(start: ExprNode, minBinding: number): ExprNode {
    let left = start;
    for (;;) {
      const next = this.#operators[this.#nextOperator];
      if (next === undefined || next.binding < minBinding) return left;
      this.#nextOperator += 1;
      left = this.#join(left, next);
      if (next.binding === comparisonBinding) this.#refuseAfterComparison();
    }
  }

  #join(left: ExprNode, next: FlatOperator): ExprNode {
    if (next.operator === 'matches') {
      return { kind: 'Match', span: joinSpans(left.span, next.span), operand: left, ...next.match };
    }
    const { operator, binding, span } = next;
    if (operator === 'is present' || operator === 'is missing') {
      const present = operator === 'is present';
      return { kind: 'Presence', span: joinSpans(left.span, span), operand: left, present };
    }
    const right = this.climb(bindsRight(operator) ? binding : binding + 1);
    if (operator === 'within') this.#refuseTrailingWindow(left, right, span);
    if (operator === 'is not') this.#refuseIsNotPresent(right, span);
    return { kind: 'Binary', span: joinSpans(left.span, right.span), operator, left, right };
  }

  #refuseAfterComparison(): void {
    const next = this.#operators[this.#nextOperator];
    if (next === undefined || next.binding < comparisonBinding) return;
    const { operator, span } = next;
    if (next.binding === comparisonBinding) {
      this.#source.reporter.report('chained-comparison', span, { operator });
    } else {
      // After `is present`, which cannot be the operand of an operator that binds more tightly.
      reportUnexpected(this.#source, span, '`and`, `or` or the end', operator);
    }
    throw broken;
  }

  /** `count(refused) within 1h` */
  #refuseTrailingWindow(left: ExprNode, right: ExprNode, operator: Span): void {
    if (left.kind !== 'History' || right.kind !== 'Duration') return;
    const start = left.span.end - 1;
    const text = this.#source.text.slice(operator.start, right.span.end);
    this.#source.reporter.report(
      'syntax-error',
      joinSpans(operator, right.span),
      { expected: '`within` in the parentheses', found: `\`${text}\`` },
      {
        help: '`count(refused, within 1h) > 3` counts the events of the last hour',
        fix: {
          title: 'write `within` in the parentheses',
          edits: [
            {
              span: { ...operator, start, end: right.span.end },
              text: `, ${text})`,
            },
          ],
        },
      },
    );
    throw broken;
  }

  #refuseIsNotPresent(right: ExprNode, operator: Span): void {
    if (right.kind !== 'Reference') return;
    const word = right.name;
    // In parentheses, the word is an ordinary name.
    if (right.span.end - right.span.start !== word.length) return;
    if (word !== 'present' && word !== 'missing') return;
    const instead = word === 'present' ? 'missing' : 'present';
    const span = joinSpans(operator, right.span);
    const fix = proposeReplacement(span, `is ${instead}`);
    this.#source.reporter.report('is-not-present', span, { word, instead }, { fix });
    throw broken;
  }
}

function reportUnexpected(source: ParsedSource, span: Span, expected: string, found: string): void {
  source.reporter.report(
    'syntax-error',
    span,
    { expected, found: `\`${found}\`` },
    { help: 'put parentheses around the inner expression' },
  );
}

const spelling: Readonly<Record<string, BinaryOperator>> = { '==': 'is', '!=': 'is not' };

function toOperator(source: ParsedSource, node: OperatorNode): FlatOperator {
  const span = getNodeSpan(source, node);
  if (node.name === 'presence') {
    const operator = node.children.Present ? 'is present' : 'is missing';
    return { operator, binding: comparisonBinding, span };
  }
  if (node.name === 'match') {
    return { operator: 'matches', binding: comparisonBinding, span, match: toMatch(source, node) };
  }
  const { Infix, Greater, Equals, Is, Not, In } = node.children;
  const operator = Infix
    ? (spelling[requirePart(Infix).image] ?? (requirePart(Infix).image as BinaryOperator))
    : Greater
      ? Equals
        ? '>='
        : '>'
      : Is
        ? Not
          ? 'is not'
          : 'is'
        : In
          ? 'not in'
          : 'not within';
  return { operator, binding: precedences[operator], span };
}
