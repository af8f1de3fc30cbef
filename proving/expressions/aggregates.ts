// `sum`, `min` and `max` over the elements of a collection. The smallest and the largest value are exact, as enough
// elements are represented; a sum is any number.

import type { AggregateExpr } from '../../language/index.ts';
import type { Encoding } from '../facts/encoding.ts';
import { rangeOf } from '../facts/fact.ts';
import type { Literal } from '../formula/formula.ts';
import { constant } from '../formula/linear.ts';
import { isHeld, number } from '../symbolic/algebra.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';
import type { Collection } from './collections.ts';

/** An element that may count, with its value where it certainly does. */
interface Counted {
  readonly may: Literal;
  readonly value: NumberValue;
}

export function aggregateOf(
  encoding: Encoding,
  expr: AggregateExpr,
  { held }: Collection,
  elements: readonly Counted[],
): NumberValue {
  const { formula } = encoding;
  const areKnown = formula.all(
    elements.map(({ may, value }) => formula.or(-may, isHeld(formula, value))),
  );
  const isEmpty = -formula.any(elements.map(({ may }) => may));
  const known = formula.and(held, areKnown);
  const { min, max } = rangeOf(expr.type);
  const result = encoding.numberIn(`${expr.form} over elements`, min, max);
  if (expr.form === 'sum') {
    const isOpen = formula.and(known, -isEmpty);
    encoding.approximate('sums', expr.span, isOpen);
    const fits = formula.variable('the sum fits');
    return number([
      { guard: formula.and(known, isEmpty), term: constant(0n) },
      { guard: formula.and(isOpen, fits), term: result },
    ]);
  }
  const guard = formula.and(known, -isEmpty);
  const cases = elements.flatMap(({ may, value }) =>
    value.cases.map((each) => ({ present: formula.and(may, each.guard), term: each.term })),
  );
  for (const { present, term } of cases) {
    const bound = expr.form === 'min' ? formula.atMost(result, term) : formula.atMost(term, result);
    encoding.require(formula.implies(formula.and(guard, present), bound));
  }
  const attained = cases.map(({ present, term }) =>
    formula.and(present, formula.equal(term, result)),
  );
  encoding.require(formula.implies(guard, formula.any(attained)));
  return number([{ guard, term: result }]);
}
