// The result of an expression: a value or unknown, and the first later instant at which time alone
// could change it.

import type { Fact } from '../request/fact.ts';
import { lastInstant } from '../types/time/instant.ts';
import type { Value } from '../types/types.ts';

/**
 * Includes, in addition to values, the elements of lists of records and of collections with unknown
 * elements.
 */
export type Held = Value | readonly Fact[];

/**
 * The value of an expression, and its edge: the first later instant at which time alone can change
 * it.
 */
export interface EvaluatedValue {
  /** `undefined` if it is unknown. */
  readonly value: Held | undefined;
  /** `undefined` if time alone never changes the value. */
  readonly edge: bigint | undefined;
}

/**
 * A time or duration as `offset + sign × instant of evaluation`, or `offset + sign × age(of)`, so
 * that overflow does not depend on the instant of the evaluation.
 */
export interface ClockedValue extends EvaluatedValue {
  readonly clock: 'none' | 'now' | 'age';
  readonly sign: bigint;
  readonly of: bigint | undefined;
}

export const unknown: EvaluatedValue = { value: undefined, edge: undefined };

/** The earliest edge, or `undefined` if there is none. */
export function findEarliest(...edges: readonly (bigint | undefined)[]): bigint | undefined {
  return edges.reduce(
    (a, b) => (a === undefined ? b : b === undefined || a < b ? a : b),
    undefined,
  );
}

/** The latest edge; undefined, which means never, is later than all others. */
export function findLatest(edges: readonly (bigint | undefined)[]): bigint | undefined {
  if (edges.length === 0 || edges.includes(undefined)) return undefined;
  return (edges as readonly bigint[]).reduce((a, b) => (a > b ? a : b));
}

/** The earliest candidate that is after `now` and can be represented as an instant. */
export function findNextInstant(now: bigint, ...candidates: readonly bigint[]): bigint | undefined {
  return findEarliest(...candidates.filter((edge) => edge > now && edge <= lastInstant));
}
