// The tasks that a server goes on with after it has answered the calls: those of a session are cancelled when its client is
// revoked. A task that has ended by itself may be cancelled again, which a server answers with an error.

import { randomUUID } from 'node:crypto';
import { isMembers, type Members } from '../json/members.ts';
import type { ResponseMessage } from './message.ts';
import type { Peer } from './peer.ts';
import { request } from './replies.ts';
import { withoutProgressToken } from './tool-lister.ts';

interface Task {
  /** The id of the session. */
  readonly session: string;
  /** The parameters of the call. */
  readonly params: Members;
  readonly server: Peer;
}

/** The number of tasks that are cancelled, the latest ones. */
const maxTasks = 10_000;

export class ServerTasks {
  readonly #tasks = new Map<string, Task>();
  /** The ids of the requests that cancel tasks. */
  readonly #cancelling = new Set<string>();

  add(id: string, task: Task): void {
    this.#tasks.set(id, task);
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size > maxTasks && oldest !== undefined) this.#tasks.delete(oldest);
  }

  /** Cancels the tasks of a session. */
  cancel(session: string): void {
    for (const [taskId, task] of this.#tasks) {
      if (task.session !== session) continue;
      this.#tasks.delete(taskId);
      const id = `nhipol-${randomUUID()}`;
      this.#cancelling.add(id);
      const { _meta } = task.params;
      const meta = isMembers(_meta) ? { _meta: withoutProgressToken(_meta) } : {};
      task.server.send(request(id, 'tasks/cancel', { taskId, ...meta }));
    }
  }

  /** Whether the message is the answer to a request that cancels a task. */
  isAnsweredBy({ id }: ResponseMessage): boolean {
    return typeof id === 'string' && this.#cancelling.delete(id);
  }
}
