// Tasks that a server begins where MCP has none: only a call of a tool can go on as a task. No call of a tool would own such a task, so
// that nothing would stop it when its request is no longer permitted. So the client does not get the answer, and the task is cancelled.

import type { ResponseMessage } from '../protocol/message.ts';
import { isTask, readStartedTask } from './is-task.ts';
import type { PendingRequest } from './pending-requests.ts';
import type { RelayParts } from './relay-parts.ts';

/** Why the client must not get the answer to a request, which begins a task, or `undefined` if it begins none. */
export function explainUnexpectedTask(
  { client, options }: RelayParts,
  { request, method }: PendingRequest,
  message: ResponseMessage,
): string | undefined {
  const named = readStartedTask(message);
  if (named === undefined && !isTask(message)) return undefined;
  // The answer to a request about a task describes this task. A server can also describe another one that the client began.
  const id = named?.id ?? request.params.taskId;
  const isKnown =
    client.session !== undefined && options.state.serverTasks.isKnownTask(client.session, id);
  const isDescribed = id === request.params.taskId || isKnown;
  if (method.answer === 'task' && isDescribed) return undefined;
  return `${request.method} cannot begin a task`;
}

/** Cancels the task that the answer to a request begins, and remembers that nothing of it reaches the client. */
export function stopUnexpectedTask(
  { client, options }: RelayParts,
  { request, passage, permitted }: PendingRequest,
  message: ResponseMessage,
  reason: string,
): void {
  client.refuse(`the answer to ${request.method}: ${reason}`);
  const task = readStartedTask(message);
  const { session } = client;
  if (task === undefined || session === undefined) return;
  const { calls = [], approval } = permitted ?? {};
  const { params, text } = request;
  const begun = { session, params, passage, calls, approval, bytes: Buffer.byteLength(text) };
  options.state.serverTasks.add(
    task,
    { ...begun, validUntil: undefined, problemOf: () => undefined },
    reason,
  );
}
