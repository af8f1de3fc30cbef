// Whether what was requested goes on as a task after the answer, and what an answer states about a task.

import { isMembers, type Members } from '../../json/members.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import type { StartedTask } from '../tasks/server-tasks.ts';

export function isTask({ result }: ResponseMessage): boolean {
  return result?.task !== undefined || result?.resultType === 'task';
}

/** The id of the task as which a request goes on, or `undefined` if it has ended. */
export function readTaskId(message: ResponseMessage): string | undefined {
  const { taskId } = readTask(message.result ?? {});
  return isTask(message) && typeof taskId === 'string' ? taskId : undefined;
}

/** The task that an answer to a request names, or `undefined` if it names none. */
export function readStartedTask(message: ResponseMessage): StartedTask | undefined {
  const { taskId } = readTask(message.result ?? {});
  return typeof taskId === 'string' ? { id: taskId, isStated: isTask(message) } : undefined;
}

/** The id of the task that a message of any kind is about (2025-11-25), or `undefined` if it names none. */
export function readRelatedTask({ _meta }: Members): unknown {
  const related = isMembers(_meta) ? _meta['io.modelcontextprotocol/related-task'] : undefined;
  return isMembers(related) ? related.taskId : undefined;
}

/** The members of a result that are those of a task, if it contains one. */
export function readTask(result: Members): Members {
  return isMembers(result.task) ? result.task : result;
}
