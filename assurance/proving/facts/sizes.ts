// The sizes of lists whose first elements the formula represents.

import { listGroups } from '../domains/flow.ts';
import { maxThreshold } from '../domains/thresholds.ts';
import { type Literal, no } from '../formula/formula.ts';
import { createConstantTerm, type Linear } from '../formula/linear.ts';
import { countAtLeast } from '../symbolic/cardinality.ts';
import type { SymbolicEncoding } from './encoding.ts';

/** A list needs no more elements to be longer than each size that is distinguished. */
const maxCounted = maxThreshold + 1;

/** Limits of requests: a set or list has at most 256 elements. */
export const maxElements = 256n;

/** The size of a list with at least these elements; it is 0 exactly if it has none. */
export function findSize(
  encoding: SymbolicEncoding,
  place: string,
  held: Literal,
  elements: readonly Literal[],
): Linear {
  const { formula, require, preferences } = encoding;
  const size = encoding.createNumber(`size of ${place}`, 0n, maxElements);
  const isNested = listGroups(place).length > 0;
  const preferred = Math.min(isNested ? 3 : maxCounted, Math.max(2, elements.length));
  preferences.push(formula.atMost(size, createConstantTerm(BigInt(preferred))));
  const counts = countAtLeast(formula, elements, Math.min(elements.length, maxCounted));
  for (const [count, literal] of counts.entries())
    require(formula.implies(literal, formula.atMost(createConstantTerm(BigInt(count)), size)));
  const isEmpty = formula.atMost(size, createConstantTerm(0n));
  require(formula.or(-held, isEmpty, formula.any(elements)));
  return size;
}

/** A list with fewer elements than are represented has exactly these. */
export function requireAll(
  { formula, require }: SymbolicEncoding,
  elements: readonly { readonly present: Literal }[],
  size: Linear,
  others: Literal = no,
): void {
  for (const [count, { present }] of elements.entries())
    require(formula.or(present, others, formula.atMost(size, createConstantTerm(BigInt(count)))));
}
