// The messages of a client: decides whether the server gets each. They come here only while the gate is open.

import { isMembers, type Members } from '../../json/members.ts';
import type { Passage } from '../passage.ts';
import {
  buildIdKey,
  errorCodes,
  isId,
  type Message,
  type MessageId,
  type MessageProblem,
  type NotificationMessage,
  type RequestMessage,
  type ResponseMessage,
} from '../protocol/message.ts';
import { type ClientMethod, findRequestMethod, isKnownNotification } from '../protocol/methods.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import { withServerState } from '../questions/resumed.ts';
import { isResumable } from '../questions/server-questions.ts';
import { readTaskId } from './is-task.ts';
import type { RelayParts } from './relay-parts.ts';

export class ClientMessages {
  readonly #parts: RelayParts;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  take(message: Message | MessageProblem, bytes: Uint8Array, passage: Passage): void {
    switch (message.kind) {
      case 'problem':
        this.#parts.client.refuse(message.text);
        passage.tellClient(createErrorResponse(message.id, message.code, message.text));
        break;
      case 'request':
        try {
          this.#takeRequest(message, bytes, passage);
        } finally {
          this.#forgetRefused(message);
        }
        break;
      case 'notification':
        this.#takeNotification(message, bytes, passage);
        break;
      case 'response':
        this.#takeResponse(message, bytes, passage);
        break;
    }
  }

  /** Nothing of a request that was refused at once is remembered. */
  #forgetRefused({ id }: RequestMessage): void {
    if (!this.#isOpen(id)) this.#parts.clientProgress.end(id, undefined);
  }

  /** Whether the id of a request of the client is in use. */
  #isOpen(id: MessageId): boolean {
    const { fromClient, calls } = this.#parts;
    return fromClient.has(id) || calls.isOpen(id);
  }

  /** Refuses a message while the gate is closed. A request gets the reason, and what the guard asked counts as not answered. */
  refuse(message: Message | MessageProblem, reason: string, passage: Passage): void {
    const { client, calls, fromServer } = this.#parts;
    if (message.kind === 'response') {
      if (calls.takeAnswer(message, reason)) return;
      if (message.id !== null) fromServer.take(message.id);
      client.refuse(`a response to a question of the server: ${reason}`);
    } else if (message.kind === 'request' && message.method === 'tools/call' && !client.hasEnded) {
      const traits = client.traits(message.params);
      calls.refuseClosed({ message, traits, passage }, reason);
    } else if (message.kind !== 'notification') {
      const name = message.kind === 'request' ? message.method : message.text;
      client.refuse(`${name}: ${reason}`);
      const text = `not permitted: ${reason}`;
      passage.tellClient(createErrorResponse(message.id, errorCodes.denied, text));
    }
  }

  #takeRequest(message: RequestMessage, bytes: Uint8Array, passage: Passage): void {
    const { method: name, params } = message;
    const { client, calls, decisions } = this.#parts;
    const method = findRequestMethod('client', name);
    if (method === undefined) {
      this.#reply(message, passage, errorCodes.methodNotFound, {
        log: `unknown method ${name}`,
        text: `the guard does not know ${name}`,
      });
      return;
    }
    const problem = this.#openProblem(message);
    if (problem !== undefined) {
      const log = `${name} ${buildIdKey(message.id)}: ${problem}`;
      this.#reply(message, passage, errorCodes.invalidRequest, { log, text: problem });
      return;
    }
    // A client may start a server only to learn its revision: a session opens with the first use of something.
    if (method.handling !== 'pass' || decisions.isDecided(name, method)) client.openSession();
    if (this.#isTaskRefused(message, passage)) return;
    if (method.handling === 'call') {
      const traits = client.traits(params);
      calls.call({ message, bytes, traits, facts: passage.facts, passage });
    } else {
      this.#passRequest(message, method, bytes, passage);
    }
  }

  /** Refuses a request: logs it, and sends the client an error. */
  #reply(
    { id }: RequestMessage,
    passage: Passage,
    code: number,
    { log, text }: { readonly log: string; readonly text: string },
  ): void {
    this.#parts.client.refuse(log);
    passage.tellClient(createErrorResponse(id, code, text));
  }

  /** Why the request cannot be taken while others are open, or `undefined` if it can. */
  #openProblem({ id, method, params }: RequestMessage): string | undefined {
    const { work, client, clientProgress, tasks } = this.#parts;
    const isOpen = (other: MessageId) => this.#isOpen(other);
    if (isOpen(id)) return 'a request with this id is in use';
    const taskProblem = method === 'tools/call' ? tasks.problem : undefined;
    const problem = work.findProblem(client.subject) ?? taskProblem;
    if (problem !== undefined) return problem;
    const isTalking = (task: string) => tasks.isTalking(task);
    const isNew = clientProgress.start(id, params, { isOpen, isTalking });
    return isNew ? undefined : 'a request with this progress token is in use';
  }

  /** Whether a request is about a task that was stopped, or is not the client's. */
  #isTaskRefused(message: RequestMessage, passage: Passage): boolean {
    const { id, method, params } = message;
    if (!method.startsWith('tasks/') || method === 'tasks/list') return false;
    const { tasks } = this.#parts;
    if (!tasks.isOwn(params.taskId)) {
      const text = 'the task is unknown';
      const log = `${method} ${buildIdKey(id)}: ${text}: it may be another subject's`;
      this.#reply(message, passage, errorCodes.invalidParams, { log, text });
      return true;
    }
    const stopped = tasks.explainStop(params.taskId);
    if (stopped === undefined) return false;
    const log = `${method} ${buildIdKey(id)}: ${stopped}`;
    const text = `not permitted: ${stopped}`;
    this.#reply(message, passage, errorCodes.denied, { log, text });
    return true;
  }

  /** Passes on a request that is not a call of a tool, if it is permitted. */
  #passRequest(
    request: RequestMessage,
    method: ClientMethod,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const { client, decisions, fromClient } = this.#parts;
    const { id, method: name, params } = request;
    const decided = decisions.isDecided(name, method)
      ? decisions.decide('client', request, passage.facts)
      : undefined;
    if (decided !== undefined && 'refusal' in decided) {
      passage.tellClient(decided.refusal);
      return;
    }
    const resumed = this.#resume(request, bytes, passage);
    if (resumed === undefined) return;
    if (name === 'initialize') {
      client.initialize(isMembers(params.capabilities) ? params.capabilities : {});
    }
    const { facts } = passage;
    const given = { request, method, facts, passage, permitted: decided };
    const permission = fromClient.add(given, bytes.length);
    if (passage.passToServer(resumed, permission)) return;
    fromClient.take(id);
    this.refuse(request, passage.closedReason ?? '', passage);
  }

  /**
   * The request as the server gets it: with its own state, if the client sends it again with answers. Returns
   * `undefined` if the state is of another request, and the client got an error.
   */
  #resume(
    message: RequestMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): Uint8Array | string | undefined {
    const { method, params } = message;
    const hasAnswers = 'inputResponses' in params && method !== 'tasks/update';
    if (!hasAnswers && !('requestState' in params)) return bytes;
    const { decisions, questions } = this.#parts;
    const digest = isResumable(method)
      ? decisions.computeDigest(message, passage.facts)
      : undefined;
    const state = questions.open(params, digest);
    if (state !== undefined) return withServerState(message, state.state);
    const text = 'the request state is not of this request';
    this.#reply(message, passage, errorCodes.denied, {
      log: `${method}: ${text}`,
      text: `not permitted: ${text}`,
    });
    return undefined;
  }

  #takeNotification(
    { method, params }: NotificationMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): void {
    const { client, fromServer, serverProgress } = this.#parts;
    if (!isKnownNotification('client', method)) {
      // A call without an id would run, and nobody would get its answer.
      client.refuse(`unknown notification ${method}`);
      return;
    }
    if (method === 'notifications/cancelled') {
      this.#cancel(params, passage);
      return;
    }
    if (method === 'notifications/progress') {
      const isAwaited = (id: MessageId) => fromServer.find(id) !== undefined;
      // Which tasks of the client have ended is not known.
      if (!serverProgress.accepts(params, isAwaited, () => true)) return;
    }
    passage.passToServer(bytes);
  }

  /** Cancels a request of the client. The server gets a cancellation of the guard instead of the client's. */
  #cancel({ requestId }: Members, passage: Passage): void {
    if (!isId(requestId)) return;
    const { calls, fromClient } = this.#parts;
    calls.cancel(requestId, passage);
    fromClient.cancel(requestId);
  }

  #takeResponse(message: ResponseMessage, bytes: Uint8Array, passage: Passage): void {
    const { client, calls, fromServer, serverProgress } = this.#parts;
    if (calls.takeAnswer(message, undefined)) return;
    const request = message.id === null ? undefined : fromServer.take(message.id);
    if (request === undefined) {
      client.refuse('a response to no request');
      return;
    }
    if (message.id !== null) serverProgress.end(message.id, readTaskId(message));
    // The server does not expect the answer to a request that it cancelled.
    if (request !== 'abandoned') passage.passToServer(bytes);
  }
}
