// Disagreements of evaluator and module as data.

import { formatInstant } from '@nhipol/language/types';
import type { Answer } from '@nhipol/runtime';
import type { StepResult, TableTexts } from '@nhipol/testing';
import type { RunRequest, TestDisagreement } from './policy-run.ts';
import { toStepResponse } from './response.ts';

/** The query of an engine, as JSON strings. */
export interface EngineQuery {
  readonly request: string;
  readonly now: bigint | undefined;
  readonly tables: TableTexts;
}

export interface DecidedQuery extends EngineQuery {
  readonly answer: Answer;
}

export function createDisagreement(
  question: EngineQuery,
  evaluator: StepResult,
  module: StepResult,
): TestDisagreement {
  return {
    ...toRunRequest(question),
    evaluator: toStepResponse(evaluator),
    module: toStepResponse(module),
  };
}

export function toRunRequest({ request, now, tables }: EngineQuery): RunRequest {
  return { request, now: now === undefined ? undefined : formatInstant(now), tables };
}
