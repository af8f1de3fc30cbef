// Reads which instants the facts of sessions are from, where this process does not know it: for sessions of an earlier process,
// and for all of them under another policy or by other rules, as facts are known then that were not.

import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type { SessionTarget } from '../../pdp/sessions/session-target.ts';
import { takeTurns } from '../../pdp/turns.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { SessionKeys } from '../subjects/session-identifiers.ts';
import type { EarlierEvents, EventEntry } from './earlier-events.ts';
import type { EventApplier } from './event-applier.ts';
import type { EventMapping } from './event-rules.ts';
import type { Incarnation } from './incarnations.ts';

export interface RecalledTimesOptions {
  readonly target: SessionTarget;
  readonly sessions: () => readonly Incarnation[];
  readonly applier: EventApplier;
  readonly earlier: EarlierEvents;
  readonly mapping: () => EventMapping;
  /** Whether an event is about a session, of which it has an identifier. */
  readonly isFor: (entry: EventEntry, session: Incarnation) => boolean;
  /** Whether the token with a sequence has changed the sessions that it is about. */
  readonly isApplied: (sequence: number) => boolean;
}

export class RecalledTimes {
  readonly #options: RecalledTimesOptions;
  readonly #unknown = new Set<Incarnation>();
  /** The others are known for this policy and these rules. */
  #known: { readonly policy: PolicyModule; readonly mapping: EventMapping };

  constructor(options: RecalledTimesOptions) {
    this.#options = options;
    this.#known = { policy: options.target.policy(), mapping: options.mapping() };
  }

  /** The instants of a session are unknown from now on, as those of an earlier process are. */
  add(session: Incarnation): void {
    this.#options.applier.forgetTimes(session);
    this.#unknown.add(session);
  }

  delete(session: Incarnation): void {
    this.#unknown.delete(session);
  }

  isUnknown(session: Incarnation): boolean {
    this.notice();
    return this.#unknown.has(session);
  }

  /** Under another policy, or by other rules, the instants of all sessions are unknown; not those of sessions that are opened later. */
  notice(): void {
    const { target, mapping: current, sessions } = this.#options;
    const [policy, mapping] = [target.policy(), current()];
    if (policy === this.#known.policy && mapping === this.#known.mapping) return;
    this.#known = { policy, mapping };
    for (const incarnation of sessions()) this.add(incarnation);
  }

  /**
   * Reads them for a session with these keys, if they are unknown. They are unknown until all of them were read; rejects if
   * they cannot be.
   */
  async recall(session: Incarnation, keys: SessionKeys): Promise<void> {
    while (session.isOpen && this.isUnknown(session)) {
      const { policy, mapping } = this.#known;
      const events = await this.#read(session, keys);
      // Meanwhile the session may have been closed, and the policy replaced.
      const isSame = () =>
        session.isOpen &&
        this.isUnknown(session) &&
        policy === this.#known.policy &&
        mapping === this.#known.mapping;
      if (isSame() && (await this.#remember(session, events, isSame)))
        this.#unknown.delete(session);
    }
  }

  /** Returns whether all events were noted: in turns, while `isSame` returns true. */
  async #remember(
    session: Incarnation,
    events: readonly SecurityEvent[],
    isSame: () => boolean,
  ): Promise<boolean> {
    const { applier, target } = this.#options;
    const turn = takeTurns();
    let request: Members | undefined;
    const requestOnce = () => {
      request ??= target.request(session.id);
      return request;
    };
    for (const event of events) {
      await turn();
      if (!isSame()) {
        applier.forgetTimes(session);
        return false;
      }
      applier.remember(event, session, requestOnce);
    }
    return true;
  }

  async #read(session: Incarnation, keys: SessionKeys): Promise<readonly SecurityEvent[]> {
    const { target, earlier, isFor, isApplied } = this.#options;
    const isWanted = (entry: EventEntry) => isFor(entry, session);
    const securityEvents: SecurityEvent[] = [];
    for (const former of target.formerKeys(session.id)) {
      securityEvents.push(...(await earlier.readTokens(former.keys, former.sequences, isWanted)));
    }
    securityEvents.push(...(await earlier.about(keys, isWanted, isApplied)));
    return securityEvents;
  }
}
