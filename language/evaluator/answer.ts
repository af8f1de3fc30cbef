// The evaluator's answer. The module must give the same one.

import type { AnswerObligation, Answer as AnswerWith } from '@nhipol/runtime/abi';
import type { RequestError } from '../request/errors.ts';

export type EvaluatedAnswer = AnswerWith<RequestError>;

/** The parts of an answer that an invariant can make claims about. */
export type ClaimableAnswer = Pick<
  EvaluatedAnswer,
  'effect' | 'reasons' | 'constraints' | 'obligations' | 'accessRequest'
>;

/** All obligations of an answer, including its access request. */
export function listAnswerDemands({
  obligations,
  accessRequest,
}: Pick<EvaluatedAnswer, 'obligations' | 'accessRequest'>): readonly Pick<
  AnswerObligation,
  'name' | 'properties'
>[] {
  return accessRequest === undefined ? obligations : [...obligations, accessRequest];
}
