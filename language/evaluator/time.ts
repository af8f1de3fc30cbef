// Compares with the clock, and finds the instants at which such a comparison changes. `context.time
// op threshold` and `age(of) op threshold` are the only forms; the checker rejects all other reads
// of the clock.

import type { Comparison } from '../model/model.ts';
import { toInt64 } from '../types/builtins/arithmetic.ts';
import { flippedComparisons } from '../types/comparisons.ts';
import {
  type ClockedValue,
  type EvaluatedValue,
  findEarliest,
  findNextInstant,
} from './outcome.ts';

/**
 * The clock of a host may be behind the clock that stamped a fact by up to this many milliseconds.
 */
export const clockSkew = 60_000n;

export function compares(operator: Comparison, a: bigint | number, b: bigint | number): boolean {
  switch (operator) {
    case 'is':
      return a === b;
    case 'is not':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** Compares two values of which exactly one depends on the clock. */
export function compareTimes(
  operator: Comparison,
  left: ClockedValue,
  right: ClockedValue,
  now: bigint | undefined,
): EvaluatedValue {
  const edge = findEarliest(left.edge, right.edge);
  const sign = left.sign - right.sign;
  const clock = left.clock === 'none' ? right : left;
  const [minuend, subtrahend] = sign > 0n ? [right, left] : [left, right];
  const isKnown = minuend.value !== undefined && subtrahend.value !== undefined;
  const threshold = isKnown
    ? toInt64((minuend.value as bigint) - (subtrahend.value as bigint))
    : undefined;
  if (threshold === undefined || now === undefined) return { value: undefined, edge };
  const oriented = sign > 0n ? operator : flippedComparisons[operator];
  const evaluatedValue =
    clock.clock === 'now'
      ? compareNow(oriented, threshold, now)
      : compareAge(oriented, clock.of as bigint, threshold, now);
  return { value: evaluatedValue.value, edge: findEarliest(edge, evaluatedValue.edge) };
}

function compareNow(operator: Comparison, threshold: bigint, now: bigint): EvaluatedValue {
  return {
    value: compares(operator, now, threshold),
    edge: findNextInstant(now, ...listChanges(operator, threshold)),
  };
}

function compareAge(
  operator: Comparison,
  of: bigint,
  threshold: bigint,
  now: bigint,
): EvaluatedValue {
  if (of > now + clockSkew) return { value: undefined, edge: findNextInstant(now, of - clockSkew) };
  const age = now > of ? now - of : 0n;
  // The age is 0 until `of`, so nothing changes at or before it.
  const candidates = listChanges(operator, of + threshold).filter((change) => change > of);
  return { value: compares(operator, age, threshold), edge: findNextInstant(now, ...candidates) };
}

/** The instants at which `instant op threshold` changes its value. */
function listChanges(operator: Comparison, threshold: bigint): readonly bigint[] {
  if (operator === '>=' || operator === '<') return [threshold];
  if (operator === '>' || operator === '<=') return [threshold + 1n];
  return [threshold, threshold + 1n];
}
