// Applies the tokens of the cluster to the sessions of a partition that this node owns, in the order of the log.

import type { SessionStore } from '@nhipol/runtime';
import type { SignalSessions } from '../../pdp/sessions/session-target.ts';
import { toVerifiedSet } from '../../signals/receive/stored-set.ts';
import type { OpenPart, PartEvents } from '../../signals/session-parts.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { openPartitionSets, type PartitionSets } from './received-sets.ts';
import type { SetLog } from './set-log.ts';

export interface PartOptions {
  readonly log: SetLog;
  readonly open: OpenPart;
  readonly sessions: SignalSessions;
  /** Where the progress of the partition is. */
  readonly store: SessionStore;
  /** The lease of the partition: its subject, and the sequence of a record that this node wrote. */
  readonly lease: { readonly subject: string; readonly sequence: number };
  readonly onWarning: (warning: string) => void;
}

/** The name of a source, which is at any node. */
const sourceName = 'cluster';

export class PartitionEvents {
  readonly #options: PartOptions;
  readonly #sets: PartitionSets;
  readonly #events: PartEvents;
  /** Everything up to this sequence was passed on. */
  #passed: number;

  /** Resolves when every token that was stored before the lease was taken is applied. */
  static async open(options: PartOptions): Promise<PartitionEvents> {
    const { log, store, sessions, open, lease } = options;
    const caughtUp = log.readMarker(lease.subject, lease.sequence);
    const [sets] = await Promise.all([openPartitionSets(log, store), caughtUp]);
    const passed = log.known;
    return new PartitionEvents(options, sets, await open(sessions, sets.sets), passed);
  }

  private constructor(
    options: PartOptions,
    sets: PartitionSets,
    events: PartEvents,
    passed: number,
  ) {
    this.#options = options;
    this.#sets = sets;
    this.#events = events;
    this.#passed = passed;
  }

  /**
   * Applies tokens that are stored, and those before them. Resolves when their effects are durable, with the ids of the
   * sessions that each of them changed now.
   */
  async apply(sequences: readonly number[]): Promise<readonly (readonly string[])[]> {
    const { log, onWarning } = this.#options;
    const last = Math.max(...sequences);
    await log.awaitSequence(last);
    const given = new Set(sequences);
    for (const each of this.#sets.progress.open()) {
      if (each <= this.#passed || each > last || given.has(each)) continue;
      this.#receive(each).catch((error) =>
        onWarning(`an event waits: ${formatErrorMessage(error)}`),
      );
    }
    this.#passed = Math.max(this.#passed, last);
    return Promise.all(sequences.map((sequence) => this.#receive(sequence)));
  }

  async #receive(sequence: number): Promise<readonly string[]> {
    const [set] = await this.#options.log.read([sequence]);
    if (set === undefined) return [];
    const { sessions } = await this.#events.receive(sourceName, toVerifiedSet(set));
    return sessions;
  }

  /** Ends after what was passed on until now. */
  end(): Promise<void> {
    return this.#events.end();
  }
}
