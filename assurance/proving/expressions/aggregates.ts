// `sum`, `min` and `max` over the elements of a collection. The smallest and the largest value are exact, as enough
// elements are represented; a sum is exact if all elements are.

import type { AggregateExpr } from '@nhipol/language/model';
import type { Type } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import { findRange } from '../facts/member-types.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { add, createConstantTerm, type Linear } from '../formula/linear.ts';
import { createNumberValue, isHeld } from '../symbolic/algebra.ts';
import { countAtLeast } from '../symbolic/cardinality.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';
import { fitsIn64Bits } from './numbers.ts';
import type { Listed } from './some.ts';

/** An element that may count, with its value where it certainly does. */
export interface Counted {
  readonly may: Literal;
  readonly value: NumberValue;
}

export function encodeAggregate(
  encoding: SymbolicEncoding,
  expr: AggregateExpr,
  collection: Listed,
  elements: readonly Counted[],
): NumberValue {
  const { formula } = encoding;
  const { held } = collection;
  const areKnown = formula.all(
    elements.map(({ may, value }) => formula.or(-may, isHeld(formula, value))),
  );
  const isEmpty = -formula.any(elements.map(({ may }) => may));
  const known = formula.and(held, areKnown);
  const { min, max } = findRange(expr.type);
  const result = encoding.createNumber(`${expr.form} over elements`, min, max);
  if (expr.form === 'sum') {
    // An element that counts is represented if there is one.
    const isAll = formula.or(isEmpty, isComplete(encoding, expr, collection));
    const sum = sumCounted(encoding, elements);
    const isOpen = formula.and(known, -isAll);
    encoding.approximate('sums', expr.span, isOpen);
    const fits = formula.variable('the sum fits');
    // Each element that is represented counts at least once.
    if (findRange(expr.body.type).min >= 0n)
      encoding.require(formula.implies(formula.and(isOpen, fits), formula.atMost(sum, result)));
    return createNumberValue([
      { guard: formula.and(known, isAll, fitsIn64Bits(formula, sum)), term: sum },
      { guard: formula.and(isOpen, fits), term: result },
    ]);
  }
  const guard = formula.and(known, -isEmpty);
  const cases = elements.flatMap(({ may, value }) =>
    value.cases.map((numberCase) => ({
      present: formula.and(may, numberCase.guard),
      term: numberCase.term,
    })),
  );
  for (const { present, term } of cases) {
    const bound = expr.form === 'min' ? formula.atMost(result, term) : formula.atMost(term, result);
    encoding.require(formula.implies(formula.and(guard, present), bound));
  }
  const attained = cases.map(({ present, term }) =>
    formula.and(present, formula.equal(term, result)),
  );
  encoding.require(formula.implies(guard, formula.any(attained)));
  return createNumberValue([{ guard, term: result }]);
}

/** The sum of the elements that count. */
function sumCounted({ formula, require }: SymbolicEncoding, elements: readonly Counted[]): Linear {
  let sum = createConstantTerm(0n);
  for (const { may, value } of elements) {
    const [only] = value.cases;
    if (may === no || only === undefined) continue;
    const part = formula.number('part of a sum');
    require(formula.or(may, formula.equal(part, createConstantTerm(0n))));
    for (const { guard, term } of value.cases)
      require(formula.implies(formula.and(may, guard), formula.equal(part, term)));
    sum = add(sum, part);
  }
  return sum;
}

/** Whether all elements of the collection are represented, each once. */
function isComplete(
  { formula, domains }: SymbolicEncoding,
  expr: AggregateExpr,
  collection: Listed,
): Literal {
  const { type } = expr.collection;
  if (collection.kind === 'numbers' && collection.size === undefined) return no;
  if (collection.kind === 'set') return isListed(type) ? yes : no;
  if (collection.kind === 'texts') return no;
  const present = (collection.kind === 'list' ? collection.elements : collection.items).map(
    (each) => each.present,
  );
  if (type.kind === 'Map') {
    const place = domains.flow.findPlace(expr.collection);
    const max = place === undefined ? 0 : domains.countElements(place);
    return -(countAtLeast(formula, present, max)[max] ?? no);
  }
  const counts = countAtLeast(formula, present, present.length);
  const size = collection.size as Linear;
  return formula.any(
    counts.map((literal, count) =>
      formula.and(
        literal,
        -(counts[count + 1] ?? no),
        formula.atMost(size, createConstantTerm(BigInt(count))),
      ),
    ),
  );
}

/** Whether the formula has all values that the elements of a set can have. */
function isListed(type: Type): boolean {
  const element = type.kind === 'Set' ? type.element.kind : undefined;
  return element === 'Enum' || element === 'Bool';
}
