// The sessions of a decision point as events change them: signals and facts, and sessions that nobody may use until the
// remembered events about their subjects have changed them.

import { mergePatch, type Session, type Sessions } from '@nhipol/runtime';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type { EventLines } from '../log/event-lines.ts';
import type { FactLines } from '../log/fact-lines.ts';
import type { Observer } from '../observer.ts';
import { roundExactNumbers, stringifyExactly } from '../requests/exact-json.ts';
import type { SessionChanges } from './session-changes.ts';
import { createMissingProblem, type SessionGate } from './session-gate.ts';
import { readOwners, type SessionOwners } from './session-owners.ts';
import type { SessionTarget } from './session-target.ts';

export interface EventTargetOptions {
  readonly policy: () => PolicyModule;
  readonly sessions: Sessions;
  readonly owners: SessionOwners;
  readonly gate: SessionGate;
  readonly changes: SessionChanges;
  readonly factLines: FactLines;
  readonly eventLines: EventLines;
  readonly observer: Observer;
  readonly request: (id: string) => Members;
  /** Closes a session. */
  readonly close: (by: string, id: string) => void;
  readonly stored: () => Promise<void>;
}

/** A signal in the session with this id. */
interface Recorded {
  readonly id: string;
  readonly name: string;
  /** `undefined` if nothing is known about its members. */
  readonly payload: Members | undefined;
  readonly time: number | undefined;
}

export class EventTarget {
  readonly #options: EventTargetOptions;
  /** Sessions that are being opened, and that nobody may use. */
  readonly #held = new Set<string>();
  /** The facts of sessions that events are changing, which a snapshot has with all of the history. */
  readonly #changing = new Map<string, Members>();
  /** Sessions that events changed, and that were not evaluated yet, with the id of whom caused the latest one. */
  readonly #affected = new Map<string, string>();

  constructor(options: EventTargetOptions) {
    this.#options = options;
  }

  get target(): SessionTarget {
    const { policy, sessions, owners, close, stored } = this.#options;
    return {
      policy,
      stored,
      end: close,
      ids: () => sessions.ids(),
      request: (id) => this.#readRequest(id),
      openedAt: (id) => owners.get(id)?.openedAt,
      formerKeys: (id) => owners.get(id)?.former ?? [],
      noteFormer: (id, former) => owners.noteFormer(id, former),
      record: (by, id, name, payload, time) => {
        this.recordSignal(by, this.#expectOpen(id), { id, name, payload, time });
        this.#affected.set(id, by);
      },
      change: (by, id, part) => this.#change(by, id, part),
      hold: (id) => {
        this.#held.add(id);
        owners.setOpening(id, true);
      },
      reevaluate: () => this.#reevaluate(),
    };
  }

  isHeld(id: string): boolean {
    return this.#held.has(id);
  }

  findCause(id: string): string | undefined {
    return this.#affected.get(id);
  }

  /** The facts of a session, read once for all events that change it before it is evaluated. */
  #readRequest(id: string): Members {
    const known = this.#changing.get(id);
    if (known !== undefined) return known;
    const request = roundExactNumbers(this.#options.request(id)) as Members;
    if (this.#held.has(id)) this.#changing.set(id, request);
    return request;
  }

  /** Records a signal of an event, or of a caller. */
  recordSignal(by: string, session: Session, { id, name, payload, time }: Recorded): void {
    const { changes, eventLines, factLines, observer } = this.#options;
    changes.runCaused(by, () => {
      if (payload === undefined) session.recordUnknown(name, time);
      else session.record(name, stringifyExactly(payload), time);
    });
    if (!eventLines.isGathering(id)) factLines.write(id);
    eventLines.add(by, id, { signal: name, payload, time });
    observer.signalled(name);
  }

  #change(by: string, id: string, part: Members): void {
    const { changes, factLines, owners } = this.#options;
    const session = this.#expectOpen(id);
    factLines.note(by, id);
    const before = this.#changing.get(id);
    changes.runCaused(by, () => session.patch(part));
    this.#affected.set(id, by);
    if (before !== undefined) this.#changing.set(id, mergePatch(before, part) as Members);
    owners.change(id, { ...readOwners(part), subject: undefined });
  }

  /** A session that was being opened may be used. */
  release(id: string): void {
    this.#changing.delete(id);
    if (this.#held.delete(id)) this.#options.owners.setOpening(id, false);
  }

  /** A sweep does not evaluate sessions that were never decided, which may be revoked, too. */
  #reevaluate(): void {
    const { changes, sessions } = this.#options;
    try {
      changes.runByEvents(() => {
        for (const id of this.#changing.keys()) {
          if (!this.#held.has(id)) this.#changing.delete(id);
        }
        for (const id of this.#affected.keys()) {
          // The facts of a session that is being opened are written when it is open, or when its answer changes.
          if (!this.#held.has(id)) this.writeLines(id);
        }
        sessions.sweep();
        for (const id of this.#affected.keys()) sessions.get(id)?.reevaluate();
      });
    } finally {
      this.#affected.clear();
    }
  }

  writeLines(id: string): void {
    this.#options.eventLines.write(id);
    this.#options.factLines.write(id);
  }

  forget(id: string): void {
    this.#changing.delete(id);
    this.#held.delete(id);
    this.#affected.delete(id);
  }

  /** The session, also while it is being opened. */
  #expectOpen(id: string): Session {
    this.#options.gate.expectNotEnded();
    const session = this.#options.sessions.get(id);
    if (session !== undefined) return session;
    throw createMissingProblem();
  }
}
