// Linear terms over integer variables, and the inequalities between them in a normal form. All arithmetic is
// exact.

/** A constant plus a sum of variables with their coefficients, none of which is zero. */
export interface Linear {
  readonly constant: bigint;
  readonly terms: ReadonlyMap<number, bigint>;
}

/** The inequality `sum of the terms <= bound`, with terms in the order of the variables. */
export interface Inequality {
  readonly terms: readonly (readonly [variable: number, coefficient: bigint])[];
  readonly bound: bigint;
}

export function createConstantTerm(value: bigint): Linear {
  return { constant: value, terms: new Map() };
}

/** `a + factor * b`. */
export function addScaled(a: Linear, b: Linear, factor: bigint): Linear {
  const terms = new Map(a.terms);
  for (const [variable, coefficient] of b.terms) {
    const sum = (terms.get(variable) ?? 0n) + factor * coefficient;
    if (sum === 0n) terms.delete(variable);
    else terms.set(variable, sum);
  }
  return { constant: a.constant + factor * b.constant, terms };
}

export function add(a: Linear, b: Linear): Linear {
  return addScaled(a, b, 1n);
}

export function subtract(a: Linear, b: Linear): Linear {
  return addScaled(a, b, -1n);
}

export function scale(a: Linear, factor: bigint): Linear {
  return addScaled(createConstantTerm(0n), a, factor);
}

export function isConstantTerm({ terms }: Linear): boolean {
  return terms.size === 0;
}

/** `a <= b`, divided by the greatest common divisor of the coefficients; exact for integers. */
export function normalizeInequality(a: Linear, b: Linear): Inequality {
  const { constant: own, terms } = subtract(a, b);
  const sorted = [...terms].sort(([x], [y]) => x - y);
  const divisor = sorted.reduce((found, [, c]) => computeGcd(found, c), 0n);
  if (divisor === 0n) return { terms: [], bound: -own };
  return {
    terms: sorted.map(([variable, c]) => [variable, c / divisor]),
    bound: floorDivide(-own, divisor),
  };
}

/** The inequality that holds for exactly those integers for which `inequality` does not. */
export function negateInequality({ terms, bound }: Inequality): Inequality {
  return { terms: terms.map(([variable, c]) => [variable, -c]), bound: -bound - 1n };
}

/** The value of a term where the variables have these values. */
export function evaluateLinear(
  term: Linear,
  valueOfVariable: (variable: number) => bigint,
): bigint {
  let sum = term.constant;
  for (const [variable, c] of term.terms) sum += c * valueOfVariable(variable);
  return sum;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}

/** The greatest common divisor, which is not negative; of zeros: 0. */
export function computeGcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
