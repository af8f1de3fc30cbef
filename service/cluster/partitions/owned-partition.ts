// A partition that this node owns: its sessions, stored in the log of the partition, and the time until which no other
// node can own it.

import type { SessionStore } from '@nhipol/runtime';
import { LiveSessions } from '../../pdp/sessions/live-sessions.ts';
import type { SessionHostOptions } from '../../pdp/sessions/session-host.ts';
import type { SignalSessions } from '../../pdp/sessions/session-target.ts';
import type { Records } from '../records/records.ts';
import { PartitionLog, takeLease } from './partition-log.ts';

/** Applies events to the sessions of a partition. */
export interface AppliedEvents {
  /** Applies stored tokens by their sequences. Resolves with the ids of the sessions that each changed. */
  readonly apply: (sequences: readonly number[]) => Promise<readonly (readonly string[])[]>;
  readonly end: () => Promise<void>;
}

/** A partition whose sessions were read, before anybody can use them. */
interface RestoredPartition {
  readonly index: number;
  readonly sessions: SignalSessions;
  /** A place for what belongs to the events of the partition. */
  readonly store: SessionStore;
  /** That of a record of the lease. */
  readonly sequence: number;
  readonly onWarning: (warning: string) => void;
}

export type OpenEvents = (part: RestoredPartition) => Promise<AppliedEvents>;

export interface OwnedOptions {
  readonly records: Records;
  readonly index: number;
  readonly node: string;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  readonly sessions: SessionHostOptions;
  /** `undefined` if events do not change the sessions. */
  readonly openEvents: OpenEvents | undefined;
  readonly onRenewed: () => void;
  readonly onLost: (partition: OwnedPartition, why: unknown) => void;
}

export class OwnedPartition {
  readonly index: number;
  readonly sessions: LiveSessions;
  readonly #options: OwnedOptions;
  readonly #log: PartitionLog;
  /** The sequence of the lease's first record. */
  readonly epoch: number;
  /** The sequence of its latest record. */
  #renewal: number;
  /** An instant of the monotonic clock, in milliseconds. */
  #validUntil: number;
  #isRenewing = false;
  #isServing = false;
  #events: AppliedEvents | undefined;

  /** `sequence`: that of the last record of the partition. Rejects if another node took it, or if the sessions cannot be read. */
  static async take(options: OwnedOptions, sequence: number): Promise<OwnedPartition> {
    const { records, index, node } = options;
    const sent = performance.now();
    const epoch = await takeLease(records, index, node, sequence);
    return new OwnedPartition(options, epoch, sent);
  }

  private constructor(options: OwnedOptions, epoch: number, sent: number) {
    const { records, index, lease, onLost } = options;
    this.index = index;
    this.epoch = epoch;
    this.#options = options;
    this.#renewal = epoch;
    this.#validUntil = sent + lease;
    this.#log = new PartitionLog(
      records,
      { partition: index, node: options.node, lease: epoch },
      (why) => onLost(this, why),
    );
    const store = { sessions: (kind: string) => this.#log.sessions(kind) };
    this.sessions = new LiveSessions({ ...options.sessions, store });
  }

  /** Reads the sessions, and applies the events that an earlier owner did not apply. */
  async restore(): Promise<void> {
    await this.sessions.restore();
    const { index, openEvents, sessions } = this.#options;
    if (openEvents !== undefined) {
      this.#events = await openEvents({
        index,
        sessions: this.#signals,
        store: this.#log.sessions('events'),
        sequence: await this.#log.renew(),
        onWarning: sessions.onWarning,
      });
    }
    this.#isServing = true;
  }

  /** `undefined` if this node was started without them. */
  get events(): AppliedEvents | undefined {
    return this.#events;
  }

  /** Changes after another node may have taken the lease are reported by that node. */
  get #signals(): SignalSessions {
    const { signals } = this.sessions;
    return {
      ...signals,
      listen: (listener) =>
        signals.listen((event) => {
          if (this.#isValid) listener(event);
        }),
    };
  }

  get #isValid(): boolean {
    return performance.now() < this.#validUntil;
  }

  /** Whether calls can be answered: the sessions were read, and no other node can have taken the lease. */
  get isHeld(): boolean {
    return this.#isServing && performance.now() < this.#validUntil;
  }

  get renewal(): number {
    return this.#renewal;
  }

  /** Renews the lease if a third of it has passed. The log reports a failure. */
  renewIfDue(): void {
    const { lease, onRenewed } = this.#options;
    const sent = performance.now();
    if (this.#isRenewing || sent < this.#validUntil - (2 * lease) / 3) return;
    this.#isRenewing = true;
    this.#log
      .renew()
      .then((sequence) => {
        this.#renewal = sequence;
        this.#validUntil = sent + lease;
        onRenewed();
      })
      .catch(() => {})
      .finally(() => {
        this.#isRenewing = false;
      });
  }

  /**
   * Stores what is not stored yet, and gives the lease up, so that another node need not wait for its end.
   * Returns the sequence of the last record.
   */
  async release(): Promise<number> {
    this.#isServing = false;
    await this.#events?.end();
    await this.sessions.end();
    const sequence = await this.#log.surrender();
    this.#log.close('released');
    return sequence;
  }

  /** Ends the sessions in this process; their records stay as they are. */
  async discard(): Promise<void> {
    this.#isServing = false;
    this.#log.close('discarded');
    await this.#events?.end();
    // Changes that were not acknowledged are not stored.
    await this.sessions.end().catch(() => {});
  }
}
