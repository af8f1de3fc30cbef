// Answers as data that crosses threads. Classes do not cross threads, so a decimal with more digits than a number can
// represent is sent as a boxed string of its digits; nothing else is boxed.

import { type Answer, type AuthZenResponse, ExactDecimal, toAuthZen } from '@nhipol/runtime';
import { isExactDecimal } from '@nhipol/runtime/abi';
import type { Response } from './policy-run.ts';

export function responseOf(answer: Answer): Response {
  return mapped(toAuthZen(answer), (value) =>
    isExactDecimal(value) ? Object(value.digits) : undefined,
  ) as Response;
}

/** Converts a response to the form that `stringify` writes. */
export function writable(response: Response): AuthZenResponse {
  return mapped(response, (value) =>
    value instanceof String ? new ExactDecimal(String(value)) : undefined,
  ) as AuthZenResponse;
}

/** Replaces each object for which `change` returns another. */
function mapped(value: unknown, change: (value: object) => object | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((element) => mapped(element, change));
  const members = Object.entries(value).map(([name, each]) => [name, mapped(each, change)]);
  return Object.fromEntries(members);
}
