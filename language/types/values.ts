// Formats values for messages and as JSON.

import type { JsonValue } from '@nhipol/runtime/abi';
import { exactDecimal } from '@nhipol/runtime/abi';
import { showDecimal } from '../support/decimal.ts';
import { formatInstant } from './time/instant.ts';
import type { Type, Value } from './types.ts';

const units = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1_000n],
] as const;

/** Formats a duration as a literal: `5m`, `1500ms`. */
export function showDuration(milliseconds: bigint): string {
  const unit = units.find(([, size]) => milliseconds !== 0n && milliseconds % size === 0n);
  if (milliseconds === 0n) return '0s';
  return unit === undefined ? `${milliseconds}ms` : `${milliseconds / unit[1]}${unit[0]}`;
}

/** Formats a scalar for messages. */
export function showValue(type: Type, value: Value): string {
  if (type.kind === 'Timestamp') return formatInstant(value as bigint);
  if (type.kind === 'Duration') return showDuration(value as bigint);
  if (type.kind === 'Decimal') return showDecimal(value as bigint);
  if (type.kind === 'Enum') return type.members[value as number] ?? '';
  return String(value);
}

/** Converts a value to JSON: durations in seconds, instants in RFC 3339, enum members by name, sets sorted. */
export function toJson(type: Type, value: Value): JsonValue {
  if (Array.isArray(value) && (type.kind === 'Set' || type.kind === 'List')) {
    const elements = [...(value as readonly Value[])].sort(compareValues);
    return elements.map((element) => toJson(type.element, element));
  }
  if (type.kind === 'Duration') return exactDecimal(showDecimal((value as bigint) * 1000n));
  if (type.kind === 'Int') return toExactNumber(value as bigint);
  if (type.kind === 'Decimal') return exactDecimal(showDecimal(value as bigint));
  if (type.kind === 'Bool') return value as boolean;
  return showValue(type, value);
}

export function toExactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
