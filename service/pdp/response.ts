// Evaluation responses as callers get them: the whole context, only what AuthZEN's profiles define, or no context. A
// caller that does not get what a permit requires gets a denial.

import type { AuthZenResponse } from '@nhipol/runtime';

/** `profiles`: obligations and access requests, the drafts of AuthZEN's profiles. */
export type ContextForm = 'full' | 'profiles' | 'none';
export const contextForms: readonly ContextForm[] = ['full', 'profiles', 'none'];

export interface ShownResponse {
  readonly decision: boolean;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** `evaluation`: the id of the evaluation, which an access request refers to. */
export function shown(
  { decision, context }: AuthZenResponse,
  form: ContextForm,
  evaluation: string | undefined,
): ShownResponse {
  const id = evaluation === undefined ? {} : { evaluation_id: evaluation };
  if (form === 'full') return { decision, context: { ...context, ...id } };
  const { constraints, obligations, access_request: access, reason, evaluated_at: at } = context;
  // Constraints are not part of a profile.
  const isUnconstrained = Object.keys(constraints ?? {}).length === 0;
  if (form === 'none') {
    return { decision: decision && isUnconstrained && (obligations ?? []).length === 0 };
  }
  const profiled = {
    ...(obligations === undefined ? {} : { obligations }),
    ...(access === undefined ? {} : { access_request: access, reason, evaluated_at: at, ...id }),
  };
  const isEmpty = Object.keys(profiled).length === 0;
  return { decision: decision && isUnconstrained, ...(isEmpty ? {} : { context: profiled }) };
}
