// Applies events to sessions: records signals, and changes the facts that are newer than those that are known.

import { SessionError } from '@nhipol/runtime';
import { isMembers, type Members } from '../../json/members.ts';
import type { SessionTarget } from '../../pdp/sessions/session-target.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { EventEffect, EventMapping } from './event-rules.ts';
import { createPatch, type Leaf, selectFittingPart } from './fact-patches.ts';
import { FactTimes, type TimedFactChange } from './fact-times.ts';
import type { Incarnation } from './incarnations.ts';

export interface ApplierOptions {
  readonly target: SessionTarget;
  readonly mapping: () => EventMapping;
  readonly onWarning: (warning: string) => void;
}

/** An event, as the cause of changes. */
type Cause = Pick<SecurityEvent, 'type' | 'issuer'>;

/** An event that changed facts. */
interface Saying extends Cause {
  readonly facts: Members;
  readonly time: number;
}

/** Errors that are not about the event, so that it must not be acknowledged. */
const failures: ReadonlySet<string> = new Set(['engine_error', 'no_room']);

export class EventApplier {
  readonly #options: ApplierOptions;
  readonly #times = new FactTimes<Incarnation>();
  /** The events that changed facts of sessions that were not evaluated since. */
  readonly #unsettled = new Map<Incarnation, Saying[]>();
  #cause: string | undefined;

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /** The transaction of the event because of which sessions are evaluated now. */
  get cause(): string | undefined {
    return this.#cause;
  }

  /**
   * Changes a session, and returns whether facts may have changed. `settle` evaluates it. Throws if the session cannot be
   * changed: it must then not go on.
   */
  apply(event: SecurityEvent, session: Incarnation): boolean {
    const effect = this.#findEffect(event, session);
    if (effect === undefined) return false;
    const { signal, facts, failures } = effect;
    for (const failure of failures) {
      this.#options.onWarning(`a fact of ${event.type} is unknown in ${session.id}: ${failure}`);
    }
    if (signal !== undefined) this.#record(event, session, signal);
    if (facts === undefined) return false;
    const { type, issuer, time } = event;
    const changes = this.#times.add(session, facts, time);
    if (changes.length === 0) return false;
    this.#change(event, session, changes);
    const sayings = this.#unsettled.get(session) ?? [];
    sayings.push({ type, issuer, facts, time });
    this.#unsettled.set(session, sayings);
    return true;
  }

  /** Sets facts: one that does not fit the policy is unknown, and the others are as the event says. */
  #change(cause: Cause, session: Incarnation, changes: readonly TimedFactChange[]): void {
    const { target } = this.#options;
    const set = (leaves: readonly Leaf[]) => {
      target.change(
        nameCauser(cause),
        session.id,
        createPatch(leaves, () => target.request(session.id)),
      );
    };
    const leaves = changes.map(({ path, value }): Leaf => [path, value]);
    if (this.#attempt(cause, session, () => set(leaves)) === undefined) return;
    const setOne = (leaf: Leaf) => findMisfit(() => set([leaf]));
    for (const { path, value, steps } of changes) {
      if (steps.length > 1 && setOne([path, value]) === undefined) continue;
      for (const step of steps) changeOne(step, setOne);
    }
  }

