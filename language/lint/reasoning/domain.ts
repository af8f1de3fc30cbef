// The domain of an operand: whether it can be known and can be unknown, and which values it can
// have if known. A domain never excludes what some request can produce.

import { compares } from '../../evaluator/time.ts';
import type { Comparison, Expr } from '../../model/model.ts';
import { negatedComparisons } from '../../types/comparisons.ts';
import { contains, int64Range, isSubrange, type Range } from '../../types/ranges.ts';
import type { Value } from '../../types/types.ts';

/** The values that an operand can have. */
export interface Domain {
  readonly known: boolean;
  readonly unknown: boolean;
  /** The range of a number. */
  readonly range: Range;
  /** `undefined` for all values of its type. */
  readonly only: readonly Value[] | undefined;
  readonly not: readonly Value[];
  /** The conditions that narrowed it. */
  readonly since: readonly Expr[];
}

/** The domain without restrictions. */
export const anyDomain: Domain = {
  known: true,
  unknown: true,
  range: int64Range,
  only: undefined,
  not: [],
  since: [],
};

/** The domain of an operand that always has the value. */
export function createSingleton(value: Value): Domain {
  return {
    ...anyDomain,
    unknown: false,
    range: typeof value === 'bigint' ? { min: value, max: value } : int64Range,
    only: [value],
  };
}

/** The values that a condition leaves. */
export type AllowedValues = Partial<Pick<Domain, 'range' | 'only' | 'not'>>;

/** Returns the domain itself if it is not narrowed. */
export function intersectDomains(
  domain: Domain,
  { range = int64Range, only, not = [] }: AllowedValues,
): Domain {
  const narrowed: AllowedValues = {
    range: isSubrange(domain.range, range) ? domain.range : intersectRanges(domain.range, range),
    only: intersectValues(domain.only, only),
    not: not.every((value) => domain.not.includes(value)) ? domain.not : [...domain.not, ...not],
  };
  if (
    narrowed.range === domain.range &&
    narrowed.only === domain.only &&
    narrowed.not === domain.not
  )
    return domain;
  const both: Domain = { ...domain, ...narrowed };
  return both.known && hasNoValue(both) ? { ...both, known: false } : both;
}

/** Whether the domain contains the value. */
export function admits({ known, only, not, range }: Domain, value: Value): boolean {
  if (!known || (only !== undefined && !only.includes(value)) || not.includes(value)) return false;
  return typeof value !== 'bigint' || contains(range, value);
}

/**
 * Restricts whether the operand can be known and unknown. Returns the domain itself if nothing
 * changes.
 */
export function restrictKnown(
  domain: Domain,
  { known = true, unknown = true }: Partial<Pick<Domain, 'known' | 'unknown'>>,
): Domain {
  if ((known || !domain.known) && (unknown || !domain.unknown)) return domain;
  return { ...domain, known: domain.known && known, unknown: domain.unknown && unknown };
}

/**
 * Intersects two lists, where undefined means all values. Returns the first list itself if it stays
 * whole.
 */
function intersectValues(
  first: readonly Value[] | undefined,
  second: readonly Value[] | undefined,
): readonly Value[] | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  const both = first.filter((value) => second.includes(value));
  return both.length === first.length ? first : both;
}

function intersectRanges(a: Range, b: Range): Range {
  return { min: a.min > b.min ? a.min : b.min, max: a.max < b.max ? a.max : b.max };
}

/** The union of two domains. */
export function uniteDomains(a: Domain, b: Domain): Domain {
  if (!a.known) return { ...b, unknown: a.unknown || b.unknown };
  if (!b.known) return { ...a, unknown: a.unknown || b.unknown };
  return {
    known: true,
    unknown: a.unknown || b.unknown,
    range: {
      min: a.range.min < b.range.min ? a.range.min : b.range.min,
      max: a.range.max > b.range.max ? a.range.max : b.range.max,
    },
    only: a.only && b.only && [...new Set([...a.only, ...b.only])],
    not: a.not.filter((value) => b.not.includes(value)),
    since: [...a.since, ...b.since],
  };
}

