// Decides requests that are not calls of tools, of both sides, and records the outcomes of those of the client.

import { explainAnswer, isFailure } from '../../engine/answers.ts';
import type { Call } from '../../engine/call.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import { limitProblem } from '../calls/limited-result.ts';
import { recordEnd, toResult } from '../calls/outcome.ts';
import type { ToolCalls } from '../calls/tool-calls.ts';
import type { ClientFacts } from '../client.ts';
import { errorCodes, type RequestMessage, type ResponseMessage } from '../protocol/message.ts';
import type { ClientMethod, MethodSender } from '../protocol/methods.ts';
import { createErrorResponse, describeMappingError } from '../protocol/replies.ts';
import { hasQuestions } from '../questions/server-questions.ts';
import type { RelayClient } from '../relay-client.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { PendingRequest, PermittedRequest } from './pending-requests.ts';

/** A request that is not permitted, with the error that its sender gets. */
export interface RefusedRequest {
  readonly refusal: string;
}

/** The properties of an answer that are recorded. */
export interface RecordedAnswer {
  /** The length of the message. */
  readonly size: number;
  /** Whether the client gets it. */
  readonly isDelivered: boolean;
  /** The ids of the tasks that it is about. */
  readonly tasks: readonly unknown[];
}

export class MethodDecisions {
  readonly #options: RelayOptions;
  readonly #client: RelayClient;
  readonly #calls: ToolCalls;

  constructor(options: RelayOptions, client: RelayClient, calls: ToolCalls) {
    this.#options = options;
    this.#client = client;
    this.#calls = calls;
  }

  /** Whether the policy decides a request of the client. */
  isDecided(name: string, { handling }: ClientMethod): boolean {
    return handling === 'decide' || (this.#options.mapping.decidesAll && name !== 'ping');
  }

  /** Decides a request. Returns `undefined` if it is permitted without a decision, because nothing is enforced. */
  decide(
    from: MethodSender,
    message: RequestMessage,
    facts: ClientFacts,
  ): PermittedRequest | RefusedRequest | undefined {
    const { id, method, params, text: sent } = message;
    const { mapping, mode } = this.#options;
    const session = this.#client.openSession();
    let call: Call;
    try {
      call = { ...mapping.methodCall(from, method, params, facts), sent };
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      session.logRefusal(`${method}: ${error.message}`);
      if (mode === 'observe') return undefined;
      return {
        refusal: createErrorResponse(id, errorCodes.invalidParams, describeMappingError(error)),
      };
    }
    const { isPassed, answer, approval } = session.decide(call);
    if (!isPassed) {
      const code = isFailure(answer) ? errorCodes.internal : errorCodes.denied;
      return { refusal: createErrorResponse(id, code, `not permitted: ${explainAnswer(answer)}`) };
    }
    // Only results of tools have structured content.
    const problem = limitProblem(answer, this.#options);
    if (problem === undefined) return { calls: [call], approval, permission: answer };
    session.logRefusal(`${method}: ${problem}`);
    return { refusal: createErrorResponse(id, errorCodes.denied, `not permitted: ${problem}`) };
  }

  /** Returns the digest of a request that the client sends again with answers. */
  computeDigest({ method, params }: RequestMessage, facts: ClientFacts): string | undefined {
    const call = this.#options.mapping.methodCall('client', method, params, facts);
    return this.#client.openSession().computeDigest(call);
  }

  /** Records the outcome of a request of the client. Returns whether the client may get the answer. */
  recordAnswer(
    { request, facts }: PendingRequest,
    message: ResponseMessage,
    { size, isDelivered, tasks }: RecordedAnswer,
  ): boolean {
    const { mapping, mode } = this.#options;
    const { method, params } = request;
    let call: Call;
    try {
      call = mapping.methodCall('client', method, params, facts);
    } catch (error) {
      if (!(error instanceof MappingError)) throw error;
      return mode === 'observe';
    }
    const delivered = isDelivered
      ? tasks.flatMap((taskId) => this.#calls.callsOfTask({ taskId }))
      : [];
    const ofTask = this.#calls.deliverResult(delivered, size);
    const isRecorded = hasQuestions(message)
      ? this.#calls.deliverResult(isDelivered ? [call] : [], size)
      : recordEnd(this.#client.openSession(), [call], {
          ...toResult(message, size),
          isDelivered,
        });
    return ofTask && isRecorded;
  }
}