  /** Changes facts to what an event says, or back. A session that cannot be changed is closed. */
  #changeOrEnd(cause: Cause, session: Incarnation, changes: readonly TimedFactChange[]): void {
    try {
      if (session.isOpen && changes.length > 0) this.#change(cause, session, changes);
    } catch (error) {
      this.end(cause, session, error);
    }
  }

  /** Closes a session that an event could not change, unless it was closed meanwhile. */
  end({ type, issuer }: Cause, session: Incarnation, error: unknown): void {
    const { target, onWarning } = this.#options;
    if (!session.isOpen) return;
    onWarning(
      `the session ${session.id} was closed, because ${type} did not change it: ${formatErrorMessage(error)}`,
    );
    target.end(nameCauser({ issuer }), session.id);
  }

  /** Notes the facts of an event that an earlier process applied. `request`: returns those of the session. */
  remember(event: SecurityEvent, session: Incarnation, request: () => Members): void {
    const facts = this.#findEffect(event, session, request)?.facts;
    if (facts !== undefined) this.#times.add(session, facts, event.time);
  }

  /**
   * Evaluates the sessions that were changed. `cause`: the transaction of the event. `turn`: lets others have a turn; absent:
   * nobody has one until all is evaluated.
   */
  async settle(cause: string | undefined, turn?: () => Promise<void>): Promise<void> {
    for (const evaluate of this.#evaluations()) {
      if (turn !== undefined) await turn();
      this.#runCaused(cause, evaluate);
    }
    this.#runCaused(cause, () => this.#options.target.reevaluate());
  }

  #runCaused(cause: string | undefined, run: () => void): void {
    this.#cause = cause;
    try {
      run();
    } finally {
      this.#cause = undefined;
    }
  }

  /** Evaluate what each event says, if others of the same instant contradict it. The facts are then as they were before. */
  #evaluations(): readonly (() => void)[] {
    const changed = [...this.#unsettled].map(([session, sayings]) => ({
      session,
      sayings: sayings.filter((saying) => this.#listContradicted(session, saying).length > 0),
    }));
    this.#unsettled.clear();
    const rounds = Math.max(0, ...changed.map(({ sayings }) => sayings.length));
    return Array.from({ length: rounds }, (_, round) => () => {
      const now = changed.flatMap(({ session, sayings }) => {
        const saying = sayings[round];
        return saying === undefined ? [] : [{ session, saying }];
      });
      try {
        for (const { session, saying } of now) {
          this.#changeOrEnd(saying, session, this.#listContradicted(session, saying));
        }
        this.#options.target.reevaluate();
      } finally {
        for (const { session, saying } of now)
          this.#changeOrEnd(saying, session, this.#times.listDisputed(session));
      }
    });
  }

  #listContradicted(session: Incarnation, { facts, time }: Saying): readonly TimedFactChange[] {
    return this.#times.listContradicted(session, facts, time);
  }

  /** The instants of the facts of a session are unknown from now on. */
  forgetTimes(session: Incarnation): void {
    this.#times.delete(session);
  }

  forget(session: Incarnation): void {
    this.#times.delete(session);
    this.#unsettled.delete(session);
  }

  #findEffect(
    event: SecurityEvent,
    session: Incarnation,
    request = () => this.#options.target.request(session.id),
  ): EventEffect | undefined {
    const { target, mapping, onWarning } = this.#options;
    try {
      return mapping().effectOn(event, { id: session.id, request }, target.policy());
    } catch (error) {
      onWarning(`${event.type} does not change ${session.id}: ${formatErrorMessage(error)}`);
      throw error;
    }
  }

  /** Nothing is known about a payload that the policy declares otherwise: that the event occurred still counts. */
  #record(
    event: SecurityEvent,
    session: Incarnation,
    { name, payload }: NonNullable<EventEffect['signal']>,
  ): void {
    const { target } = this.#options;
    const record = (given: Members | undefined) =>
      target.record(nameCauser(event), session.id, name, given, event.time);
    if (this.#attempt(event, session, () => record(payload)) !== undefined) record(undefined);
  }

  /** Returns why the session does not accept a change, which is reported. Throws if it cannot be changed at all. */
  #attempt({ type }: Cause, session: Incarnation, change: () => void): SessionError | undefined {
    const misfit = findMisfit(change);
    if (misfit !== undefined) {
      this.#options.onWarning(
        `${type} does not fit the policy in ${session.id}: ${formatErrorMessage(misfit)}`,
      );
    }
    return misfit;
  }
}

/** Why a session does not accept a change. Throws if it cannot be changed at all. */
function findMisfit(change: () => void): SessionError | undefined {
  try {
    change();
    return undefined;
  } catch (error) {
    if (error instanceof SessionError && !failures.has(error.code)) return error;
    throw error;
  }
}

/**
 * Sets a fact, or the part of it that fits. Throws if no part does: of an object, that it is there may be what counts, and a value
 * that cannot be unknown would stay as it was. `set`: returns why the session does not accept it.
 */
function changeOne([path, value]: Leaf, set: (leaf: Leaf) => SessionError | undefined): void {
  const misfit = set([path, value]);
  if (misfit === undefined) return;
  const isFit = (part: Members) => set([path, part]) === undefined;
  const isSet = isMembers(value)
    ? selectFittingPart(value, isFit) !== undefined
    : set([path, null]) === undefined;
  if (!isSet) throw misfit;
}

/** Names the cause of a change in the log. */
function nameCauser({ issuer }: Pick<SecurityEvent, 'issuer'>): string {
  return `issuer:${issuer}`;
}
