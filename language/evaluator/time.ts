// Comparing with the clock, and where such a comparison turns. `context.time op threshold` and
// `age(of) op threshold` are the only forms; everything else that reads time was refused.

import type { Comparison } from '../model/model.ts';
import { fits } from '../types/builtins/arithmetic.ts';
import { flipped } from '../types/comparisons.ts';
import { ahead, earliest, type Outcome, type TimeOutcome } from './outcome.ts';

/** A host's clock may run behind the one that stamped a fact by as much. */
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

/** One side reads the clock, once net. */
export function compareTimes(
  operator: Comparison,
  left: TimeOutcome,
  right: TimeOutcome,
  now: bigint | undefined,
): Outcome {
  const edge = earliest(left.edge, right.edge);
  const sign = left.sign - right.sign;
  const clock = left.clock === 'none' ? right : left;
  const [minuend, subtrahend] = sign > 0n ? [right, left] : [left, right];
  const known = minuend.value !== undefined && subtrahend.value !== undefined;
  const threshold = known
    ? fits((minuend.value as bigint) - (subtrahend.value as bigint))
    : undefined;
  if (threshold === undefined || now === undefined) return { value: undefined, edge };
  const turned = sign > 0n ? operator : flipped[operator];
  const found =
    clock.clock === 'now'
      ? compareNow(turned, threshold, now)
      : compareAge(turned, clock.of as bigint, threshold, now);
  return { value: found.value, edge: earliest(edge, found.edge) };
}

function compareNow(operator: Comparison, threshold: bigint, now: bigint): Outcome {
  return {
    value: compares(operator, now, threshold),
    edge: ahead(now, ...turns(operator, threshold)),
  };
}

function compareAge(operator: Comparison, of: bigint, threshold: bigint, now: bigint): Outcome {
  if (of > now + clockSkew) return { value: undefined, edge: ahead(now, of - clockSkew) };
  const age = now > of ? now - of : 0n;
  // The age is nought until `of`, so nothing turns at or before it.
  const candidates = turns(operator, of + threshold).filter((turn) => turn > of);
  return { value: compares(operator, age, threshold), edge: ahead(now, ...candidates) };
}

/** The instants at which `instant op threshold` changes its value. */
function turns(operator: Comparison, threshold: bigint): readonly bigint[] {
  if (operator === '>=' || operator === '<') return [threshold];
  if (operator === '>' || operator === '<=') return [threshold + 1n];
  return [threshold, threshold + 1n];
}
