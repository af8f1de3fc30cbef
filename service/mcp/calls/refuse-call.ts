// The refusal of a call of a tool: a result that the model reads, or an error.

import type { Answer } from '@nhipol/runtime';
import { isFailure } from '../../engine/answers.ts';
import { errorCodes } from '../protocol/message.ts';
import { createErrorResponse, createRefusedResult } from '../protocol/replies.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { GivenCall } from './given-call.ts';

/** `answer`: the one that refused the call, if there is one. */
export type RefuseCall = (
  call: Pick<GivenCall, 'message' | 'traits' | 'passage'>,
  reason: string,
  answer?: Answer,
) => void;

export function createCallRefuser({ refusal }: Pick<RelayOptions, 'refusal'>): RefuseCall {
  return ({ message: { id }, traits, passage }, reason, answer) => {
    const text = `not permitted: ${reason}`;
    if (refusal === 'result') {
      passage.tellClient(createRefusedResult(id, text, traits.isStateless));
      return;
    }
    const isFailed = answer !== undefined && isFailure(answer);
    passage.tellClient(
      createErrorResponse(id, isFailed ? errorCodes.internal : errorCodes.denied, text),
    );
  };
}
