// Applies events to sessions: records signals, and changes the facts that are newer than those that are known.

import { SessionError } from '@nhipol/runtime';
import { isMembers, type Members } from '../../json/members.ts';
import type { SessionTarget } from '../../pdp/session-target.ts';
import { messageOf } from '../../support/message-of.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { EventEffect, EventMapping } from './event-rules.ts';
import { agreedBy, fittingPart, patchOf, valueAt } from './fact-patches.ts';
import { FactTimes, type Leaf } from './fact-times.ts';

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
    const { changed, contradicted, keep } = this.#times.select(id, facts, event.time);
    if (changed.length === 0) return false;
    const before = target.request(id);
    this.#change(event, id, changed, before);
    keep();
    if (contradicted.length === 0) return true;
    const names = new Set(contradicted.map((path) => JSON.stringify(path)));
    const agreed = changed
      .filter(([path]) => names.has(JSON.stringify(path)))
      .map(([path, value]): Leaf => [path, agreementOn(valueAt(before, path), value)]);
    this.#contradicted.push(() => {
      try {
        this.#change(event, id, agreed, target.request(id));
      } catch (error) {
        this.end(event, id, error);
      }
    });
    return true;
  }

  /** Sets facts: one that does not fit the policy is unknown, and the others are as the event says. */
  #change(event: SecurityEvent, id: string, leaves: readonly Leaf[], before: Members): void {
    const { target } = this.#options;
    const set = (given: readonly Leaf[]) => {
      target.change(causerOf(event), id, patchOf(given, before));
    };
    if (this.#attempt(event, id, () => set(leaves)) === undefined) return;
    for (const leaf of leaves) changeOne(leaf, (each) => misfitOf(() => set([each])));
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
    if (this.#attempt(event, id, () => record(payload)) !== undefined) record(undefined);
  }

  /** Returns why the session does not accept a change, which is reported. Throws if it cannot be changed at all. */
  #attempt({ type }: SecurityEvent, id: string, change: () => void): SessionError | undefined {
    const misfit = misfitOf(change);
    if (misfit !== undefined) {
      this.#options.onWarning(`${type} does not fit the policy in ${id}: ${messageOf(misfit)}`);
    }
    return misfit;
  }
}

/** Why a session does not accept a change. Throws if it cannot be changed at all. */
function misfitOf(change: () => void): SessionError | undefined {
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
    ? fittingPart(value, isFit) !== undefined
    : set([path, null]) === undefined;
  if (!isSet) throw misfit;
}

/** The value that is known if events of the same instant say different things: none, or the members that objects share. */
function agreementOn(before: unknown, value: unknown): unknown {
  return isMembers(before) && isMembers(value) ? agreedBy(before, value) : null;
}

/** Names the cause of a change in the log. */
function causerOf({ issuer }: Pick<SecurityEvent, 'issuer'>): string {
  return `issuer:${issuer}`;
}
