// The smallest or largest of several symbolic numbers.

import { int64Range } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import { createNumberValue, isHeld } from '../symbolic/algebra.ts';
import { identifyValues } from '../symbolic/identity.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';

/** The best of those that are known; unknown if none is. Equal values have one best, also if they belong to different decisions. */
export function pickBestNumber(
  encoding: SymbolicEncoding,
  name: string,
  values: readonly NumberValue[],
  isLargest: boolean,
): NumberValue {
  const key = `best ${isLargest} ${identifyValues(values)}`;
  return encoding.once(key, () => makeBest(encoding, name, values, isLargest)) as NumberValue;
}

function makeBest(
  encoding: SymbolicEncoding,
  name: string,
  values: readonly NumberValue[],
  isLargest: boolean,
): NumberValue {
  const { formula } = encoding;
  const cases = values.flatMap((value) => value.cases);
  const known = formula.any(values.map((value) => isHeld(formula, value)));
  const best = encoding.createNumber(name, int64Range.min, int64Range.max);
  for (const { guard, term } of cases) {
    const bound = isLargest ? formula.atMost(term, best) : formula.atMost(best, term);
    encoding.require(formula.implies(guard, bound));
  }
  const attained = cases.map(({ guard, term }) => formula.and(guard, formula.equal(term, best)));
  encoding.require(formula.implies(known, formula.any(attained)));
  return createNumberValue([{ guard: known, term: best }]);
}
