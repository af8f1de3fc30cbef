// The tasks that a server goes on with after it has answered the calls. A task is work of its call: it is decided again like a
// call that runs, and cancelled when it is no longer permitted, when its client is revoked, or when the last token of its
// client has expired. It belongs to the session that began it: for all others, it does not exist. A task that has ended by
// itself may be cancelled again, which a server answers with an error.

import type { Call } from '../../engine/call.ts';
import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { Trigger } from '../../log/entry.ts';
import type { Permission } from '../calls/permission.ts';
import { type Passage, tokenExpired } from '../passage.ts';
import type { ResponseMessage } from '../protocol/message.ts';
import { selectProtocolMeta } from '../tools/tool-lister.ts';
import { Deadline, decideAgain, type PermittedWork } from '../work/decide-again.ts';
import { type RememberedTask, RememberedTasks } from './remembered-tasks.ts';
import { TaskCancellations } from './task-cancellations.ts';

export interface BegunTask extends PermittedWork {
  readonly session: EngineSession;
  /** The parameters of the call. */
  readonly params: Members;
  /** The length of the call. */
  readonly bytes: number;
  readonly passage: Passage;
  /** Milliseconds since the epoch, or `undefined` if its answers have no end. */
  readonly validUntil: number | undefined;
  /** Why the result of a task must not reach the client under a permission, or `undefined` if it may. */
  readonly problemOf: (permission: Permission) => string | undefined;
}

/** How the answer to a request names a task. */
export interface StartedTask {
  readonly id: string;
  /** Whether the answer states that there is a task; otherwise it only names one. */
  readonly isStated: boolean;
}

/** The parts of a task that are needed while the server may work on it. */
interface RunningTask {
  /** The metadata of the requests about it. */
  readonly meta: Members;
  readonly passage: Passage;
  readonly problemOf: BegunTask['problemOf'];
  readonly deadline: Deadline;
  readonly tokenDeadline: Deadline;
}

interface KnownTask extends PermittedWork, RememberedTask {
  /** `undefined` if the server does not work on it any more. */
  running: RunningTask | undefined;
  /** Why it was stopped. */
  stopped: string | undefined;
  canBeForgotten: boolean;
}

/** Called with the id of a task that was stopped, and why requests about it are refused. */
type StopListener = (id: string, reason: string) => void;

const finalStates: readonly unknown[] = ['completed', 'failed', 'cancelled'];

export class ServerTasks {
  readonly #tasks = new RememberedTasks<KnownTask>();
  /** Whether tasks were forgotten: then a task that is not known may be one that was stopped, or another subject's. */
  #hasForgotten = false;
  /** When the latest token of the client of a session expires. */
  readonly #tokenEnds = new WeakMap<EngineSession, number>();
  readonly #cancellations = new TaskCancellations();
  readonly #listeners = new WeakMap<EngineSession, Set<StopListener>>();

  /** `stopped`: why the task must not go on, so that it is cancelled, or `undefined` if it may. */
  add({ id, isStated }: StartedTask, given: BegunTask, stopped: string | undefined): void {
    const { session, calls, approval, bytes, passage, problemOf, params } = given;
    const meta = isMembers(params._meta) ? { _meta: selectProtocolMeta(params._meta) } : {};
    const deadlines = { deadline: new Deadline(), tokenDeadline: new Deadline() };
    const task: KnownTask = {
      session,
      id,
      calls,
      approval,
      bytes,
      stopped: undefined,
      canBeForgotten: !isStated,
      running: { meta, passage, problemOf, ...deadlines },
    };
    this.#makeRoom(session);
    this.#tasks.add(task);
    if (stopped !== undefined) {
      this.#stop(task, stopped);
      return;
    }
    this.#watch(task, given.validUntil);
    this.#watchToken(task);
  }

  /** Why a session can begin no further task, or `undefined` if it can. */
  findProblem(session: EngineSession): string | undefined {
    this.#makeRoom(session);
    return this.#tasks.findProblem(session);
  }

