// Defines the meaning of the language. Takes a checked policy and the bytes of a request, and
// returns the answer. It is slow and simple, and no request makes it throw. The module must agree
// with it in everything.

import type { Policy } from '../model/model.ts';
import { type Clock, decode } from '../request/decode.ts';
import type { Decoded } from '../request/facts.ts';
import type { Answer } from './answer.ts';
import { answerInvalidRequest, decideFacts } from './decide.ts';
import type { Trace } from './trace.ts';

export type { Clock } from '../request/decode.ts';
export type { Trace } from './trace.ts';

/** Evaluates `request`, an AuthZEN evaluation request as UTF-8 JSON. */
export function evaluate(policy: Policy, request: Uint8Array, clock: Clock, trace?: Trace): Answer {
  return evaluateDecoded(policy, decode(policy, request, clock), trace);
}

/** The same for a request that is decoded by the declarations of the policy. */
export function evaluateDecoded(policy: Policy, { facts, error }: Decoded, trace?: Trace): Answer {
  if (facts === undefined) {
    if (error === undefined) throw new Error('broken invariant: neither facts nor an error');
    return answerInvalidRequest(error);
  }
  return decideFacts(policy, facts, error, trace);
}
