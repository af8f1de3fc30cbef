// The result of one step of a test: an answer, or whether its request could be permitted.

import type { Answer, Possibility } from '@nhipol/runtime';

/** The result of a step: the answer to a decision, or whether its request could be permitted. */
export type StepResult = Answer | Possibility;

export function isPossibility(result: StepResult): result is Possibility {
  return 'possible' in result;
}

export function isAnswer(result: StepResult): result is Answer {
  return !isPossibility(result);
}
