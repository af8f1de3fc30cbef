// Divides terms by constants: a new integer variable for the quotient, and the inequalities that determine it.

import type { SymbolicEncoding } from '../facts/encoding.ts';
import { computeGcd, createConstantTerm, type Linear, scale, subtract } from '../formula/linear.ts';
import { createNumberValue } from '../symbolic/algebra.ts';
import { findIdentity } from '../symbolic/identity.ts';
import type { NumberValue } from '../symbolic/symbolic.ts';

/** The nearest integer to the quotient, half to even. The divisor is not 0. */
export function encodeDivideToEven(
  encoding: SymbolicEncoding,
  dividend: Linear,
  divisor: bigint,
): Linear {
  return divideRounded(encoding, 'rounded', dividend, divisor, (quotient, own, by) => {
    const { formula } = encoding;
    const rest = subtract(own, scale(quotient, by));
    const twice = scale(rest, 2n);
    const [low, high] = [createConstantTerm(-by), createConstantTerm(by)];
    const isTie = formula.or(formula.equal(twice, low), formula.equal(twice, high));
    const even = scale(formula.number('half of a rounded quotient'), 2n);
    return [
      formula.atMost(low, twice),
      formula.atMost(twice, high),
      formula.implies(isTie, formula.equal(quotient, even)),
    ];
  });
}

/** The quotient without its fraction. The divisor is not 0. */
export function divideTruncated(
  encoding: SymbolicEncoding,
  dividend: Linear,
  divisor: bigint,
): Linear {
  return divideRounded(encoding, 'truncated', dividend, divisor, (quotient, own, by) => {
    const { formula } = encoding;
    const rest = subtract(own, scale(quotient, by));
    const isNegative = formula.below(own, createConstantTerm(0n));
    const isRest = (from: bigint, to: bigint) =>
      formula.and(
        formula.atMost(createConstantTerm(from), rest),
        formula.atMost(rest, createConstantTerm(to)),
      );
    return [formula.choose(isNegative, isRest(1n - by, 0n), isRest(0n, by - 1n))];
  });
}

/** `determine` returns the conditions on the quotient of a term by a positive number. */
function divideRounded(
  encoding: SymbolicEncoding,
  form: string,
  dividend: Linear,
  divisor: bigint,
  determine: (quotient: Linear, dividend: Linear, divisor: bigint) => readonly number[],
): Linear {
  const sign = divisor < 0n ? -1n : 1n;
  const common = [...dividend.terms.values(), dividend.constant].reduce(computeGcd, divisor);
  const own = divideExactly(dividend, common * sign);
  const by = (divisor * sign) / common;
  if (by === 1n) return own;
  const key = `${form} ${findIdentity(createNumberValue([{ guard: 1, term: own }]))} ${by}`;
  const found = encoding.once(key, () => {
    const quotient = encoding.formula.number(`${form} quotient`);
    encoding.require(...determine(quotient, own, by));
    return createNumberValue([{ guard: 1, term: quotient }]);
  });
  return ((found as NumberValue).cases[0] as { readonly term: Linear }).term;
}

function divideExactly({ constant: own, terms }: Linear, by: bigint): Linear {
  return {
    constant: own / by,
    terms: new Map([...terms].map(([variable, c]) => [variable, c / by])),
  };
}
