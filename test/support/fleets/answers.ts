// Compares answers and shows their differences.

import { isDeepStrictEqual } from 'node:util';
import type { EvaluatedAnswer } from '@nhipol/language';
import { toComparable } from '../modules/engines.ts';
import { isObject } from './requests.ts';

/** The members of `one` that differ from `other`, in their wire format. */
export function differing(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return one;
  return Object.fromEntries(
    Object.entries(one).flatMap(([name, value]) =>
      isDeepStrictEqual(value, other[name]) ? [] : [[name, differing(value, other[name])]],
    ),
  );
}

/** Whether no sweep reports the second one as a change: the same rules, which can share their ids, decided with the same result. */
export function isSame(a: EvaluatedAnswer, b: EvaluatedAnswer): boolean {
  const [one, other] = [a, b].map((answer) => {
    const { effect, reasons, constraints, lower } = toComparable(answer);
    const rules = answer.reasonDetails.map(({ id, source }) => [id, source]);
    return { effect, reasons, rules, constraints, lower };
  });
  return isDeepStrictEqual(one, other);
}

export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return (
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner)) ??
    String(value)
  );
}
