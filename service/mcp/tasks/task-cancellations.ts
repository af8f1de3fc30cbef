// The requests of the guard that cancel tasks of the server. The connection on which a task began may be of no use later: its session
// of MCP has ended, or its token has expired, while the client goes on with others. What the server refuses is sent again after
// growing delays, and when the client comes again: in turn on the connection on which the client came last, and on the first.

import { randomUUID } from 'node:crypto';
import type { EngineSession } from '../../engine/engine-session.ts';
import { isMembers, type Members } from '../../json/members.ts';
import type { Passage } from '../passage.ts';
import { errorCodes, type ResponseMessage } from '../protocol/message.ts';
import { createRequestMessage } from '../protocol/replies.ts';
import { minRepeatDelay, repeatDelay } from '../work/repeat-delay.ts';

interface Cancellation {
  readonly session: EngineSession;
  readonly taskId: string;
  /** The metadata of the request. */
  readonly meta: Members;
  /** The connection on which the task began. */
  readonly passage: Passage;
  attempts: number;
  /** When the latest attempt was, in milliseconds since the epoch. */
  sentAt: number;
  /** Runs until the next attempt. */
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface Sent {
  readonly cancellation: Cancellation;
  /** Whether it went by the connection on which the task began. */
  readonly isFirst: boolean;
}

/** The attempts for one task. */
const maxAttempts = 1_000;
/** The cancellations that are remembered: of one session that the server refused, and that it has not answered. */
const maxRefused = 10_000;
const maxSent = 20_000;

export class TaskCancellations {
  /** The requests that the server has not answered, by their ids. */
  readonly #sent = new Map<string, Sent>();
  readonly #refused = new WeakMap<EngineSession, Set<Cancellation>>();
  /** The cancellations that the server has not answered, or has refused. */
  readonly #open = new Set<Cancellation>();
  /** The connections on which the clients of sessions came last. */
  readonly #latest = new WeakMap<EngineSession, Passage>();

  cancel(session: EngineSession, taskId: string, meta: Members, passage: Passage): void {
    const made = { session, taskId, meta, passage, attempts: 0, sentAt: 0, timer: undefined };
    this.#open.add(made);
    this.#send(made);
  }

  /** Whether the server has not taken a cancellation, or one of a task that began by the relay of a gate. */
  isWaiting(gate: object | undefined): boolean {
    if (gate === undefined) return this.#open.size > 0;
    return [...this.#open].some(({ passage }) => passage.leadsThroughGate(gate));
  }

  /** A message of the client of a session came: its session of MCP and its token are those of now. */
  notePassage(session: EngineSession, passage: Passage): void {
    this.#latest.set(session, passage);
    const before = Date.now() - minRepeatDelay;
    for (const cancellation of this.#refused.get(session) ?? []) {
      if (cancellation.sentAt <= before) this.#repeat(cancellation);
    }
  }

  /** Takes the answer to a request that cancels a task. Returns false if the message is not one. */
  takeAnswer({ id, error }: ResponseMessage): boolean {
    const sent = typeof id === 'string' ? this.#sent.get(id) : undefined;
    if (typeof id !== 'string' || sent === undefined) return false;
    this.#sent.delete(id);
    // A server may know the task only in the session of MCP in which it began.
    const hasEnded = sent.isFirst && isFinal(error);
    if (error !== undefined && !hasEnded) this.#repeatLater(sent.cancellation);
    else this.#forget(sent.cancellation);
    return true;
  }

  #forget(cancellation: Cancellation): void {
    this.#open.delete(cancellation);
  }

  #repeat(cancellation: Cancellation): void {
    clearTimeout(cancellation.timer);
    this.#refused.get(cancellation.session)?.delete(cancellation);
    this.#send(cancellation);
  }

  #send(cancellation: Cancellation): void {
    const { session, taskId, meta, passage: first } = cancellation;
    const id = `nhipol-${randomUUID()}`;
    const isFirst = cancellation.attempts % 2 === 0;
    const passage = isFirst ? first : (this.#latest.get(session) ?? first);
    cancellation.attempts += 1;
    cancellation.sentAt = Date.now();
    this.#sent.set(id, { cancellation, isFirst });
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined && this.#sent.size > maxSent) {
      this.#forget(this.#sent.get(oldest)?.cancellation ?? cancellation);
      this.#sent.delete(oldest);
    }
    passage.tellServer(createRequestMessage(id, 'tasks/cancel', { taskId, ...meta }));
  }

  #repeatLater(cancellation: Cancellation): void {
    const { session, passage, attempts } = cancellation;
    const hasOther = (this.#latest.get(session) ?? passage) !== passage;
    if (attempts === 1 && hasOther) {
      this.#send(cancellation);
      return;
    }
    const refused = this.#refused.get(session) ?? new Set();
    if (attempts >= maxAttempts || refused.size >= maxRefused) {
      this.#forget(cancellation);
      return;
    }
    this.#refused.set(session, refused.add(cancellation));
    cancellation.timer = setTimeout(() => this.#repeat(cancellation), repeatDelay(attempts));
    cancellation.timer.unref();
  }
}

/** Whether a server that got the request would answer it in the same way again: it knows no such task, or no such method. */
function isFinal(error: unknown): boolean {
  if (!isMembers(error)) return false;
  return error.code === errorCodes.invalidParams || error.code === errorCodes.methodNotFound;
}
