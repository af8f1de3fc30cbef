// What an operand may be: whether it may be known and may be unknown, and which values it may have
// where it is known. Always at least what some request can bring about.

import { compares } from '../evaluator/time.ts';
import type { Comparison, Expr } from '../model.ts';
import { contains, type Range, widest } from '../ranges.ts';
import type { Value } from '../types.ts';

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

export function meet(domain: Domain, allowed: Allowed): Domain {
  const { range = widest, only, not = [] } = allowed;
  const both = {
    ...domain,
    range: {
      min: domain.range.min > range.min ? domain.range.min : range.min,
      max: domain.range.max < range.max ? domain.range.max : range.max,
    },
    only: domain.only === undefined ? only : domain.only.filter((v) => only?.includes(v) ?? true),
    not: not.length === 0 ? domain.not : [...domain.not, ...not],
  };
  return both.known && hasNoValue(both) ? { ...both, known: false } : both;
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
  return meet(left, { range: right.range, only: right.only, not: right.not }).known;
}

const contrary: Readonly<Record<Comparison, Comparison>> = {
  is: 'is not',
  'is not': 'is',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

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
