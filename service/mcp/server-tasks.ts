// The tasks that a server goes on with after it has answered the calls. A task is work of its call: it is decided again like a
// call that runs, and cancelled when it is no longer permitted, when its client is revoked, or when the last token of its
// client has expired. It belongs to the session that began it: for all others, it does not exist. A task that has ended by
// itself may be cancelled again, which a server answers with an error.

import { randomUUID } from 'node:crypto';
import type { Call } from '../engine/call.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { Trigger } from '../log/entry.ts';
import { Deadline, decideAgain, type PermittedWork } from './decide-again.ts';
import { type Passage, tokenExpired } from './gate.ts';
import type { ResponseMessage } from './message.ts';
import type { Permission } from './permission.ts';
import { request } from './replies.ts';
import { protocolMeta } from './tool-lister.ts';

interface Task extends PermittedWork {
  readonly session: EngineSession;
  /** The parameters of the call. */
  readonly params: Members;
  readonly passage: Passage;
  /** Milliseconds since the epoch, or `undefined` if its answers have no end. */
  readonly validUntil: number | undefined;
  /** Why the result of a task must not reach the client under a permission, or `undefined` if it may. */
  readonly problemOf: (permission: Permission) => string | undefined;
}

interface KnownTask extends Task {
  readonly id: string;
  /** Whether the server may still work on it. */
  isRunning: boolean;
  /** Why it was stopped. */
  stopped: string | undefined;
  readonly deadline: Deadline;
  readonly tokenDeadline: Deadline;
}

/** The number of tasks that are remembered, the latest ones. */
const maxTasks = 10_000;

const finalStates: readonly unknown[] = ['completed', 'failed', 'cancelled'];

export class ServerTasks {
  /** The keys are sessions and ids: clients may have tasks with the same id. */
  readonly #tasks = new Map<string, KnownTask>();
  /** When the latest token of the client of a session expires. */
  readonly #tokenEnds = new WeakMap<EngineSession, number>();
  /** The ids of the requests that cancel tasks. */
  readonly #cancelling = new Set<string>();

  /** `isAwaited`: whether the client waited for the answer of its call; otherwise the task is cancelled. */
  add(id: string, given: Task, isAwaited: boolean): void {
    const deadlines = { deadline: new Deadline(), tokenDeadline: new Deadline() };
    const task: KnownTask = { ...given, id, isRunning: true, stopped: undefined, ...deadlines };
    const key = keyOf(given.session, id);
    const replaced = this.#tasks.get(key);
    if (replaced !== undefined) end(replaced);
    this.#tasks.delete(key);
    this.#tasks.set(key, task);
    if (isAwaited) this.#watch(task, given.validUntil);
    if (isAwaited) this.#watchToken(task);
    else this.#stop(task, 'its call was stopped');
    const [oldest] = this.#tasks;
    if (this.#tasks.size <= maxTasks || oldest === undefined) return;
    end(oldest[1]);
    this.#tasks.delete(oldest[0]);
  }

  /** The calls that go on as a task of a session. */
  callsOf(session: EngineSession, id: unknown): readonly Call[] {
    return this.#find(session, id)?.calls ?? [];
  }

  /** Whether a task was begun by a session, or, if `isOpen`, by none that is known. */
  isOf(session: EngineSession, id: unknown, isOpen: boolean): boolean {
    return this.#find(session, id) !== undefined || (isOpen && !this.has(id));
  }

  /** Whether any session began a task with this id. */
  has(id: unknown): boolean {
    return [...this.#tasks.values()].some((task) => task.id === id);
  }

  /** Why a task was stopped, or `undefined` if it was not. */
  stoppedReason(session: EngineSession, id: unknown): string | undefined {
    const reason = this.#find(session, id)?.stopped;
    return reason === undefined ? undefined : `the task was stopped: ${reason}`;
  }

  /** Takes the state of a task that the server states. */
  stated(session: EngineSession, id: unknown, { status }: Members): void {
    const task = this.#find(session, id);
    if (task !== undefined && finalStates.includes(status)) end(task);
  }

  #find(session: EngineSession, id: unknown): KnownTask | undefined {
    return typeof id === 'string' ? this.#tasks.get(keyOf(session, id)) : undefined;
  }

  /** The client does not get the answer that named a task: the task is cancelled, and nothing of it reaches the client. */
  refuse(session: EngineSession, id: string, reason: string): void {
    const task = this.#find(session, id);
    if (task !== undefined) this.#stop(task, reason);
  }

  /** Decides the tasks of a session again. */
  recheck(session: EngineSession, trigger: Trigger): void {
    for (const task of this.#tasksOf(session)) this.#recheck(task, trigger);
  }

  #tasksOf(session: EngineSession): readonly KnownTask[] {
    return [...this.#tasks.values()].filter((task) => task.session === session);
  }

  #recheck(task: KnownTask, trigger: Trigger): void {
    if (!task.isRunning) return;
    const permission = decideAgain(task.session, task, trigger);
    const problem = typeof permission === 'string' ? permission : task.problemOf(permission);
    if (problem !== undefined) this.#stop(task, problem);
    else if (typeof permission === 'object') this.#watch(task, permission.validUntil);
  }

  /** Decides the task again when the first of its answers ends. */
  #watch(task: KnownTask, validUntil: number | undefined): void {
    task.deadline.set(validUntil, Date.now(), () => this.#recheck(task, 'time'));
  }

  /** The client of a session came with a token that is valid until an instant; `undefined`: with none. */
  extend(session: EngineSession, validUntil: number | undefined): void {
    const known = this.#tokenEnds.get(session);
    if (validUntil === undefined || (known !== undefined && known >= validUntil)) return;
    this.#tokenEnds.set(session, validUntil);
    for (const task of this.#tasksOf(session)) this.#watchToken(task);
  }

  /** Stops the task when the last token of its client has expired. */
  #watchToken(task: KnownTask): void {
    if (!task.isRunning) return;
    const end = this.#tokenEnds.get(task.session);
    task.tokenDeadline.set(end, Date.now(), () => {
      if (end !== undefined && end > Date.now()) this.#watchToken(task);
      else this.#stop(task, tokenExpired);
    });
  }

  /** If its client is revoked, its tasks are cancelled. */
  sessionEnded(session: EngineSession): void {
    for (const task of this.#tasksOf(session)) {
      if (session.revocation !== undefined) this.#stop(task, session.revokedReason);
      end(task);
      this.#tasks.delete(keyOf(session, task.id));
    }
  }

  #stop(task: KnownTask, reason: string): void {
    // A recheck that revokes has stopped all tasks already.
    if (!task.isRunning) return;
    end(task);
    task.stopped = reason;
    const id = `nhipol-${randomUUID()}`;
    this.#cancelling.add(id);
    const { _meta } = task.params;
    const meta = isMembers(_meta) ? { _meta: protocolMeta(_meta) } : {};
    task.passage.tellServer(request(id, 'tasks/cancel', { taskId: task.id, ...meta }));
  }

  /** Whether the message is the answer to a request that cancels a task. */
  isAnsweredBy({ id }: ResponseMessage): boolean {
    return typeof id === 'string' && this.#cancelling.delete(id);
  }
}

function keyOf({ id }: EngineSession, task: string): string {
  return JSON.stringify([id, task]);
}

function end(task: KnownTask): void {
  task.deadline.clear();
  task.tokenDeadline.clear();
  task.isRunning = false;
}