/** The values of `only` that nothing else excludes. */
function listValues({ only, not, range }: Domain): readonly Value[] | undefined {
  return only?.filter(
    (value) => !not.includes(value) && (typeof value !== 'bigint' || contains(range, value)),
  );
}

function hasNoValue(domain: Domain): boolean {
  return domain.range.min > domain.range.max || listFewValues(domain)?.length === 0;
}

/** With more values, a number is known by its range only. */
const fewValues = 16n;

/** The values that the operand can have if known, or `undefined` if they are many. */
export function listFewValues(domain: Domain): readonly Value[] | undefined {
  const values = listValues(domain);
  const { min, max } = domain.range;
  if (values !== undefined || max - min >= fewValues) return values;
  const numbers = Array.from({ length: Number(max - min) + 1 }, (_, index) => min + BigInt(index));
  return numbers.filter((value) => !domain.not.includes(value));
}

/** The only value that the operand can have if known. */
export function findOnlyValue(domain: Domain): Value | undefined {
  const values = listFewValues(domain);
  return values?.length === 1 ? values[0] : undefined;
}

interface Bounds {
  readonly min: bigint;
  readonly max: bigint;
}

/** The bounds of numbers and of the ordinals of enums. */
function findBounds(domain: Domain): Bounds {
  const values = listValues(domain) ?? [];
  const numbers = values.filter((v) => typeof v === 'bigint' || typeof v === 'number').map(BigInt);
  const [first, ...others] = numbers;
  if (first === undefined) return domain.range;
  return others.reduce<Bounds>(
    ({ min, max }, v) => ({ min: v < min ? v : min, max: v > max ? v : max }),
    { min: first, max: first },
  );
}

/** Whether a comparison of known values can be true, and whether it can be false. */
export function mayCompare(
  operator: Comparison,
  left: Domain,
  right: Domain,
): readonly [boolean, boolean] {
  const [a, b] = [findBounds(left), findBounds(right)];
  switch (operator) {
    case 'is':
    case 'is not': {
      const [one, other] = [findOnlyValue(left), findOnlyValue(right)];
      const same = one !== undefined && one === other;
      const disjoint = !haveCommon(left, right);
      return operator === 'is' ? [!disjoint, !same] : [!same, !disjoint];
    }
    case '<':
      return [a.min < b.max, a.max >= b.min];
    case '<=':
      return [a.min <= b.max, a.max > b.min];
    case '>':
      return [a.max > b.min, a.min <= b.max];
    case '>=':
      return [a.max >= b.min, a.min < b.max];
  }
}

function haveCommon(left: Domain, right: Domain): boolean {
  if (left.only !== undefined) return left.only.some((v) => admits(left, v) && admits(right, v));
  return intersectDomains(left, { range: right.range, only: right.only, not: right.not }).known;
}

/** The values that remain if comparing the operand with one yields `result`. */
export function limitByComparison(
  domain: Domain,
  operator: Comparison,
  value: Value,
  result: boolean,
): AllowedValues {
  const effective = result ? operator : negatedComparisons[operator];
  if (effective === 'is') return { only: [value] };
  if (effective === 'is not') return { not: [value] };
  if (typeof value === 'number') {
    const ordinals = listValues(domain)?.filter((each) =>
      compares(effective, each as number, value),
    );
    return { only: ordinals };
  }
  if (typeof value !== 'bigint') return {};
  switch (effective) {
    case '<':
      return { range: { ...int64Range, max: value - 1n } };
    case '<=':
      return { range: { ...int64Range, max: value } };
    case '>':
      return { range: { ...int64Range, min: value + 1n } };
    case '>=':
      return { range: { ...int64Range, min: value } };
  }
}
