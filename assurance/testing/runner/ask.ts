// Evaluates one generated request.

import {
  decideInSession,
  type EvaluatedAnswer,
  evaluate,
  openSession,
  type RequestClock,
  type Trace,
} from '@nhipol/language';
import { collectPolicyHistory, type PolicyModel } from '@nhipol/language/model';
import type { GeneratedRequest } from '../generate/requests.ts';
import { filledAsTaken } from '../generate/tables.ts';
import { readContextTime } from '../generate/test-steps.ts';

const encoder = new TextEncoder();

export function ask(
  policy: PolicyModel,
  request: GeneratedRequest,
  trace?: Trace,
): EvaluatedAnswer {
  const { text, tables } = request;
  return evaluate(filledAsTaken(policy, tables), encoder.encode(text), toClock(request), trace);
}

/**
 * Decides a request like a `request` test: if the policy uses history terms, in a new session without history.
 * Without history terms, or an instant to open the session at, it is the same as `ask`.
 */
export function askAsTest(policy: PolicyModel, request: GeneratedRequest): EvaluatedAnswer {
  if (collectPolicyHistory(policy).length === 0) return ask(policy, request);
  const { text, tables, now = readContextTime(text) } = request;
  if (now === undefined) return ask(policy, request);
  return decideInSession(filledAsTaken(policy, tables), openSession(text, now), now).answer;
}

/** Without an instant of the host, the request's own is used. */
export function toClock({ now }: Pick<GeneratedRequest, 'now'>): RequestClock {
  return { now, precedence: now === undefined ? 'request' : 'host' };
}
