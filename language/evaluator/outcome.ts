// What an expression comes to: a value or unknown, and the first later instant at which time alone
// could change that.

import type { Fact } from '../request/facts.ts';
import { lastInstant } from '../types/time/instant.ts';
import type { Value } from '../types/types.ts';

/** Beside values: the elements of a list of records, and of collections with unknown elements. */
export type Held = Value | readonly Fact[];

export interface Outcome {
  /** undefined: unknown. */
  readonly value: Held | undefined;
  /** undefined: time alone changes nothing. */
  readonly edge: bigint | undefined;
}

/**
 * A time or duration as `offset + sign × instant of evaluation`, or `offset + sign × age(of)`: so
 * that overflow cannot depend on when one asks.
 */
export interface TimeOutcome extends Outcome {
  readonly clock: 'none' | 'now' | 'age';
  readonly sign: bigint;
  readonly of: bigint | undefined;
}

export const unknown: Outcome = { value: undefined, edge: undefined };

/** The earlier edge; none when neither is there. */
export function earliest(...edges: readonly (bigint | undefined)[]): bigint | undefined {
  return edges.reduce(
    (a, b) => (a === undefined ? b : b === undefined || a < b ? a : b),
    undefined,
  );
}

/** The later edge; none, which is never, outlasts all. */
export function latest(edges: readonly (bigint | undefined)[]): bigint | undefined {
  if (edges.length === 0 || edges.includes(undefined)) return undefined;
  return (edges as readonly bigint[]).reduce((a, b) => (a > b ? a : b));
}

/** An edge counts when it lies ahead and can be written as an instant. */
export function ahead(now: bigint, ...candidates: readonly bigint[]): bigint | undefined {
  return earliest(...candidates.filter((edge) => edge > now && edge <= lastInstant));
}
