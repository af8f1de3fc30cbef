// The constraints that an operator names: those that the server enforces, and those that the guard applies to results.

import type { ResultLimits } from '@nhipol/service';
import { UsageError } from '../../io/exit-codes.ts';

export interface Constraints {
  readonly names: readonly string[];
  readonly resultLimits: ResultLimits;
}

/** `given`: `NAME`, or `NAME=result.PATH` with a place in the structured content of results. */
export async function parseConstraints(given: readonly string[]): Promise<Constraints> {
  const { findResultPlace } = await import('@nhipol/service');
  const limits = new Map<string, readonly string[]>();
  const names = given.map((each) => {
    const [name = '', ...place] = each.split('=');
    if (place.length === 0) return name;
    try {
      limits.set(name, findResultPlace(place.join('=')));
    } catch (error) {
      throw new UsageError(`--constraint ${each}: ${(error as Error).message}`);
    }
    return name;
  });
  return { names, resultLimits: limits };
}
