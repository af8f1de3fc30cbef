// Disagreements of evaluator and module as data.

import { formatInstant } from '@nhipol/language/types';
import type { Answer } from '@nhipol/runtime';
import type { StepResult, TableTexts } from '@nhipol/testing';
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
