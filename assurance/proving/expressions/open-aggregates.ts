// `sum`, `min` and `max` over elements that are not listed: the smallest or largest value is that of a witness, and none is
// beyond it. A sum is between as many of the smallest and of the largest values as there are elements, 0 if none counts, and
// the value of the only element.

import type { AggregateExpr } from '@nhipol/language/model';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import { findRange } from '../facts/member-types.ts';
import { type Literal, yes } from '../formula/formula.ts';
import { createConstantTerm, type Linear, scale } from '../formula/linear.ts';
import { createNumberValue, guardValue, isHeld } from '../symbolic/algebra.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';
import type { Counted } from './aggregates.ts';
import type { Bound } from './environment.ts';
import { createFreeValue } from './free.ts';
import { encodeNumberCount, encodeTextCount } from './open-sizes.ts';
import { encodeSomeElement, type Open } from './some.ts';

export function encodeOpenAggregate(
  encoding: SymbolicEncoding,
  expr: AggregateExpr,
  collection: Open,
  toCounted: (bound: Bound) => Counted,
): NumberValue {
  const { formula, require } = encoding;
  const { form, span } = expr;
  if (form === 'sum') return encodeOpenSum(encoding, expr, collection, toCounted);
  if (collection.kind === 'open numbers') {
    encoding.approximate('sums', span, collection.held);
    return guardValue(
      formula,
      collection.held,
      createFreeValue(encoding, expr, form) as NumberValue,
    );
  }
  const { min, max } = findRange(expr.type);
  const result = encoding.createNumber(`${form} over elements`, min, max);
  const some = (property: (may: Literal, value: NumberValue) => Literal) =>
    encodeSomeElement(encoding, collection, expr.variable.type, (bound) => {
      const { may, value } = toCounted(bound);
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
  const exceeds = (term: Linear) =>
    form === 'min' ? formula.below(term, result) : formula.below(result, term);
  require(
    formula.implies(
      known,
      someValue((term) => formula.equal(term, result)),
    ),
  );
  require(formula.implies(known, -someValue(exceeds)));
  return createNumberValue([{ guard: known, term: result }]);
}

function encodeOpenSum(
  encoding: SymbolicEncoding,
  { type, span, body, condition, variable }: AggregateExpr,
  collection: Open,
  toCounted: (bound: Bound) => Counted,
): NumberValue {
  const { formula, require } = encoding;
  encoding.approximate('sums', span, collection.held);
  const { min, max } = findRange(type);
  const sum = encoding.createNumber('a sum over elements', min, max);
  const known = formula.and(collection.held, formula.variable('a sum is known'));
  const one = findRange(body.type);
  const least = condition !== undefined && one.min > 0n ? 0n : one.min;
  const most = condition !== undefined && one.max < 0n ? 0n : one.max;
  const size = encodeOpenSize(encoding, collection);
  if (least >= -maxExact) require(formula.implies(known, formula.atMost(scale(size, least), sum)));
  if (most <= maxExact) require(formula.implies(known, formula.atMost(sum, scale(size, most))));
  if (collection.kind !== 'open numbers') {
    const some = (property: (term: Linear) => Literal) =>
      encodeSomeElement(encoding, collection, variable.type, (bound) => {
        const { may, value } = toCounted(bound);
        return formula.any(
          value.cases.map(({ guard, term }) => formula.and(may, guard, property(term))),
        );
      });
    const zero = createConstantTerm(0n);
    const isZero = formula.equal(sum, zero);
    const only = some((term) => formula.equal(term, sum));
    const isOne = formula.atMost(size, createConstantTerm(1n));
    require(formula.implies(formula.and(known, isOne), formula.or(isZero, only)));
    require(
      formula.implies(
        known,
        formula.or(
          isZero,
          some(() => yes),
        ),
      ),
    );
    if (one.min >= 0n) require(formula.implies(known, -some((term) => formula.below(sum, term))));
  }
  return createNumberValue([{ guard: known, term: sum }]);
}

/** Greater bounds say nothing. */
const maxExact = BigInt(Number.MAX_SAFE_INTEGER);

function encodeOpenSize(encoding: SymbolicEncoding, collection: Open): Linear {
  if (collection.kind === 'open numbers') return encodeNumberCount(encoding, collection);
  return collection.kind === 'texts' ? encodeTextCount(encoding, collection, 1) : collection.size;
}
