// Which tasks of the server a client may use: those of its own session. Clients with tokens may be different subjects, so that a
// task which no session is known to have begun belongs to none of them.

import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { Passage } from '../passage.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import type { RelayClient } from '../relay-client.ts';
import type { ServerTasks } from '../tasks/server-tasks.ts';

export class TaskAccess {
  readonly #client: RelayClient;
  readonly #tasks: ServerTasks;
  readonly #isLimiting: boolean;

  /** `isLimiting`: whether results are limited, so that the result of a task whose call is unknown must reach nobody. */
  constructor(client: RelayClient, tasks: ServerTasks, isLimiting: boolean) {
    this.#client = client;
    this.#tasks = tasks;
    this.#isLimiting = isLimiting;
  }

  /** Whether a message about a task concerns the client. */
  isOwn(taskId: unknown): boolean {
    const { token, isOnly } = this.#client.facts;
    const isOpen = !this.#isLimiting && (token === undefined || isOnly === true);
    const session = this.#session;
    if (session !== undefined && this.#tasks.isKnownTask(session, taskId)) return true;
    return isOpen && this.#tasks.isOfNobody(taskId);
  }

  /** Why the client can begin no further task, or `undefined` if it can. */
  get problem(): string | undefined {
    const session = this.#session;
    return session && this.#tasks.findProblem(session);
  }

  /** Why a task of the client was stopped, or `undefined` if it was not. */
  explainStop(taskId: unknown): string | undefined {
    const session = this.#session;
    return session && this.#tasks.explainStop(session, taskId);
  }

  /** Takes the state of a task that the server states. */
  storeState(taskId: unknown, state: Members): void {
    const session = this.#session;
    if (session !== undefined) this.#tasks.storeState(session, taskId, state);
  }

  /** Whether the server works on a task of the client. */
  isRunning(taskId: unknown): boolean {
    const session = this.#session;
    return session !== undefined && this.#tasks.isRunning(session, taskId);
  }

  /** Whether the server may send texts of a task of the client: it runs, or was stopped, which the server may not have noticed. */
  isTalking(taskId: unknown): boolean {
    return this.isRunning(taskId) || this.explainStop(taskId) !== undefined;
  }

  /** Whether a message about a task concerns the client, and the task was not stopped. */
  isShown(taskId: unknown): boolean {
    return this.isOwn(taskId) && this.explainStop(taskId) === undefined;
  }

  /** A message of the client came on a connection: its session of MCP and its token are those of now. */
  notePassage(passage: Passage): void {
    const session = this.#session;
    if (session !== undefined) this.#tasks.notePassage(session, passage);
  }

  /** The session of the client, also if it has used nothing by this connection. */
  get #session(): EngineSession | undefined {
    const { session, hasEnded, hasSession } = this.#client;
    return hasEnded || !hasSession ? session : this.#client.openSession();
  }

  /** The ids of the tasks in the answer to `tasks/list` that the client gets. */
  findShown(result: Members | undefined): readonly unknown[] {
    const tasks = Array.isArray(result?.tasks) ? result.tasks : [];
    return this.#filterShown(tasks).map(({ taskId }) => taskId);
  }

  #filterShown(tasks: readonly unknown[]): readonly Members[] {
    return tasks.filter(isMembers).filter(({ taskId }) => this.isShown(taskId));
  }

  /** The answer to `tasks/list` without stopped tasks and those of others, or `undefined` if it has none of them. */
  filterTaskList({ id, result }: ResponseMessage): string | undefined {
    const tasks = result?.tasks;
    if (!Array.isArray(tasks)) return undefined;
    const own = this.#filterShown(tasks);
    if (own.length === tasks.length) return undefined;
    return JSON.stringify({ jsonrpc: '2.0', id, result: { ...result, tasks: own } });
  }
}