  /** Forgets tasks that have ended. One that may still run is cancelled. */
  #makeRoom(session: EngineSession): void {
    let task = this.#tasks.nextToForget(session);
    while (task !== undefined) {
      this.#stop(task, 'it was forgotten');
      this.#tasks.delete(task);
      this.#hasForgotten = true;
      task = this.#tasks.nextToForget(session);
    }
  }

  /** The calls that go on as tasks of a session on which the server works. */
  runningCalls(session: EngineSession): readonly Call[] {
    const running = this.#tasks.all(session).filter((task) => task.running !== undefined);
    return running.flatMap(({ calls }) => calls);
  }

  /** The calls that go on as a task of a session. */
  listCalls(session: EngineSession, id: unknown): readonly Call[] {
    return this.#tasks.find(session, id).flatMap(({ calls }) => calls);
  }

  /** Whether a session began a task. */
  isKnownTask(session: EngineSession, id: unknown): boolean {
    return this.#tasks.find(session, id).length > 0;
  }

  /** Whether it is certain that no session began a task with this id, as far as the guard could see. */
  isOfNobody(id: unknown): boolean {
    return !this.#hasForgotten && !this.#tasks.has(id);
  }

  /** Why a task was stopped, or `undefined` if it was not. */
  explainStop(session: EngineSession, id: unknown): string | undefined {
    const stopped = this.#tasks.find(session, id).find((task) => task.stopped !== undefined);
    return stopped?.stopped === undefined ? undefined : formatStop(stopped.stopped);
  }

  /** Takes the state of a task that the server states. */
  storeState(session: EngineSession, id: unknown, { status }: Members): void {
    if (!finalStates.includes(status)) return;
    const [task, ...others] = this.#tasks.find(session, id).filter(({ running }) => running);
    if (task === undefined) return;
    if (others.length === 0) endTask(task);
    // It is not known which of the tasks with this id has ended.
    else for (const each of [task, ...others]) each.canBeForgotten = true;
  }

  /** The client does not get the answer that named a task: the task is cancelled, and nothing of it reaches the client. */
  refuse(session: EngineSession, id: string, reason: string): void {
    const task = this.#tasks.find(session, id).at(-1);
    if (task !== undefined) this.#stop(task, reason);
  }

  /** Decides the tasks of a session again. */
  recheck(session: EngineSession, trigger: Trigger): void {
    for (const task of this.#tasks.all(session)) this.#recheck(task, trigger);
  }

  #recheck(task: KnownTask, trigger: Trigger): void {
    const { running } = task;
    if (running === undefined) return;
    const permission = decideAgain(task.session, task, trigger);
    if (typeof permission === 'string') {
      this.#stop(task, permission);
      return;
    }
    const problem = running.problemOf(permission);
    if (problem === undefined) {
      this.#watch(task, permission.validUntil);
    } else {
      task.session.logRefusal(`the task ${JSON.stringify(task.id)}: ${problem}`);
      this.#stop(task, problem);
    }
  }

  /** Decides the task again when the first of its answers ends. */
  #watch(task: KnownTask, validUntil: number | undefined): void {
    task.running?.deadline.set(validUntil, Date.now, () => this.#recheck(task, 'time'));
  }

  /** The client of a session came with a token that is valid until an instant, or with none if it is `undefined`. */
  extend(session: EngineSession, validUntil: number | undefined): void {
    const tokenEnd = this.#tokenEnds.get(session);
    if (validUntil === undefined || (tokenEnd !== undefined && tokenEnd >= validUntil)) return;
    this.#tokenEnds.set(session, validUntil);
    for (const task of this.#tasks.all(session)) this.#watchToken(task);
  }

  /** Stops the task when the last token of its client has expired. */
  #watchToken(task: KnownTask): void {
    const end = this.#tokenEnds.get(task.session);
    task.running?.tokenDeadline.set(end, Date.now, () => {
      if (end !== undefined && end > Date.now()) this.#watchToken(task);
      else this.#stop(task, tokenExpired);
    });
  }

  /** If its client is revoked, its tasks are cancelled. */
  sessionEnded(session: EngineSession): void {
    for (const task of this.#tasks.all(session)) {
      if (session.revocation !== undefined) this.#stop(task, session.revokedReason);
      endTask(task);
      this.#tasks.delete(task);
    }
  }

  #stop(task: KnownTask, reason: string): void {
    const { running } = task;
    // A recheck that revokes has stopped all tasks already.
    if (running === undefined) return;
    endTask(task);
    task.stopped = reason;
    this.#cancellations.cancel(task.session, task.id, running.meta, running.passage);
    const listeners = this.#listeners.get(task.session) ?? [];
    for (const listener of [...listeners]) listener(task.id, formatStop(reason));
  }

  /** Calls a listener for each task of a session that is stopped, until the returned function is called. */
  onStop(session: EngineSession, listener: StopListener): () => void {
    const listeners = this.#listeners.get(session) ?? new Set();
    this.#listeners.set(session, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Takes the answer to a request that cancels a task. Returns false if the message is not one. */
  takeAnswer(message: ResponseMessage): boolean {
    return this.#cancellations.takeAnswer(message);
  }

  /** A message of the client of a session came: what the server has not cancelled is cancelled on this connection. */
  notePassage(session: EngineSession, passage: Passage): void {
    this.#cancellations.notePassage(session, passage);
  }

  /** Whether the server has not taken the cancellation of a task; `gate`: of one that began by its relay. */
  isStopping(gate?: object): boolean {
    return this.#cancellations.isWaiting(gate);
  }

  /** Stops all tasks: the guard ends, and cannot decide them again. */
  stopAll(reason: string): void {
    for (const task of this.#tasks.everything) this.#stop(task, reason);
  }

  /** Whether the server works on a task of a session. */
  isRunning(session: EngineSession, id: unknown): boolean {
    return this.#tasks.find(session, id).some(({ running }) => running !== undefined);
  }
}

function formatStop(reason: string): string {
  return `the task was stopped: ${reason}`;
}

function endTask(task: KnownTask): void {
  task.running?.deadline.clear();
  task.running?.tokenDeadline.clear();
  task.running = undefined;
  task.canBeForgotten = true;
}
