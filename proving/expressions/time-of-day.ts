// The time of day of an instant that does not move: any one, where the offset of its zone is known.

import type { CalendarExpr } from '../../language/index.ts';
import { dayLength } from '../../language/index.ts';
import type { Encoding } from '../facts/encoding.ts';
import { constant } from '../formula/linear.ts';
import { number } from '../symbolic/algebra.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';

export function timeOfDay(
  encoding: Encoding,
  { zone, span }: CalendarExpr,
  of: NumberValue,
): NumberValue {
  const { formula } = encoding;
  const cases = of.cases.map(({ guard, term }) => {
    const known = formula.and(
      guard,
      formula.atMost(constant(BigInt(zone.known.from)), term),
      formula.below(term, constant(BigInt(zone.known.until))),
    );
    encoding.approximate('windows', span, known);
    const time = encoding.numberIn('a time of day', 0n, BigInt(dayLength - 1));
    return { guard: known, term: time };
  });
  return number(cases);
}
