// Decides requests that a proxy checks: maps the attributes, has the decision point answer, and denies what fails. Nothing is
// thrown, since a proxy may be configured to let requests through when a check fails.

import { randomUUID } from 'node:crypto';
import { type Answer, type AuthZenResponse, toAuthZen } from '@nhipol/runtime';
import type { Access } from '../access/access.ts';
import type { Caller } from '../access/caller.ts';
import { createRefusalAnswer } from '../engine/answers.ts';
import { findNumberProblem } from '../json/exact.ts';
import type { Inputs } from '../mapping/expression.ts';
import { MappingError } from '../mapping/mapping-error.ts';
import type { DecisionPoint } from '../pdp/decision-point.ts';
import type { Endpoint, Observer } from '../pdp/observer.ts';
import { Problem, TooManyRequests } from '../pdp/problem.ts';
import { stringifyExactly } from '../pdp/requests/exact-json.ts';
import type { ContextForm } from '../pdp/requests/response.ts';
import type { Evidence } from '../pdp/requests/vouched-facts.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { readTraceId } from '../support/trace-id.ts';
import { expectEvaluator, identifyProxyCaller, type ProxyCall } from './callers.ts';
import type { GrpcMapping, RequestMapping } from './mapping.ts';

export interface CheckOptions {
  readonly point: DecisionPoint;
  readonly access: Access;
  readonly mapping: GrpcMapping;
  /** The names of obligations that the proxy, or what is after it, carries out. */
  readonly obligations: ReadonlySet<string>;
  /**
   * The names of constraints that a server of MCP applies, and of those that the active policy itself compares with the
   * arguments.
   */
  readonly constraints: () => ReadonlySet<string>;
  /** The part of the context that refused clients get. */
  readonly contextForm: ContextForm;
  readonly observer: Observer;
  readonly onWarning: (warning: string) => void;
}

/** A request to decide, and what is known about it. */
export interface CheckedCall {
  readonly endpoint: Endpoint;
  readonly mapping: RequestMapping;
  readonly inputs: Inputs;
  readonly evidence: Evidence;
  readonly headers: ReadonlyMap<string, string>;
  /** Replaces an answer that the proxy cannot carry out. */
  readonly restrict: (answer: Answer) => Answer;
}

export class Decided {
  readonly answer: Answer;
  /** The id of the decision. */
  readonly id: string;
  #context: AuthZenResponse['context'] | undefined;

  constructor(answer: Answer, id: string) {
    this.answer = answer;
    this.id = id;
  }

  get context(): AuthZenResponse['context'] {
    this.#context ??= toAuthZen(this.answer).context;
    return this.#context;
  }
}

/** Rejects for a caller with too many requests only. `call`: that of the proxy, which must be one that may have requests decided. */
export async function decideChecked(
  options: CheckOptions,
  call: ProxyCall,
  { endpoint, mapping, inputs, evidence, headers, restrict }: CheckedCall,
): Promise<Decided> {
  let caller: Caller | undefined;
  try {
    caller = await identifyProxyCaller(options.access, call);
    expectEvaluator(caller);
    const { request, session } = mapping.request(inputs);
    const text = stringifyExactly(request);
    const problem = findNumberProblem(text) ?? options.point.policy.declared.numberProblem(text);
    if (problem !== undefined) throw new MappingError(problem);
    const traceId = readTraceId(headers.get('traceparent'));
    const asking = { caller, evidence, session, traceId, endpoint, restrict };
    const { answer, id } = await options.point.answer(request, asking);
    return new Decided(answer, id);
  } catch (error) {
    return refuseRequest(options, endpoint, error, caller);
  }
}

/** The refusal of a request that could not be decided. Throws a `TooManyRequests`. `caller`: `undefined` if it was not identified. */
export function refuseRequest(
  { point, observer, onWarning }: CheckOptions,
  endpoint: Endpoint,
  error: unknown,
  caller: Caller | undefined,
): Decided {
  // A status of gRPC, on which a proxy refuses the request; nothing is written for each.
  if (error instanceof TooManyRequests) throw error;
  const id = randomUUID();
  const message = formatErrorMessage(error);
  let answer: Answer;
  if (error instanceof MappingError) {
    answer = createRefusalAnswer('not_mapped', `the request cannot be mapped: ${message}`);
  } else if (error instanceof Problem) {
    answer = createRefusalAnswer(error.status === 401 ? 'unknown_caller' : 'not_decided', message);
  } else {
    onWarning(`a check failed: ${message}`);
    answer = createRefusalAnswer('engine_error', 'the service failed');
  }
  point.lines.logRefusal(caller?.id ?? 'unknown', id, message);
  observer.decided(endpoint, answer.effect, 0);
  return new Decided(answer, id);
}
