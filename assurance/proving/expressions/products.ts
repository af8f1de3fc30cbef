// Products and quotients. They are exact if one operand of a product, or the divisor, is a constant, and where it has one
// of a few values; the result of others is any number within linear bounds.

import { type ApplyExpr, type Expr, findRole } from '@nhipol/language/model';
import { decimalOne } from '@nhipol/language/support';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import { findRange } from '../facts/member-types.ts';
import { type Literal, no } from '../formula/formula.ts';
import {
  add,
  addScaled,
  createConstantTerm,
  isConstantTerm,
  type Linear,
  scale,
  subtract,
} from '../formula/linear.ts';
import { createNumberValue, guardValue } from '../symbolic/algebra.ts';
import { findIdentity } from '../symbolic/identity.ts';
import type { NumberCase, NumberValue } from '../symbolic/symbolic.ts';
import { createFreeValue } from './free.ts';
import { combine, mapTerms } from './numbers.ts';
import { divideTruncated, encodeDivideToEven } from './rounding.ts';

/** A product or a quotient of two numbers. */
export function encodeProduct(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  a: NumberValue,
  b: NumberValue,
): NumberValue {
  const { formula } = encoding;
  const isProduct = findRole(expr) === 'product';
  const [first, second] = expr.args as readonly [Expr, Expr];
  // A small range of one operand is enough; otherwise both have a few small values.
  const isFirstSmall = isProduct && countFactors(first) <= maxSplit && !isConstant(b);
  const left = isProduct && !isConstant(b) ? split(encoding, first, a) : a;
  const isSecondSplit = !isFirstSmall && (!isProduct || !isConstant(a));
  const right = isSecondSplit ? split(encoding, second, b) : b;
  const cases = combine(formula, left, right, (guard, x, y): readonly NumberCase[] => {
    const exact = computeExactResult(encoding, expr, x.term, y.term);
    if (exact === 'none') return [];
    if (exact !== undefined)
      return mapTerms(formula, createNumberValue([{ guard, term: exact }]), (term) => term).cases;
    encoding.approximate('products', expr.span, guard);
    return boundResult(encoding, expr, guard, x, y).cases;
  });
  return createNumberValue(cases.flat());
}

/** The result of an exact operation, or `undefined` if it is not linear. `none`: there is no result. */
function computeExactResult(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  x: Linear,
  y: Linear,
): Linear | 'none' | undefined {
  if (isConstantTerm(x) && isConstantTerm(y)) {
    const value = expr.builtin.evaluate([x.constant, y.constant]) as bigint | undefined;
    return value === undefined ? 'none' : createConstantTerm(value);
  }
  const isDecimal = expr.args.every(({ type }) => type.kind === 'Decimal');
  if (findRole(expr) === 'product') {
    if (!isConstantTerm(x) && !isConstantTerm(y)) return undefined;
    const product = isConstantTerm(x) ? scale(y, x.constant) : scale(x, y.constant);
    return isDecimal ? encodeDivideToEven(encoding, product, decimalOne) : product;
  }
  if (!isConstantTerm(y)) return undefined;
  if (y.constant === 0n) return 'none';
  const isRounded = expr.args[0]?.type.kind === 'Decimal';
  const dividend = isDecimal ? scale(x, decimalOne) : x;
  return (isRounded ? encodeDivideToEven : divideTruncated)(encoding, dividend, y.constant);
}

// --- factors -----------------------------------------------------------------------------------

/** An operand with at most this many values is split into all of them. */
const maxSplit = 32n;

function countFactors({ type }: Expr): bigint {
  const { min, max } = findRange(type);
  return max - min + 1n;
}

function isConstant({ cases }: NumberValue): boolean {
  return cases.every(({ term }) => isConstantTerm(term));
}

/** The number with a case of its own for each value in a small range, or for each of a few small values. */
function split({ formula }: SymbolicEncoding, expr: Expr, value: NumberValue): NumberValue {
  if (isConstant(value)) return value;
  const { min, max } = findRange(expr.type);
  const isSmall = countFactors(expr) <= maxSplit;
  const unit =
    expr.type.kind === 'Decimal' ? decimalOne : expr.type.kind === 'Duration' ? 1000n : 1n;
  const chosen = isSmall
    ? Array.from({ length: Number(max - min) + 1 }, (_, index) => min + BigInt(index))
    : [0n, 1n, 2n, 10n].map((each) => each * unit);
  const cases = value.cases.flatMap((numberCase): readonly NumberCase[] => {
    if (isConstantTerm(numberCase.term)) return [numberCase];
    const parts = chosen.map((wanted) => ({
      guard: formula.and(
        numberCase.guard,
        formula.equal(numberCase.term, createConstantTerm(wanted)),
      ),
      term: createConstantTerm(wanted),
    }));
    const others = formula.and(numberCase.guard, -formula.any(parts.map(({ guard }) => guard)));
    return [...parts, ...(isSmall ? [] : [{ guard: others, term: numberCase.term }])];
  });
  return createNumberValue(cases);
}

// --- bounds ------------------------------------------------------------------------------------

/** Any result within the bounds that follow from the ranges of the operands. */
function boundResult(
  encoding: SymbolicEncoding,
  expr: ApplyExpr,
  guard: Literal,
  x: NumberCase,
  y: NumberCase,
): NumberValue {
  const { formula } = encoding;
  const operands = [x, y].map(({ term }) => createNumberValue([{ guard: 1, term }]));
  const types = expr.args.map(({ type }) => type.kind).join(' ');
  const key = `${expr.builtin.name} ${types} ${operands.map(findIdentity).join(' | ')}`;
  const any = encoding.once(key, () => {
    const free = createFreeValue(encoding, expr, 'product') as NumberValue;
    for (const { guard: known, term } of free.cases) {
      if (findRole(expr) === 'quotient')
        encoding.require(formula.implies(known, -formula.equal(y.term, createConstantTerm(0n))));
      else
        for (const bound of encodeProductBounds(encoding, expr, x.term, y.term, term))
          encoding.require(formula.implies(known, bound));
    }
    return free;
  });
  return guardValue(formula, guard, any as NumberValue);
}

/** The products of the distances from the ends of both ranges are not negative (McCormick). */
function encodeProductBounds(
  { formula }: SymbolicEncoding,
  { args }: ApplyExpr,
  x: Linear,
  y: Linear,
  result: Linear,
): readonly Literal[] {
  const [a, b] = (args as readonly [Expr, Expr]).map(({ type }) => findRange(type)) as [
    ReturnType<typeof findRange>,
    ReturnType<typeof findRange>,
  ];
  const isDecimal = args.every(({ type }) => type.kind === 'Decimal');
  const product = scale(result, isDecimal ? decimalOne : 1n);
  const margin = createConstantTerm(isDecimal ? decimalOne / 2n : 0n);
  const corner = (c: bigint, d: bigint) =>
    addScaled(addScaled(createConstantTerm(-c * d), y, c), x, d);
  const isAbove = (c: bigint, d: bigint) => formula.atMost(subtract(corner(c, d), margin), product);
  const isLower = (c: bigint, d: bigint) => formula.atMost(product, add(corner(c, d), margin));
  return [
    isAbove(a.min, b.min),
    isAbove(a.max, b.max),
    isLower(a.max, b.min),
    isLower(a.min, b.max),
  ].filter((literal) => literal !== no);
}
