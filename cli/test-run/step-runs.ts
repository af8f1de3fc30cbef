// The results of the steps of a test: responses, differences with explanations, and disagreements of the engines.

import { renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import {
  explainStepFailure,
  explainTest,
  isSameAnswer,
  listStepRequests,
  type StepFailure,
  type StepRequest,
  type StepResult,
  type TestResult,
} from '@nhipol/testing';
import { chooseStepTime } from '../engines/engines.ts';
import { buildColors } from '../io/console.ts';
import { createDisagreement } from './disagreement.ts';
import type { PlaceInFile, StepRun, TestDisagreement } from './policy-run.ts';
import { toStepResponse } from './response.ts';

export interface StepRunContext {
  readonly policy: PolicyModel;
  readonly findPlace: (span: Span) => PlaceInFile;
  readonly now: bigint | undefined;
  readonly colored: boolean;
}

export function listStepRuns(
  { test, given, failures, passed }: TestResult,
  other: TestResult | undefined,
  { policy, findPlace, now, colored }: StepRunContext,
): readonly StepRun[] {
  const explanations = passed
    ? []
    : explainTest(policy, test, (instant) => chooseStepTime(instant, now));
  const why = (failure: StepFailure): string | undefined => {
    const explanation = explainStepFailure(failure, explanations);
    if (explanation === undefined) return undefined;
    // The heading of an explanation contains the validity.
    const head = failure.differences.some(({ what }) => what === 'until');
    const look = { palette: buildColors(colored), answer: head, silent: true };
    const text = renderExplanation(explanation, policy.sources, look).trimEnd();
    return text === '' ? undefined : text;
  };
  return listStepRequests(test).map((stepRequest, index) => {
    const results = given[index] ?? [];
    const failure = failures.find(({ step }) => step === index + 1);
    const result = failure?.result ?? (results.at(-1) as StepResult);
    return {
      place: findPlace(stepRequest.step.span),
      response: toStepResponse(result),
      differences: failure?.differences ?? [],
      why: failure && why(failure),
      disagreement: other && findDisagreement(stepRequest, results, other.given[index] ?? []),
    };
  });
}

/** Returns the first disagreement on the results of a step. */
function findDisagreement(
  stepRequest: StepRequest,
  results: readonly StepResult[],
  others: readonly StepResult[],
): TestDisagreement | undefined {
  for (const [index, result] of results.entries()) {
    const other = others[index] as StepResult;
    if (!isSameAnswer(result, other)) return createDisagreement(stepRequest, result, other);
  }
  return undefined;
}
