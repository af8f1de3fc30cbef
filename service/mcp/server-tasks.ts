// The tasks that a server goes on with after it has answered the calls. A task is work of its call: it is decided again like a
// call that runs, and cancelled when it is no longer permitted, or when its client is revoked. A task that has ended by
// itself may be cancelled again, which a server answers with an error.

import { randomUUID } from 'node:crypto';
import type { Answer } from '@nhipol/runtime';
import { explanationOf } from '../engine/answers.ts';
import type { Call } from '../engine/call.ts';
import type { EngineSession, UsedApproval } from '../engine/engine-session.ts';
import { isMembers, type Members } from '../json/members.ts';
import type { Trigger } from '../log/entry.ts';
import type { ResponseMessage } from './message.ts';
import type { Peer } from './peer.ts';
import { permissionOf } from './permission.ts';
import { request } from './replies.ts';
import { withoutProgressToken } from './tool-lister.ts';

interface Task {
  readonly session: EngineSession;
  /** The parameters of the call. */
  readonly params: Members;
  readonly server: Peer;
  /** The decisions that it needs. */
  readonly calls: readonly Call[];
  readonly approval: UsedApproval | undefined;
  /** Milliseconds since the epoch; undefined: its answers have no end. */
  readonly validUntil: number | undefined;
}

interface KnownTask extends Task {
  /** Whether the server may still work on it. */
  isRunning: boolean;
  /** Why it was stopped. */
  stopped: string | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The number of tasks that are remembered, the latest ones. */
const maxTasks = 10_000;
/** The longest delay of a timer, in milliseconds: 2^31 - 1. */
const maxDelay = 2_147_483_647;

const finalStates: readonly unknown[] = ['completed', 'failed', 'cancelled'];

export class ServerTasks {
  readonly #tasks = new Map<string, KnownTask>();
  /** The ids of the requests that cancel tasks. */
  readonly #cancelling = new Set<string>();

  add(id: string, given: Task): void {
    const task: KnownTask = { ...given, isRunning: true, stopped: undefined, timer: undefined };
    this.#tasks.set(id, task);
    this.#watch(id, task, given.validUntil);
    const [oldest] = this.#tasks.keys();
    if (this.#tasks.size <= maxTasks || oldest === undefined) return;
    clearTimeout(this.#tasks.get(oldest)?.timer);
    this.#tasks.delete(oldest);
  }

  /** The calls that go on as a task. */
  callsOf(id: unknown): readonly Call[] {
    return this.#find(id)?.calls ?? [];
  }

  /** Why a task was stopped; undefined: it was not. */
  stoppedReason(id: unknown): string | undefined {
    const reason = this.#find(id)?.stopped;
    return reason === undefined ? undefined : `the task was stopped: ${reason}`;
  }

  /** Takes the state of a task that the server states. */
  stated(id: unknown, { status }: Members): void {
    const task = this.#find(id);
    if (task !== undefined && finalStates.includes(status)) end(task);
  }

  #find(id: unknown): KnownTask | undefined {
    return typeof id === 'string' ? this.#tasks.get(id) : undefined;
  }

  /** Decides the tasks of a session again. */
  recheck(session: EngineSession, trigger: Trigger): void {
    for (const [id, task] of this.#tasks) {
      if (task.session === session) this.#recheck(id, task, trigger);
    }
  }

  #recheck(id: string, task: KnownTask, trigger: Trigger): void {
    if (!task.isRunning) return;
    const answers: Answer[] = [];
    for (const call of task.calls) {
      const { isPassed, answer } = task.session.recheck(call, trigger, task.approval);
      if (!isPassed) {
        this.#stop(id, task, explanationOf(answer));
        return;
      }
      answers.push(answer);
    }
    this.#watch(id, task, permissionOf(answers)?.validUntil);
  }

  /** Decides the task again when the first of its answers ends. */
  #watch(id: string, task: KnownTask, validUntil: number | undefined): void {
    clearTimeout(task.timer);
    if (validUntil === undefined) return;
    const delay = Math.min(Math.max(validUntil - Date.now(), 0), maxDelay);
    task.timer = setTimeout(() => this.#recheck(id, task, 'time'), delay);
    task.timer.unref();
  }

  /** If its client is revoked, its tasks are cancelled. */
  sessionEnded(session: EngineSession): void {
    for (const [id, task] of this.#tasks) {
      if (task.session !== session) continue;
      if (session.revocation !== undefined) this.#stop(id, task, session.revokedReason);
      end(task);
      this.#tasks.delete(id);
    }
  }

  #stop(taskId: string, task: KnownTask, reason: string): void {
    // A recheck that revokes has stopped all tasks already.
    if (!task.isRunning) return;
    end(task);
    task.stopped = reason;
    const id = `nhipol-${randomUUID()}`;
    this.#cancelling.add(id);
    const { _meta } = task.params;
    const meta = isMembers(_meta) ? { _meta: withoutProgressToken(_meta) } : {};
    task.server.send(request(id, 'tasks/cancel', { taskId, ...meta }));
  }

  /** Whether the message is the answer to a request that cancels a task. */
  isAnsweredBy({ id }: ResponseMessage): boolean {
    return typeof id === 'string' && this.#cancelling.delete(id);
  }
}

function end(task: KnownTask): void {
  clearTimeout(task.timer);
  task.isRunning = false;
}
