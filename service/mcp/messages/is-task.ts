// Whether what was requested goes on as a task after the answer.

import type { ResponseMessage } from '../message.ts';

export function isTask({ result }: ResponseMessage): boolean {
  return result?.task !== undefined || result?.resultType === 'task';
}
