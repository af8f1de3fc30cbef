// Answers and possibilities as data that crosses threads. Classes do not cross threads, so a decimal with more digits than a number can
// represent is sent as a boxed string of its digits; nothing else is boxed.

import { ExactDecimal, toAuthZen } from '@nhipol/runtime';
import { isExactDecimal } from '@nhipol/runtime/abi';
import { isPossibility, type StepResult } from '@nhipol/testing';
import { buildPossibilityJson } from '../output/possibility-json.ts';
import type { Response } from './policy-run.ts';

export function toStepResponse<Result extends StepResult>(result: Result): Response<Result> {
  const response = isPossibility(result) ? buildPossibilityJson(result) : toAuthZen(result);
  return mapObjects(response, (value) =>
    isExactDecimal(value) ? Object(value.digits) : undefined,
  ) as Response<Result>;
}

/** Converts a response to the form that `stringify` writes. */
export function copyWritable<Of extends Response>(response: Of): Of {
  return mapObjects(response, (value) =>
    value instanceof String ? new ExactDecimal(String(value)) : undefined,
  ) as Of;
}

/** Replaces each object for which `change` returns another. */
function mapObjects(value: unknown, change: (value: object) => object | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((element) => mapObjects(element, change));
  const members = Object.entries(value).map(([name, each]) => [name, mapObjects(each, change)]);
  return Object.fromEntries(members);
}
