// Defines the meaning of the language. Takes a checked policy and the bytes of a request, and
// returns the answer. It is slow and simple, and no request makes it throw. The module must agree
// with it in everything.

import type { PolicyModel } from '../model/model.ts';
import { decode, type RequestClock } from '../request/decode.ts';
import type { Decoded } from '../request/facts.ts';
import type { EvaluatedAnswer } from './answer.ts';
import { answerInvalidRequest, decideFacts } from './decide.ts';
import type { Trace } from './trace.ts';

export type { RequestClock } from '../request/decode.ts';
export type { Trace } from './trace.ts';

/** Evaluates `request`, an AuthZEN evaluation request as UTF-8 JSON. */
export function evaluate(
  policy: PolicyModel,
  request: Uint8Array,
  clock: RequestClock,
  trace?: Trace,
): EvaluatedAnswer {
  return evaluateDecoded(policy, decode(policy, request, clock), trace);
}

/** The same for a request that is decoded by the declarations of the policy. */
export function evaluateDecoded(
  policy: PolicyModel,
  { facts, error }: Decoded,
  trace?: Trace,
): EvaluatedAnswer {
  if (facts === undefined) {
    if (error === undefined) throw new Error('broken invariant: neither facts nor an error');
    return answerInvalidRequest(error);
  }
  return decideFacts(policy, facts, error, trace);
}
