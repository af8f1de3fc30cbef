// Questions of the server to the user, the model or the roots of the client in its answers: in a result (since 2026-07-28), in a
// task and in an error. Each is decided like a request of the server, in every answer to any method.
// The state that the server wants back is sealed, so that a client cannot use it for another request, and a server cannot
// forge the state of the guard.

import { randomUUID } from 'node:crypto';
import { explainAnswer } from '../../engine/answers.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import { MappingError } from '../../mapping/mapping-error.ts';
import type { ClientFacts } from '../client.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import { findRequestMethod } from '../protocol/methods.ts';
import type { RelayOptions } from '../relay-options.ts';
import type { ServerState } from '../relay-state.ts';

/** A request of the client, as far as the questions in its answer depend on it. */
export interface AnsweredRequest extends Omit<ServerState, 'id' | 'state' | 'asked'> {
  readonly method: string;
  /** Whether the revision of the client has questions in results. */
  readonly isStateless: boolean;
  readonly facts: ClientFacts;
}

/** The methods that the client sends again with the answers. */
const resumable: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
/** The methods whose results describe tasks, which the client answers by `tasks/update`. */
const ofTasks: ReadonlySet<string> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel']);

/** Whether a client sends a method again with the answers to questions. */
export function isResumable(method: string): boolean {
  return resumable.has(method);
}

/** Whether the answer has questions, in any form that a client could act on. */
export function hasQuestions({ result, error }: ResponseMessage): boolean {
  return readElicitations(error) !== undefined || (result !== undefined && asks(result));
}

function asks(result: Members): boolean {
  const { resultType, task } = result;
  const isNested = isMembers(task) && ('inputRequests' in task || 'requestState' in task);
  return (
    resultType === 'input_required' ||
    'inputRequests' in result ||
    'requestState' in result ||
    isNested
  );
}

/** The elicitations that an error requires (2025-11-25, error -32042), or `undefined` if it requires none. */
function readElicitations(error: unknown): unknown {
  const data = isMembers(error) ? error.data : undefined;
  return isMembers(data) ? data.elicitations : undefined;
}

export class ServerQuestions {
  readonly #options: RelayOptions;
  readonly #session: () => EngineSession;

  constructor(options: RelayOptions, session: () => EngineSession) {
    this.#options = options;
    this.#session = session;
  }

  /** The text of the answer that the client gets, `same` if it gets the answer itself, or why it gets none. */
  pass(
    { id, result, error }: ResponseMessage,
    request: AnsweredRequest,
  ): string | 'same' | { readonly problem: string } {
    const { method, isStateless, digest, approval, facts } = request;
    if (result === undefined) {
      const elicitations = readElicitations(error);
      const problem = this.#elicitationProblem(elicitations, facts);
      return problem === undefined ? 'same' : { problem };
    }
    const { inputRequests = {}, requestState, resultType, task } = result;
    const isTask = ofTasks.has(method) || resultType === 'task';
    const isInput = resultType === 'input_required' || requestState !== undefined;
    if (isMembers(task) || (!isTask && !(isStateless && isResumable(method)))) {
      return { problem: `the server requests input, which an answer to ${method} cannot do` };
    }
    if (isTask && isInput) return { problem: 'the server requests input for a task by a result' };
    const problem = this.findProblem(inputRequests, facts);
    if (problem !== undefined) return { problem };
    if (isTask) return 'same';
    if (digest === undefined) return { problem: `the server requests input for several decisions` };
    const state = typeof requestState === 'string' ? requestState : undefined;
    const asked = Object.keys(inputRequests as Members);
    const sealed = this.#options.state.serverStates.seal({
      id: randomUUID(),
      digest,
      state,
      asked,
      approval,
    });
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, requestState: sealed } });
  }

  /**
   * The state of the server for the next round of a request, or `undefined` if it is not of this request, or has other
   * answers.
   */
  open({ requestState, inputResponses = {} }: Members, digest: string | undefined) {
    const state = this.#options.state.serverStates.open(requestState);
    if (state === undefined || state.digest !== digest || digest === undefined) return undefined;
    const isAnswered =
      isMembers(inputResponses) &&
      Object.keys(inputResponses).every((name) => state.asked.includes(name));
    return isAnswered ? state : undefined;
  }

  /** Why one of the questions is not permitted, or `undefined` if all of them are. */
  findProblem(inputRequests: unknown, facts: ClientFacts): string | undefined {
    if (!isMembers(inputRequests)) return 'the server requests input in an unknown form';
    for (const inputRequest of Object.values(inputRequests)) {
      const { method, params = {}, ...others } = isMembers(inputRequest) ? inputRequest : {};
      const isKnown = typeof method === 'string' && isMembers(params);
      if (!isKnown || Object.keys(others).length > 0) {
        return 'the server requests input in an unknown form';
      }
      const problem = this.#findProblem(method, params, facts);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #elicitationProblem(elicitations: unknown, facts: ClientFacts): string | undefined {
    if (!Array.isArray(elicitations) || !elicitations.every(isMembers)) {
      return 'the server requests input in an unknown form';
    }
    for (const elicitation of elicitations) {
      const problem = this.#findProblem('elicitation/create', elicitation, facts);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #findProblem(method: string, params: Members, facts: ClientFacts): string | undefined {
    const serverMethod = findRequestMethod('server', method);
    if (serverMethod?.handling !== 'decide')
      return `the server requests input by ${method}, which the guard does not know`;
    try {
      const call = this.#options.mapping.methodCall('server', method, params, facts);
      const { isPassed, answer } = this.#session().decide(call);
      return isPassed ? undefined : explainAnswer(answer);
    } catch (error) {
      if (error instanceof MappingError) return error.message;
      throw error;
    }
  }
}
