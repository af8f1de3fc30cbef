// The changes of the answers to sessions: notifies listeners, and writes a line for each with what caused it.

import { type Answer, type SessionChange, type Sessions, toAuthZen } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { Members } from '../../json/members.ts';
import type { Trigger } from '../../log/entry.ts';
import type { LineWriter } from '../log/decision-lines.ts';
import type { Observer } from '../observer.ts';
import { serviceItself } from './session-caller.ts';
import type { RequestedEvent, SessionListener } from './session-event.ts';
import type { SessionHandle } from './session-gate.ts';

export interface SessionChangesOptions {
  readonly sessions: Sessions;
  readonly lines: LineWriter;
  readonly observer: Observer;
  /**
   * The id of whom caused what changed a session that was not evaluated since, or `undefined` for the cause of its
   * evaluation.
   */
  readonly findCause: (id: string) => string | undefined;
  readonly findHolder: (id: string) => string | undefined;
  readonly request: (id: string) => Members;
  /** Writes the lines of a session that wait, which are before those of its answers. */
  readonly writeLines: (id: string) => void;
}

const changeKinds = [
  ...(['narrowed', 'challenged', 'denied', 'revoked', 'restored', 'changed'] as const),
];

export class SessionChanges {
  readonly #options: SessionChangesOptions;
  readonly #listeners = new Set<SessionListener>();
  /** Why sessions are evaluated now, and the id of whom causes it. */
  #trigger: Trigger = 'time';
  #by: string = serviceItself.id;

  constructor(options: SessionChangesOptions) {
    this.#options = options;
    for (const kind of changeKinds) {
      options.sessions.on(kind, (change) => this.#notifyChange(change));
    }
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Attributes what changes meanwhile to a caller. */
  runCaused<Result>(by: string, run: () => Result, trigger: Trigger = 'event'): Result {
    const [previousBy, previousTrigger] = [this.#by, this.#trigger];
    [this.#by, this.#trigger] = [by, trigger];
    try {
      return run();
    } finally {
      [this.#by, this.#trigger] = [previousBy, previousTrigger];
    }
  }

  /** Evaluates sessions because of events. */
  runByEvents(run: () => void): void {
    this.runCaused(this.#by, run);
  }

  /** The answer to a session now. Another session may have the id by now. */
  evaluate(handle: SessionHandle): Answer {
    const session = this.#options.sessions.get(handle.id);
    if (session === handle) return session.reevaluate();
    return createRefusalAnswer('no_session', 'the session was closed meanwhile');
  }

  /** A decision, unless the session was revoked or closed after it. */
  withdrawPermit(handle: SessionHandle, answer: Answer): Answer {
    if (!answer.decision) return answer;
    const session = this.#options.sessions.get(handle.id);
    return session === handle && !session.signal.aborted ? answer : this.evaluate(handle);
  }

  notify(event: RequestedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #notifyChange(change: SessionChange): void {
    const { lines, observer, findCause, findHolder } = this.#options;
    observer.changed(change.answer.effect);
    const by = findCause(change.id) ?? this.#by;
    this.#logChange(by, change, this.#trigger);
    if (change.answer.effect === 'revoke') lines.logRevocation(by, change.id, change.answer);
    this.notify({ kind: 'changed', change, owner: findHolder(change.id) });
  }

  #logChange(by: string, { id, answer }: SessionChange, trigger: Trigger): void {
    const { lines, sessions, writeLines, request } = this.#options;
    if (!lines.isLogging || sessions.get(id) === undefined) return;
    writeLines(id);
    const line = { by, session: id, request: request(id), response: toAuthZen(answer), trigger };
    lines.logDecision({ ...line, traceId: undefined, latency: 0 });
  }
}
