// Ranges of 64-bit numbers, and what arithmetic makes of them. The results of operators are taken
// as if there were no limit to them, so that who asks can tell whether 64 bits hold them all.

/** From `min` to `max`, both included; of Decimals in millionths. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

/** All that 64 bits hold. */
export const widest: Range = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** How many there are of something in memory. */
export const counts: Range = { min: 0n, max: 2n ** 31n - 1n };

export function only(value: bigint): Range {
  return { min: value, max: value };
}

export function contains(range: Range, value: bigint): boolean {
  return value >= range.min && value <= range.max;
}

export function isWithin(inner: Range, outer: Range): boolean {
  return inner.min >= outer.min && inner.max <= outer.max;
}

/** Around both. */
export function around(first: Range, ...others: readonly Range[]): Range {
  return others.reduce(
    (a, b) => ({ min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max }),
    first,
  );
}

/** What 64 bits hold of it; all that they hold, where that is nothing. */
export function held(range: Range): Range {
  const min = range.min > widest.min ? range.min : widest.min;
  const max = range.max < widest.max ? range.max : widest.max;
  return min > max ? widest : { min, max };
}

/** Of an operator that rises or falls in each operand as long as the other stays. */
export function corners(a: Range, b: Range, compute: (a: bigint, b: bigint) => bigint): Range {
  return around(
    only(compute(a.min, b.min)),
    only(compute(a.min, b.max)),
    only(compute(a.max, b.min)),
    only(compute(a.max, b.max)),
  );
}

/** As `corners`, for a quotient: on either side of zero; nothing is divided by zero itself. */
export function quotientCorners(
  a: Range,
  b: Range,
  compute: (a: bigint, b: bigint) => bigint,
): Range {
  const below: Range = { min: b.min, max: b.max < -1n ? b.max : -1n };
  const above: Range = { min: b.min > 1n ? b.min : 1n, max: b.max };
  const [first, ...others] = [below, above]
    .filter(({ min, max }) => min <= max)
    .map((part) => corners(a, part, compute));
  return first === undefined ? widest : around(first, ...others);
}
