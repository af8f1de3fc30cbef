// Comparisons and arithmetic of symbolic numbers, instants and durations, with overflow, and the clock.

import { clockSkew } from '@nhipol/language';
import { type Comparison, flippedComparisons, int64Range } from '@nhipol/language/types';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import { add, addScaled, createConstantTerm, type Linear, subtract } from '../formula/linear.ts';
import { createTruthValue } from '../symbolic/algebra.ts';
import type { NumberCase, NumberValue, Truth } from '../symbolic/symbolic.ts';

export interface Instant {
  readonly now: Linear;
  readonly isNowKnown: Literal;
}

/** Whether the comparison of two terms is true. */
export function compareTerms(
  formula: Formula,
  operator: Comparison,
  a: Linear,
  b: Linear,
): Literal {
  switch (operator) {
    case 'is':
      return formula.equal(a, b);
    case 'is not':
      return -formula.equal(a, b);
    case '<':
      return formula.below(a, b);
    case '<=':
      return formula.atMost(a, b);
    case '>':
      return formula.below(b, a);
    case '>=':
      return formula.atMost(b, a);
  }
}

/** Whether a term is in the range of 64 bits. */
export function fitsIn64Bits(formula: Formula, term: Linear): Literal {
  if (term.terms.size === 0)
    return term.constant >= int64Range.min && term.constant <= int64Range.max ? yes : no;
  return formula.and(
    formula.atMost(createConstantTerm(int64Range.min), term),
    formula.atMost(term, createConstantTerm(int64Range.max)),
  );
}

/** All combinations of a case of each operand that can occur together. */
export function combine<Result>(
  formula: Formula,
  a: NumberValue,
  b: NumberValue,
  visit: (guard: Literal, a: NumberCase, b: NumberCase) => Result,
): readonly Result[] {
  return a.cases.flatMap((left) =>
    b.cases.flatMap((right) => {
      const guard = formula.and(left.guard, right.guard);
      return guard === no ? [] : [visit(guard, left, right)];
    }),
  );
}

export function compareNumbers(
  formula: Formula,
  operator: Comparison,
  a: NumberValue,
  b: NumberValue,
  instant: Instant,
): Truth {
  const found = combine(formula, a, b, (guard, left, right) => {
    const result =
      a.sign === b.sign
        ? { known: yes, isTrue: compareTerms(formula, operator, left.term, right.term) }
        : compareWithClock(formula, operator, { ...a, case: left }, { ...b, case: right }, instant);
    const known = formula.and(guard, result.known);
    return { yes: formula.and(known, result.isTrue), no: formula.and(known, -result.isTrue) };
  });
  return createTruthValue(
    formula.any(found.map((each) => each.yes)),
    formula.any(found.map((each) => each.no)),
  );
}

interface Moving extends Pick<NumberValue, 'clock' | 'sign'> {
  readonly case: NumberCase;
}

/** As `compareTimes` of the evaluator: one of the two depends on the clock. */
function compareWithClock(
  formula: Formula,
  operator: Comparison,
  a: Moving,
  b: Moving,
  { now, isNowKnown }: Instant,
): { readonly known: Literal; readonly isTrue: Literal } {
  const sign = a.sign - b.sign;
  const clock = a.clock === 'none' ? b : a;
  const [minuend, subtrahend] = sign > 0n ? [b, a] : [a, b];
  const threshold = subtract(minuend.case.term, subtrahend.case.term);
  const known = formula.and(isNowKnown, fitsIn64Bits(formula, threshold));
  const oriented = sign > 0n ? operator : flippedComparisons[operator];
  if (clock.clock === 'now')
    return { known, isTrue: compareTerms(formula, oriented, now, threshold) };
  const of = clock.case.of as Linear;
  const isPast = formula.atMost(of, now);
  return {
    known: formula.and(known, isNotAhead(formula, of, now)),
    isTrue: formula.choose(
      isPast,
      compareTerms(formula, oriented, subtract(now, of), threshold),
      compareTerms(formula, oriented, createConstantTerm(0n), threshold),
    ),
  };
}

/** Whether an instant is at most a minute after the present one. */
export function isNotAhead(formula: Formula, of: Linear, now: Linear): Literal {
  return formula.atMost(of, add(now, createConstantTerm(clockSkew)));
}

/** The sum or difference; unknown if it exceeds 64 bits. */
export function encodeSum(
  formula: Formula,
  a: NumberValue,
  b: NumberValue,
  factor: 1n | -1n,
): NumberValue {
  const sign = a.sign + factor * b.sign;
  const cases = combine(formula, a, b, (guard, left, right): NumberCase => {
    const term = addScaled(left.term, right.term, factor);
    return {
      guard: formula.and(guard, fitsIn64Bits(formula, term)),
      term,
      of: left.of ?? right.of,
    };
  });
  const clock = a.clock === 'none' ? b.clock : a.clock;
  return { kind: 'number', cases, clock: sign === 0n ? 'none' : clock, sign };
}

/** Each case changed by a function of its term; unknown if the result exceeds 64 bits. */
export function mapTerms(
  formula: Formula,
  value: NumberValue,
  change: (term: Linear) => Linear,
  sign = value.sign,
): NumberValue {
  const cases = value.cases.map(({ guard, term, of }): NumberCase => {
    const changed = change(term);
    return { guard: formula.and(guard, fitsIn64Bits(formula, changed)), term: changed, of };
  });
  return { ...value, cases: cases.filter(({ guard }) => guard !== no), sign };
}
