// The messages of a server: decides whether the client gets each. Answers come here also while the gate is closed, because they
// end what the guard has open; the gate then lets none of them pass.

import type { Call } from '../../engine/call.ts';
import type { Members } from '../../json/members.ts';
import { unrecorded } from '../calls/outcome.ts';
import type { Passage } from '../passage.ts';
import {
  buildIdKey,
  errorCodes,
  isId,
  type Message,
  type MessageId,
  type NotificationMessage,
  type RequestMessage,
} from '../protocol/message.ts';
import {
  findRequestMethod,
  findServerNotification,
  type ServerMethod,
  type ServerNotification,
} from '../protocol/methods.ts';
import { createErrorResponse } from '../protocol/replies.ts';
import { maxOpenRequests } from '../work/open-requests.ts';
import { readRelatedTask } from './is-task.ts';
import type { RelayParts } from './relay-parts.ts';
import {
  isTextual,
  readSubscription,
  removeNotificationText,
  removeRequestText,
} from './without-text.ts';

export class ServerMessages {
  readonly #parts: RelayParts;
  /** The notifications of the server as calls, by their methods. */
  readonly #notifications = new Map<string, Call>();

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** Takes what a message states about the server itself, also while the gate is closed. */
  note(message: Message): void {
    if (message.kind !== 'notification') return;
    const { method, params } = message;
    const { tasks, options } = this.#parts;
    if (method === 'notifications/tasks/status') tasks.storeState(params.taskId, params);
    if (method === 'notifications/tools/list_changed') options.inventory.forget();
  }

  /** Refuses a message while the gate is closed. A server that the guard cannot stop goes on to send. */
  refuse(message: RequestMessage | NotificationMessage, reason: string, passage: Passage): void {
    const { client, fromServer } = this.#parts;
    if (message.kind === 'request') {
      client.refuse(`${message.method} ${buildIdKey(message.id)} of the server: ${reason}`);
      const text = `not permitted: ${reason}`;
      passage.tellServer(createErrorResponse(message.id, errorCodes.denied, text));
      return;
    }
    const { requestId } = message.params;
    const isCancelled = message.method === 'notifications/cancelled' && isId(requestId);
    if (isCancelled) fromServer.abandon(requestId);
  }

  takeRequest(message: RequestMessage, bytes: Uint8Array, passage: Passage): void {
    const { id, method: name } = message;
    const { client, fromServer, serverProgress } = this.#parts;
    const method = findRequestMethod('server', name);
    if (method === undefined) {
      client.refuse(`unknown method ${name} of the server`);
      const text = `the guard does not know ${name}`;
      passage.tellServer(createErrorResponse(id, errorCodes.methodNotFound, text));
      return;
    }
    const problem = this.#ownerProblem(message.params) ?? this.#openProblem(message);
    if (problem !== undefined) {
      client.refuse(`${name} ${buildIdKey(id)} of the server: ${problem}`);
      passage.tellServer(createErrorResponse(id, errorCodes.invalidRequest, problem));
      return;
    }
    if (!this.#isDelivered(method, message, bytes, passage)) {
      serverProgress.end(id, undefined);
      return;
    }
    fromServer.add(id, true);
    const passed = method.hasText ? bytes : (removeRequestText(message) ?? bytes);
    if (passage.passToClient(passed)) return;
    fromServer.take(id);
    serverProgress.end(id, undefined);
    this.refuse(message, passage.withheldReason ?? '', passage);
  }

