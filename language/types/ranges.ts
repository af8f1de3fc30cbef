// Ranges of 64-bit numbers and interval arithmetic. The results of operators are unbounded, so that the
// caller can determine whether they fit into 64 bits.

/** A range from `min` to `max`, inclusive; for Decimals in millionths. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** The range of 64-bit numbers. */
export const int64Range: Range = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** The range of the sizes of things in memory. */
export const countRange: Range = { min: 0n, max: 2n ** 31n - 1n };

export function makeSingleRange(value: bigint): Range {
  return { min: value, max: value };
}

export function contains(range: Range, value: bigint): boolean {
  return value >= range.min && value <= range.max;
}

export function isSubrange(inner: Range, outer: Range): boolean {
  return inner.min >= outer.min && inner.max <= outer.max;
}

/** The smallest range that contains all of the ranges. */
export function computeHull(first: Range, ...others: readonly Range[]): Range {
  return others.reduce(
    (a, b) => ({ min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max }),
    first,
  );
}

/** The part of a range that fits into 64 bits; the range of 64-bit numbers if there is none. */
export function clampTo64Bits(range: Range): Range {
  const min = range.min > int64Range.min ? range.min : int64Range.min;
  const max = range.max < int64Range.max ? range.max : int64Range.max;
  return min > max ? int64Range : { min, max };
}

/** The range of an operator that is monotonic in each operand. */
export function computeMonotonicRange(
  a: Range,
  b: Range,
  compute: (a: bigint, b: bigint) => bigint,
): Range {
  return computeHull(
    makeSingleRange(compute(a.min, b.min)),
    makeSingleRange(compute(a.min, b.max)),
    makeSingleRange(compute(a.max, b.min)),
    makeSingleRange(compute(a.max, b.max)),
  );
}

/** Like `corners`, for a quotient: excludes zero from the divisors. */
export function computeQuotientRange(
  a: Range,
  b: Range,
  compute: (a: bigint, b: bigint) => bigint,
): Range {
  const below: Range = { min: b.min, max: b.max < -1n ? b.max : -1n };
  const above: Range = { min: b.min > 1n ? b.min : 1n, max: b.max };
  const [first, ...others] = [below, above]
    .filter(({ min, max }) => min <= max)
    .map((part) => computeMonotonicRange(a, part, compute));
  return first === undefined ? int64Range : computeHull(first, ...others);
}
