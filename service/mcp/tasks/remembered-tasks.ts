// The tasks that the guard remembers of each session, within limits. Only what may be forgotten makes room for others: a task
// that runs is never forgotten, so that a session with too many of them cannot begin another.

import type { EngineSession } from '../../engine/engine-session.ts';

export interface RememberedTask {
  readonly session: EngineSession;
  readonly id: string;
  /** The length of its call. */
  readonly bytes: number;
  readonly canBeForgotten: boolean;
}

interface SessionTasks<Task> {
  /** In the order in which they began. */
  readonly all: Set<Task>;
  readonly byId: Map<string, readonly Task[]>;
  bytes: number;
}

/** The tasks of a session, and the length of their calls in bytes. */
const maxTasks = 10_000;
const maxBytes = 64 * 1_048_576;
/** The length of the calls of all sessions. */
const maxBytesInAll = 512 * 1_048_576;
/** The memory of a task besides its call, in bytes. */
const bytesOfTask = 1_024;

export class RememberedTasks<Task extends RememberedTask> {
  readonly #sessions = new Map<EngineSession, SessionTasks<Task>>();
  #bytes = 0;

  add(task: Task): void {
    const tasks = this.#sessions.get(task.session) ?? { all: new Set(), byId: new Map(), bytes: 0 };
    this.#sessions.set(task.session, tasks);
    tasks.all.add(task);
    tasks.byId.set(task.id, [...(tasks.byId.get(task.id) ?? []), task]);
    this.#count(tasks, countBytes(task));
  }

  delete(task: Task): void {
    const tasks = this.#sessions.get(task.session);
    if (tasks === undefined || !tasks.all.delete(task)) return;
    const others = (tasks.byId.get(task.id) ?? []).filter((each) => each !== task);
    if (others.length === 0) tasks.byId.delete(task.id);
    else tasks.byId.set(task.id, others);
    this.#count(tasks, -countBytes(task));
    if (tasks.all.size === 0) this.#sessions.delete(task.session);
  }

  #count(tasks: SessionTasks<Task>, bytes: number): void {
    tasks.bytes += bytes;
    this.#bytes += bytes;
  }

  /** The tasks of a session, the oldest first. */
  all(session: EngineSession): readonly Task[] {
    return [...(this.#sessions.get(session)?.all ?? [])];
  }

  /** The tasks of all sessions. */
  get everything(): readonly Task[] {
    return [...this.#sessions.values()].flatMap(({ all }) => [...all]);
  }

  /** The tasks of a session with an id. A server can give several of them the same id. */
  find(session: EngineSession, id: unknown): readonly Task[] {
    if (typeof id !== 'string') return [];
    return this.#sessions.get(session)?.byId.get(id) ?? [];
  }

  /** Whether any session has a task with this id. */
  has(id: unknown): boolean {
    return typeof id === 'string' && [...this.#sessions.values()].some(({ byId }) => byId.has(id));
  }

  /** Why a session can begin no further task, or `undefined` if it can. */
  findProblem(session: EngineSession): string | undefined {
    const size = this.#sessions.get(session)?.all.size ?? 0;
    if (this.#isFull(session)) return `${size} tasks have not ended: cancel them`;
    return this.#bytes > maxBytesInAll ? 'too many tasks of all clients have not ended' : undefined;
  }

  /** The task that must be forgotten before a session begins another one, or `undefined` if there is none. */
  nextToForget(session: EngineSession): Task | undefined {
    const tasks = this.#sessions.get(session);
    if (tasks !== undefined && this.#isFull(session)) return findForgettable(tasks);
    if (this.#bytes <= maxBytesInAll) return undefined;
    const longestFirst = [...this.#sessions.values()].sort((a, b) => b.bytes - a.bytes);
    for (const sessionTasks of longestFirst) {
      const task = findForgettable(sessionTasks);
      if (task !== undefined) return task;
    }
    return undefined;
  }

  #isFull(session: EngineSession): boolean {
    const tasks = this.#sessions.get(session);
    return tasks !== undefined && (tasks.all.size >= maxTasks || tasks.bytes > maxBytes);
  }
}

function countBytes({ id, bytes }: RememberedTask): number {
  return bytes + 2 * id.length + bytesOfTask;
}

function findForgettable<Task extends RememberedTask>({
  all,
}: SessionTasks<Task>): Task | undefined {
  for (const task of all) if (task.canBeForgotten) return task;
  return undefined;
}
