// What an operand may be: whether it may be known and may be unknown, and which values it may have
// where it is known. Always at least what some request can bring about.

import { compares } from '../evaluator/time.ts';
import type { Comparison, Expr } from '../model/model.ts';
import { contrary } from '../types/comparisons.ts';
import { contains, isWithin, type Range, widest } from '../types/ranges.ts';
import type { Value } from '../types/types.ts';

export interface Domain {
  readonly known: boolean;
  readonly unknown: boolean;
  /** Of a number. */
  readonly range: Range;
  /** undefined: whatever its type has. */
  readonly only: readonly Value[] | undefined;
  readonly not: readonly Value[];
  /** The conditions by which it came to be so narrow. */
  readonly since: readonly Expr[];
}

export const anything: Domain = {
  known: true,
  unknown: true,
  range: widest,
  only: undefined,
  not: [],
  since: [],
};

export function justOne(value: Value): Domain {
  return {
    ...anything,
    unknown: false,
    range: typeof value === 'bigint' ? { min: value, max: value } : widest,
    only: [value],
  };
}

/** The values that a condition leaves. */
export type Allowed = Partial<Pick<Domain, 'range' | 'only' | 'not'>>;

/** The domain itself where it is not narrowed. */
export function meet(domain: Domain, { range = widest, only, not = [] }: Allowed): Domain {
  const left: Allowed = {
    range: isWithin(domain.range, range) ? domain.range : intersection(domain.range, range),
    only: common(domain.only, only),
    not: not.every((value) => domain.not.includes(value)) ? domain.not : [...domain.not, ...not],
  };
  if (left.range === domain.range && left.only === domain.only && left.not === domain.not)
    return domain;
  const both: Domain = { ...domain, ...left };
  return both.known && hasNoValue(both) ? { ...both, known: false } : both;
}

/** Whether it may have the value. */
export function admits({ known, only, not, range }: Domain, value: Value): boolean {
  if (!known || (only !== undefined && !only.includes(value)) || not.includes(value)) return false;
  return typeof value !== 'bigint' || contains(range, value);
}

/** Known and unknown no more than it is said; the domain itself where that leaves it as it is. */
export function limited(
  domain: Domain,
  { known = true, unknown = true }: Partial<Pick<Domain, 'known' | 'unknown'>>,
): Domain {
  if ((known || !domain.known) && (unknown || !domain.unknown)) return domain;
  return { ...domain, known: domain.known && known, unknown: domain.unknown && unknown };
}

/** Of two lists, each of which may be that of all; the first itself where the other leaves it whole. */
function common(
  first: readonly Value[] | undefined,
  second: readonly Value[] | undefined,
): readonly Value[] | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  const both = first.filter((value) => second.includes(value));
  return both.length === first.length ? first : both;
}

function intersection(a: Range, b: Range): Range {
  return { min: a.min > b.min ? a.min : b.min, max: a.max < b.max ? a.max : b.max };
}

/** Around both, whichever of them it is. */
export function either(a: Domain, b: Domain): Domain {
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

/** Those of `only` that nothing else excludes. */
function listed({ only, not, range }: Domain): readonly Value[] | undefined {
  return only?.filter(
    (value) => !not.includes(value) && (typeof value !== 'bigint' || contains(range, value)),
  );
}

function hasNoValue(domain: Domain): boolean {
  const values = listed(domain);
  if (values !== undefined) return values.length === 0;
  const { min, max } = domain.range;
  return min > max || (min === max && domain.not.includes(min));
}

/** The one value that it has where it is known. */
export function oneValueOf(domain: Domain): Value | undefined {
  const values = listed(domain);
  if (values !== undefined) return values.length === 1 ? values[0] : undefined;
  return domain.range.min === domain.range.max ? domain.range.min : undefined;
}

interface Ends {
  readonly min: bigint;
  readonly max: bigint;
}

/** Of numbers and of the ordinals of enums. */
function endsOf(domain: Domain): Ends {
  const values = listed(domain) ?? [];
  const numbers = values.filter((v) => typeof v === 'bigint' || typeof v === 'number').map(BigInt);
  const [first, ...others] = numbers;
  if (first === undefined) return domain.range;
  return others.reduce<Ends>(
    ({ min, max }, v) => ({ min: v < min ? v : min, max: v > max ? v : max }),
    { min: first, max: first },
  );
}

/** Whether a comparison of known values may be true, and whether it may be false. */
export function mayCompare(
  operator: Comparison,
  left: Domain,
  right: Domain,
): readonly [boolean, boolean] {
  const [a, b] = [endsOf(left), endsOf(right)];
  switch (operator) {
    case 'is':
    case 'is not': {
      const [one, other] = [oneValueOf(left), oneValueOf(right)];
      const same = one !== undefined && one === other;
      const apart = !haveCommon(left, right);
      return operator === 'is' ? [!apart, !same] : [!same, !apart];
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
  return meet(left, { range: right.range, only: right.only, not: right.not }).known;
}

/** What is left of an operand's values when comparing them with one comes to `worth`. */
export function compared(
  domain: Domain,
  operator: Comparison,
  value: Value,
  worth: boolean,
): Allowed {
  const held = worth ? operator : contrary[operator];
  if (held === 'is') return { only: [value] };
  if (held === 'is not') return { not: [value] };
  if (typeof value === 'number') {
    const ordinals = listed(domain)?.filter((each) => compares(held, each as number, value));
    return { only: ordinals };
  }
  if (typeof value !== 'bigint') return {};
  switch (held) {
    case '<':
      return { range: { ...widest, max: value - 1n } };
    case '<=':
      return { range: { ...widest, max: value } };
    case '>':
      return { range: { ...widest, min: value + 1n } };
    case '>=':
      return { range: { ...widest, min: value } };
  }
}
