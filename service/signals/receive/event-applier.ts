// Applies events to sessions: records signals, and changes the facts that are newer than those that are known.

import { SessionError } from '@nhipol/runtime';
import type { Members } from '../../json/members.ts';
import type { SessionTarget } from '../../pdp/session-target.ts';
import { messageOf } from '../../support/message-of.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { EventEffect, EventMapping } from './event-rules.ts';
import { FactTimes } from './fact-times.ts';

export interface ApplierOptions {
  readonly target: SessionTarget;
  readonly mapping: () => EventMapping;
  readonly onWarning: (warning: string) => void;
}

/** Errors that are not about the event, so that it must not be acknowledged. */
const failures: ReadonlySet<string> = new Set(['engine_error', 'no_room']);

export class EventApplier {
  readonly #options: ApplierOptions;
  readonly #times = new FactTimes();
  /** Facts that are unknown as soon as the sessions were evaluated with the new value. */
  #contradicted: (() => void)[] = [];
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
  apply(event: SecurityEvent, id: string): boolean {
    const { target } = this.#options;
    const effect = this.#effectOn(event, id);
    if (effect === undefined) return false;
    const { signal, facts } = effect;
    if (signal !== undefined) this.#record(event, id, signal);
    if (facts === undefined) return false;
    const { changes, contradicted, keep } = this.#times.select(id, facts, event.time);
    const change = () => {
      for (const part of changes) target.change(causerOf(event), id, part);
    };
    if (!this.#attempt(event, id, change)) return true;
    keep();
    if (contradicted === undefined) return true;
    this.#contradicted.push(() => {
      this.#attempt(event, id, () => target.change(causerOf(event), id, contradicted));
    });
    return true;
  }

  /** Closes a session that an event could not change. */
  end({ type, issuer }: Pick<SecurityEvent, 'type' | 'issuer'>, id: string, error: unknown): void {
    const { target, onWarning } = this.#options;
    onWarning(
      `the session ${id} was closed, because ${type} did not change it: ${messageOf(error)}`,
    );
    target.end(causerOf({ issuer }), id);
  }

  /** Notes the facts of an event that an earlier process applied. */
  remember(event: SecurityEvent, id: string): void {
    const facts = this.#effectOn(event, id)?.facts;
    if (facts !== undefined) this.#times.select(id, facts, event.time).keep();
  }

  /** Evaluates the sessions that were changed. `cause`: the transaction of the event. */
  settle(cause: string | undefined): void {
    const { target } = this.#options;
    this.#cause = cause;
    try {
      target.reevaluate();
      if (this.#contradicted.length === 0) return;
      for (const change of this.#contradicted.splice(0)) change();
      target.reevaluate();
    } finally {
      this.#cause = undefined;
    }
  }

  forget(id: string): void {
    this.#times.delete(id);
  }

  #effectOn(event: SecurityEvent, id: string): EventEffect | undefined {
    const { target, mapping, onWarning } = this.#options;
    try {
      const session = { id, request: () => target.request(id) };
      return mapping().effectOn(event, session, target.policy());
    } catch (error) {
      onWarning(`${event.type} does not change ${id}: ${messageOf(error)}`);
      throw error;
    }
  }

  /** Nothing is known about a payload that the policy declares otherwise: that the event occurred still counts. */
  #record(
    event: SecurityEvent,
    id: string,
    { name, payload }: NonNullable<EventEffect['signal']>,
  ): void {
    const { target } = this.#options;
    const record = (given: Members | undefined) =>
      target.record(causerOf(event), id, name, given, event.time);
    if (!this.#attempt(event, id, () => record(payload))) record(undefined);
  }

  /** Returns whether the session accepted the change. Throws if the session cannot be changed at all. */
  #attempt({ type }: SecurityEvent, id: string, change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (error instanceof SessionError && failures.has(error.code)) throw error;
      this.#options.onWarning(`${type} does not fit the policy in ${id}: ${messageOf(error)}`);
      return false;
    }
  }
}

/** Names the cause of a change in the log. */
function causerOf({ issuer }: Pick<SecurityEvent, 'issuer'>): string {
  return `issuer:${issuer}`;
}
