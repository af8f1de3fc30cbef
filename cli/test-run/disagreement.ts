// Disagreements of evaluator and module as data.

import type { Answer } from '@nhipol/runtime';
import type { TableTexts } from '../../assurance/testing/generate/tables.ts';
import type { StepResult } from '../../assurance/testing/runner/step-result.ts';
import { formatInstant } from '../../language/types/time/instant.ts';
import type { Disagreement, RunRequest } from './policy-run.ts';
import { responseOf } from './response.ts';

/** The query of an engine, as JSON strings. */
export interface Question {
  readonly request: string;
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
}

export interface Decided extends Question {
  readonly answer: Answer;
}

export function disagreementOf(
  question: Question,
  evaluator: StepResult,
  module: StepResult,
): Disagreement {
  return {
    ...askedOf(question),
    evaluator: responseOf(evaluator),
    module: responseOf(module),
  };
}

export function askedOf({ request, now, tables }: Question): RunRequest {
  return { request, now: now === undefined ? undefined : formatInstant(now), tables };
}
