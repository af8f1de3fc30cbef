// Whether what was requested goes on as a task after the answer, and what an answer states about a task.

import { isMembers, type Members } from '../../json/members.ts';
import type { ResponseMessage } from '../message.ts';

export function isTask({ result }: ResponseMessage): boolean {
  return result?.task !== undefined || result?.resultType === 'task';
}

/** The members of a result that are those of a task, if it contains one. */
export function taskIn(result: Members): Members {
  return isMembers(result.task) ? result.task : result;
}
