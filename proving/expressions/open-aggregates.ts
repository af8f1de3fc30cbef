// `sum`, `min` and `max` over elements that are not listed: the smallest or largest value is that of a witness, and none is
// beyond it. Of a sum nothing is known.

import type { AggregateExpr } from '../../language/index.ts';
import type { Encoding } from '../facts/encoding.ts';
import { rangeOf } from '../facts/fact.ts';
import type { Literal } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import { isHeld, number, where } from '../symbolic/algebra.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';
import type { Counted } from './aggregates.ts';
import type { Bound } from './environment.ts';
import { freeValue } from './free.ts';
import { type Open, someHas } from './some.ts';

export function openAggregateOf(
  encoding: Encoding,
  expr: AggregateExpr,
  collection: Open,
  countedOf: (bound: Bound) => Counted,
): NumberValue {
  const { formula, require } = encoding;
  const { form, span } = expr;
  const isExtreme = form !== 'sum' && collection.kind !== 'open numbers';
  if (!isExtreme) {
    encoding.approximate('sums', span, collection.held);
    return where(formula, collection.held, freeValue(encoding, expr, form) as NumberValue);
  }
  const { min, max } = rangeOf(expr.type);
  const result = encoding.numberIn(`${form} over elements`, min, max);
  const some = (property: (may: Literal, value: NumberValue) => Literal) =>
    someHas(encoding, collection, expr.variable.type, (bound) => {
      const { may, value } = countedOf(bound);
      return property(may, value);
    });
  const someValue = (property: (term: Linear) => Literal) =>
    some((may, { cases }) =>
      formula.any(cases.map(({ guard, term }) => formula.and(may, guard, property(term)))),
    );
  const isUnknown = some((may, value) => formula.and(may, -isHeld(formula, value)));
  const known = formula.and(
    collection.held,
    -isUnknown,
    some((may) => may),
  );
  const isBeyond = (term: Linear) =>
    form === 'min' ? formula.below(term, result) : formula.below(result, term);
  require(
    formula.implies(
      known,
      someValue((term) => formula.equal(term, result)),
    ),
  );
  require(formula.implies(known, -someValue(isBeyond)));
  return number([{ guard: known, term: result }]);
}
