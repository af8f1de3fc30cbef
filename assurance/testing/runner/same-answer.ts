// Whether two engines return exactly the same answer, or the same possibility.

import { stringify, toAuthZen } from '@nhipol/runtime';
import { isPossibility, type StepResult } from './step-result.ts';

export function isSameAnswer(a: StepResult, b: StepResult): boolean {
  return printResult(a) === printResult(b);
}

function printResult(result: StepResult): string {
  if (!isPossibility(result)) return stringify(toAuthZen(result));
  const { possible, reasons, validUntil, error } = result;
  // The offset of an error is in the input, which is a part of a request for a session.
  const { code, path, expected, found } = error ?? {};
  return JSON.stringify({ possible, reasons, validUntil, code, path, expected, found });
}
