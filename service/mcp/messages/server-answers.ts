// The answers of a server: records their outcomes, decides the questions in them, and removes from lists what the client could
// never use. An answer to a request that a closed gate stopped becomes a refusal.

import { isMembers } from '../../json/members.ts';
import type { ListName } from '../calls/call-mapping.ts';
import { unrecorded } from '../calls/outcome.ts';
import type { ClientFacts } from '../client.ts';
import type { Passage } from '../passage.ts';
import { selectUsableItems } from '../possible.ts';
import { errorCodes, type MessageId, type ResponseMessage } from '../protocol/message.ts';
import { type ClientMethod, isEmptyList } from '../protocol/methods.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import { hasQuestions, isResumable } from '../questions/server-questions.ts';
import { answerLost } from '../work/unanswered-work.ts';
import { isTask, readRelatedTask, readTask, readTaskId } from './is-task.ts';
import type { PendingRequest } from './pending-requests.ts';
import type { RelayParts } from './relay-parts.ts';
import { explainUnexpectedTask, stopUnexpectedTask } from './unexpected-task.ts';
import { removeResultText } from './without-text.ts';

/** The requests about a task whose answers state what became of it. */
const statingMethods: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/cancel']);

export class ServerAnswers {
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  take(message: ResponseMessage, bytes: Uint8Array, passage: Passage): void {
    const { id } = message;
    const { options, lister, calls, fromClient, clientProgress } = this.#parts;
    if (id === null) {
      options.onWarning('the server could not read a message');
      return;
    }
    if (lister.answer(message, passage)) return;
    if (options.state.serverTasks.takeAnswer(message)) return;
    clientProgress.end(id, readTaskId(message));
    if (calls.complete(message, bytes, passage)) return;
    const pending = fromClient.take(id);
    if (pending === undefined) {
      options.onWarning('dropped a response of the server to no request');
      return;
    }
    const problem = this.#taskProblem(pending, message);
    if (problem !== undefined) stopUnexpectedTask(this.#parts, pending, message, problem);
    // The client does not expect the answer to a request that it cancelled.
    if (pending.isAwaited) this.#answer(pending, message, bytes, passage);
  }

  /** The answer to a request cannot come by its connection any more. `message`: the error instead. */
  lose(message: ResponseMessage, bytes: Uint8Array, passage: Passage): void {
    const { calls, fromClient } = this.#parts;
    if (message.id === null || calls.lose(message, bytes, passage)) return;
    const lost = fromClient.findLost(message.id);
    if (lost === undefined) {
      this.take(message, bytes, passage);
      return;
    }
    const { isAwaited } = lost.work;
    lost.work.lose(answerLost);
    if (isAwaited) this.#answer(lost, message, bytes, passage);
  }

  #answer(
    pending: PendingRequest,
    message: ResponseMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const { client, decisions } = this.#parts;
    const { request, method } = pending;
    const closed = this.#refusal(pending, message, passage);
    const isDelivered = closed === undefined;
    const recorded = { size: bytes.length, isDelivered, tasks: this.#findTasks(pending, message) };
    const isRecorded =
      !this.#hasText(method, message) || decisions.recordAnswer(pending, message, recorded);
    this.#noteTask(pending, message);
    const refused = closed ?? this.#refusal(pending, message, passage);
    if (refused !== undefined) {
      client.refuse(`the answer to ${request.method}: ${refused}`);
      this.#fail(request.id, errorCodes.denied, refused, passage);
    } else if (!isRecorded) {
      this.#fail(request.id, errorCodes.internal, unrecorded, passage);
    } else if (hasQuestions(message)) {
      this.#passQuestions(message, bytes, pending, passage);
    } else {
      this.#pass(request.id, this.#usable(pending, message) ?? bytes, passage);
    }
  }

  /** Why the client gets no answer, or `undefined` if it may get one. */
  #refusal(
    pending: PendingRequest,
    message: ResponseMessage,
    passage: Passage,
  ): string | undefined {
    if (passage.withheldReason !== undefined) return passage.withheldReason;
    const problem = this.#taskProblem(pending, message);
    if (problem !== undefined) return problem;
    const { tasks } = this.#parts;
    // A task that was stopped is left out of a list.
    const about = pending.method.answer === 'tasks' ? [] : this.#findTasks(pending, message);
    for (const taskId of [...about, readRelatedTask(message.result ?? {})]) {
      const stopped = tasks.explainStop(taskId);
      if (stopped !== undefined) return stopped;
    }
    return undefined;
  }

