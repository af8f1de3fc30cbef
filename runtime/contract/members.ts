// JSON objects as values of the language.

import { isExactDecimal } from './exact-decimal.ts';

export type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !isExactDecimal(value);
}
