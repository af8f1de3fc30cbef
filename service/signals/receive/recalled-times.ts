// Reads which instants the facts of sessions are from, where this process does not know it: for sessions of an earlier process,
// and for all of them under another policy or by other rules, as facts are known then that were not.

import type { PolicyModule } from '../../engine/policy-module.ts';
import type { SessionTarget } from '../../pdp/session-target.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { SessionKeys } from '../subjects/session-identifiers.ts';
import type { EarlierEvents, EventEntry } from './earlier-events.ts';
import type { EventApplier } from './event-applier.ts';
import type { EventMapping } from './event-rules.ts';

export interface RecalledTimesOptions {
  readonly target: SessionTarget;
  readonly applier: EventApplier;
  readonly earlier: EarlierEvents;
  readonly mapping: () => EventMapping;
  /** Whether an event is about a session, of which it has an identifier. */
  readonly isFor: (entry: EventEntry, id: string) => boolean;
  /** Whether an event has changed the sessions that it is about. */
  readonly isApplied: (event: SecurityEvent) => boolean;
}

export class RecalledTimes {
  readonly #options: RecalledTimesOptions;
  readonly #unknown = new Set<string>();
  /** The others are known for this policy and these rules. */
  #known: { readonly policy: PolicyModule; readonly mapping: EventMapping };

  constructor(options: RecalledTimesOptions) {
    this.#options = options;
    this.#known = { policy: options.target.policy(), mapping: options.mapping() };
  }

  /** A session of an earlier process. */
  add(id: string): void {
    this.#unknown.add(id);
  }

  delete(id: string): void {
    this.#unknown.delete(id);
  }

  isUnknown(id: string): boolean {
    const { target, applier, mapping: current } = this.#options;
    const [policy, mapping] = [target.policy(), current()];
    if (policy !== this.#known.policy || mapping !== this.#known.mapping) {
      this.#known = { policy, mapping };
      for (const each of target.ids()) {
        applier.forgetTimes(each);
        this.#unknown.add(each);
      }
    }
    return this.#unknown.has(id);
  }

  /** Reads them for a session with these keys, if they are unknown. */
  async recall(id: string, keys: SessionKeys): Promise<void> {
    if (!this.isUnknown(id)) return;
    this.#unknown.delete(id);
    const { target, applier, earlier, isFor, isApplied } = this.#options;
    const current = { keys, until: Number.POSITIVE_INFINITY };
    const isWanted = (entry: EventEntry) => isFor(entry, id);
    for (const each of [...target.formerKeys(id), current]) {
      for (const event of await earlier.about(each.keys, isWanted, each.until)) {
        if (isApplied(event)) applier.remember(event, id);
      }
    }
  }
}
