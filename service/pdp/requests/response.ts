// Evaluation responses as callers get them: the whole context, only what AuthZEN's profiles define, or no context. A
// caller that does not get what a permit requires gets a denial.

import { type Answer, type AuthZenResponse, toAuthZen } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';

/** `profiles`: obligations and access requests, the drafts of AuthZEN's profiles. */
export type ContextForm = 'full' | 'profiles' | 'none';
export const contextForms: readonly ContextForm[] = ['full', 'profiles', 'none'];

export interface ShownResponse {
  readonly decision: boolean;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The answer that a caller of this form can carry out, which is the one that is logged. */
export function selectShowable(answer: Answer, form: ContextForm): Answer {
  const { decision, constraints, obligations } = answer;
  // Constraints are not part of a profile.
  const isHidden =
    (form !== 'full' && Object.keys(constraints).length > 0) ||
    (form === 'none' && obligations.length > 0);
  if (!decision || !isHidden) return answer;
  return createRefusalAnswer(
    'not_shown',
    'the caller does not get to know what the permit requires',
  );
}

/** `evaluation`: the id of the evaluation, which an access request refers to. */
export function showAnswer(
  answer: Answer,
  form: ContextForm,
  evaluation: string | undefined,
): ShownResponse {
  const { decision, context } = toAuthZen(selectShowable(answer, form));
  const id = evaluation === undefined ? {} : { evaluation_id: evaluation };
  if (form === 'full') return { decision, context: { ...context, ...id } };
  return { decision, ...(form === 'none' ? {} : applyProfile(context, id)) };
}

function applyProfile(
  { obligations, access_request: access, reason, evaluated_at: at }: AuthZenResponse['context'],
  id: object,
): Pick<ShownResponse, 'context'> {
  const context = {
    ...(obligations === undefined ? {} : { obligations }),
    ...(access === undefined ? {} : { access_request: access, reason, evaluated_at: at, ...id }),
  };
  return Object.keys(context).length === 0 ? {} : { context };
}
