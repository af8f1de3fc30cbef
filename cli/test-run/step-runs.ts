// The results of the steps of a test: responses, differences with explanations, and disagreements of the engines.

import { renderExplanation } from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import {
  explainTest,
  type StepFailure,
  type StepRequest,
  type StepResult,
  sameAnswer,
  stepsOf,
  type TestResult,
  whyFailed,
} from '@nhipol/testing';
import { clockOf } from '../engines/engines.ts';
import { colorsOf } from '../io/console.ts';
import { disagreementOf } from './disagreement.ts';
import type { Disagreement, PlaceInFile, StepRun } from './policy-run.ts';
import { responseOf } from './response.ts';

export interface Look {
  readonly policy: Policy;
  readonly placeOf: (span: Span) => PlaceInFile;
  readonly now: bigint | undefined;
  readonly colored: boolean;
}

export function stepRuns(
  { test, given, failures, passed }: TestResult,
  other: TestResult | undefined,
  { policy, placeOf, now, colored }: Look,
): readonly StepRun[] {
  const explanations = passed ? [] : explainTest(policy, test, (at) => clockOf(at, now));
  const why = (failure: StepFailure): string | undefined => {
    const explanation = whyFailed(failure, explanations);
    if (explanation === undefined) return undefined;
    // The heading of an explanation contains the validity.
    const head = failure.differences.some(({ what }) => what === 'until');
    const look = { palette: colorsOf(colored), answer: head, silent: true };
    const text = renderExplanation(explanation, policy.sources, look).trimEnd();
    return text === '' ? undefined : text;
  };
  return stepsOf(test).map((asked, index) => {
    const results = given[index] ?? [];
    const failure = failures.find(({ step }) => step === index + 1);
    const result = failure?.result ?? (results.at(-1) as StepResult);
    return {
      place: placeOf(asked.step.span),
      response: responseOf(result),
      differences: failure?.differences ?? [],
      why: failure && why(failure),
      disagreement: other && disagreementIn(asked, results, other.given[index] ?? []),
    };
  });
}

/** Returns the first disagreement on the results of a step. */
function disagreementIn(
  asked: StepRequest,
  results: readonly StepResult[],
  others: readonly StepResult[],
): Disagreement | undefined {
  for (const [index, result] of results.entries()) {
    const other = others[index] as StepResult;
    if (!sameAnswer(result, other)) return disagreementOf(asked, result, other);
  }
  return undefined;
}
