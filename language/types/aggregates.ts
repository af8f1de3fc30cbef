// The values of aggregates: the exact sum, the smallest or the largest of some numbers, instants or durations.

import { contains, int64Range } from './ranges.ts';
import type { Type } from './types.ts';

export type AggregateForm = 'sum' | 'min' | 'max';

const numbers: ReadonlySet<Type['kind']> = new Set(['Int', 'Decimal', 'Duration']);

/** Instants have an order, but no sum. */
export function isAggregable(form: AggregateForm, { kind }: Type): boolean {
  return numbers.has(kind) || (form !== 'sum' && kind === 'Timestamp');
}

/** Undefined for a sum that exceeds 64 bits, and for the smallest and the largest of no values. */
export function computeAggregate(
  form: AggregateForm,
  values: readonly bigint[],
): bigint | undefined {
  if (form === 'sum') {
    const sum = values.reduce((total, value) => total + value, 0n);
    return contains(int64Range, sum) ? sum : undefined;
  }
  return values.reduce<bigint | undefined>(
    (best, value) =>
      best === undefined || (form === 'min' ? value < best : value > best) ? value : best,
    undefined,
  );
}