  #openProblem({ id, params }: RequestMessage): string | undefined {
    const { fromServer, calls, serverProgress } = this.#parts;
    const isOpen = (other: MessageId) => fromServer.has(other);
    if (isOpen(id) || calls.isAsking(id)) return 'a request with this id is in use';
    const open = fromServer.size;
    if (open >= maxOpenRequests) return `the client has not answered ${open} requests`;
    // Which tasks of the client have ended is not known.
    const isNew = serverProgress.start(id, params, { isOpen, isTalking: () => false });
    return isNew ? undefined : 'a request with this progress token is in use';
  }

  /** Why a text that names a task or a subscription must not reach the client, or `undefined` if it may. */
  #ownerProblem(params: Members): string | undefined {
    const { tasks, fromClient } = this.#parts;
    const related = readRelatedTask(params);
    if (related !== undefined && !tasks.isShown(related)) {
      return tasks.explainStop(related) ?? 'the task is unknown';
    }
    const subscription = readSubscription(params);
    if (subscription === undefined) return undefined;
    const isOpen = isId(subscription) && fromClient.isSubscribed(subscription);
    return isOpen ? undefined : 'the subscription has ended';
  }

  /** Decides a request, and records that it reaches the client. If it must not, the server gets an error. */
  #isDelivered(
    serverMethod: ServerMethod,
    message: RequestMessage,
    bytes: Uint8Array,
    passage: Passage,
  ): boolean {
    const { id, method, params } = message;
    const { options, decisions, client } = this.#parts;
    if (serverMethod.handling === 'decide') {
      const decided = decisions.decide('server', message, passage.facts);
      if (decided !== undefined && 'refusal' in decided) {
        passage.tellServer(decided.refusal);
        return false;
      }
    } else if (!client.hasSession || (!serverMethod.hasText && !isTextual(id))) {
      return true;
    }
    const call = options.mapping.methodCall('server', method, params, passage.facts);
    // A delivery that revokes closes the gate, where the message is refused.
    if (this.#deliver(call, message, bytes) || passage.withheldReason !== undefined) return true;
    passage.tellServer(
      createErrorResponse(id, errorCodes.internal, `not permitted: ${unrecorded}`),
    );
    return false;
  }

  takeNotification(message: NotificationMessage, bytes: Uint8Array, passage: Passage): void {
    const { method, params } = message;
    const { client, questions } = this.#parts;
    const serverNotification = findServerNotification(method);
    if (serverNotification === undefined) {
      client.refuse(`unknown notification ${method} of the server`);
      return;
    }
    if (!this.#isExpected(serverNotification, params) || this.#ownerProblem(params) !== undefined)
      return;
    const { inputRequests } = params;
    if (inputRequests !== undefined) {
      const problem = questions.findProblem(inputRequests, passage.facts);
      if (problem !== undefined) {
        client.refuse(`${method} of the server: ${problem}`);
        return;
      }
    }
    if (!serverNotification.hasText) {
      passage.passToClient(removeNotificationText(message) ?? bytes);
      return;
    }
    const isRecorded =
      !client.hasSession || this.#deliver(this.#createCall(method), message, bytes);
    if (isRecorded) passage.passToClient(bytes);
  }

  /** Whether what a notification is about goes on, as far as the client knows. */
  #isExpected({ about }: ServerNotification, params: Members): boolean {
    const { calls, fromClient, fromServer, clientProgress, tasks } = this.#parts;
    switch (about) {
      case 'question':
        return isId(params.requestId) && fromServer.abandon(params.requestId);
      case 'progress': {
        const isAwaited = (id: MessageId) => calls.isAwaited(id) || fromClient.isAwaited(id);
        return clientProgress.accepts(params, isAwaited, (id) => tasks.isRunning(id));
      }
      case 'task':
        return tasks.isShown(params.taskId);
      case 'subscription':
        return readSubscription(params) !== undefined || fromClient.isSubscribed(undefined);
      case 'anything':
        return true;
    }
  }

  /** The notifications with a method are about one call, so that many of them are not recorded one by one. */
  #createCall(method: string): Call {
    const { options, client } = this.#parts;
    const call =
      this.#notifications.get(method) ??
      options.mapping.methodCall('server', method, {}, client.facts);
    this.#notifications.set(method, call);
    return call;
  }

  /** Records a message of the server that is not an answer. Returns whether the client may get it. */
  #deliver(call: Call, { params }: { readonly params: Members }, bytes: Uint8Array): boolean {
    const { calls, clientProgress, fromClient } = this.#parts;
    const request = clientProgress.findRequest(params);
    const tasks = [
      params.taskId,
      readRelatedTask(params),
      clientProgress.findTask(params),
      request === undefined ? undefined : fromClient.findTask(request),
    ];
    const ofTasks = tasks.flatMap((taskId) => calls.callsOfTask({ taskId }));
    return calls.deliver([call, ...ofTasks], bytes.length);
  }
}
