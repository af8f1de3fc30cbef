// The answer of the evaluator, which the module must give, too.

import type { AnswerObligation, Answer as AnswerWith } from '@nhipol/runtime/abi';
import type { RequestError } from '../request/errors.ts';

export type Answer = AnswerWith<RequestError>;

/** What can be claimed of an answer. */
export type Verdict = Pick<
  Answer,
  'effect' | 'reasons' | 'constraints' | 'obligations' | 'accessRequest'
>;

/** All that an answer asks for. */
export function allAsked({
  obligations,
  accessRequest,
}: Pick<Answer, 'obligations' | 'accessRequest'>): readonly Pick<
  AnswerObligation,
  'name' | 'properties'
>[] {
  return accessRequest === undefined ? obligations : [...obligations, accessRequest];
}