  #taskProblem(pending: PendingRequest, message: ResponseMessage): string | undefined {
    const isEnforced = this.#parts.options.mode === 'enforce';
    return isEnforced ? explainUnexpectedTask(this.#parts, pending, message) : undefined;
  }

  /** Whether a text for the agent is in the answer. Before the first use of anything, nothing is recorded. */
  #hasText(method: ClientMethod, message: ResponseMessage): boolean {
    const isText = method.answer !== 'acknowledgement' && method.answer !== 'description';
    if (message.error !== undefined) return isText || this.#parts.client.hasSession;
    return isText && !isEmptyList(method, message);
  }

  /** The ids of the tasks that the answer is about, as far as the client gets them. */
  #findTasks({ request, method }: PendingRequest, { result }: ResponseMessage): readonly unknown[] {
    if (method.answer === 'tasks') return this.#parts.tasks.findShown(result);
    if (method.answer !== 'task') return [];
    return [request.params.taskId, readTask(result ?? {}).taskId];
  }

  #fail(id: MessageId, code: number, reason: string, passage: Passage): void {
    passage.tellClient(createErrorResponse(id, code, `not permitted: ${reason}`));
  }

  #pass(id: MessageId, answer: Uint8Array | string, passage: Passage): void {
    if (passage.passToClient(answer)) return;
    const reason = passage.withheldReason ?? '';
    this.#parts.client.refuse(`an answer of the server: ${reason}`);
    this.#fail(id, errorCodes.denied, reason, passage);
  }

  /** A task ends with the state that the server states, or with its result. An error states nothing. */
  #noteTask({ request }: PendingRequest, message: ResponseMessage): void {
    const { method, params } = request;
    const { result } = message;
    if (result === undefined || !statingMethods.has(method)) return;
    const { taskId, status } = readTask(result);
    if (taskId !== undefined && taskId !== params.taskId) return;
    const isResult = method === 'tasks/result' && status === undefined;
    const hasEnded = isResult && !isTask(message) && !hasQuestions(message);
    this.#parts.tasks.storeState(params.taskId, { status: hasEnded ? 'completed' : status });
  }

  #passQuestions(
    message: ResponseMessage,
    bytes: Uint8Array,
    { request, facts }: PendingRequest,
    passage: Passage,
  ): void {
    const { id, method, params } = request;
    const { client, decisions, questions } = this.#parts;
    const { isStateless } = client.traits(params);
    const digest = isResumable(method) ? decisions.computeDigest(request, facts) : undefined;
    const asking = { method, isStateless, digest, approval: undefined, facts };
    const passed = questions.pass(message, asking);
    if (typeof passed === 'object') {
      client.refuse(`the answer to ${method}: ${passed.problem}`);
      this.#fail(id, errorCodes.denied, passed.problem, passage);
    } else {
      this.#pass(id, passed === 'same' ? bytes : passed, passage);
    }
  }

  /** The answer without what the client cannot use, or `undefined` if that is nothing. */
  #usable({ method, facts }: PendingRequest, message: ResponseMessage): string | undefined {
    if (method.answer === 'tasks') return this.#parts.tasks.filterTaskList(message);
    if (method.answer === 'acknowledgement') return removeResultText(message);
    return method.list && this.#filter(message, method.list, facts);
  }

  /** The answer without items that could never be used, or `undefined` if all of them could. */
  #filter({ id, result }: ResponseMessage, list: ListName, facts: ClientFacts): string | undefined {
    const items = result?.[list];
    if (!isMembers(result) || !Array.isArray(items)) return undefined;
    const { options, client } = this.#parts;
    if (list === 'tools') options.inventory.list(items);
    if (options.mode === 'observe') return undefined;
    const usable = selectUsableItems(list, items, options, client.openSession(), facts);
    if (usable.length === items.length) return undefined;
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, [list]: usable } });
  }
}
