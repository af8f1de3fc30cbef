// A partition that this node owns: its sessions, stored in the log of the partition, and the time until which no other
// node can own it.

import { LiveSessions } from '../../pdp/live-sessions.ts';
import type { SessionHostOptions } from '../../pdp/session-host.ts';
import type { Records } from '../records/records.ts';
import { PartitionLog, takeLease } from './partition-log.ts';

export interface OwnedOptions {
  readonly records: Records;
  readonly index: number;
  readonly node: string;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  readonly sessions: SessionHostOptions;
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

  /** `sequence`: that of the lease's last record. Rejects if another node took it, or if the sessions cannot be read. */
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

  /** Reads the sessions. */
  async restore(): Promise<void> {
    await this.sessions.restore();
    this.#isServing = true;
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
    const { lease } = this.#options;
    const sent = performance.now();
    if (this.#isRenewing || sent < this.#validUntil - (2 * lease) / 3) return;
    this.#isRenewing = true;
    this.#log
      .renew()
      .then((sequence) => {
        this.#renewal = sequence;
        this.#validUntil = sent + lease;
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
    await this.sessions.end();
    const sequence = await this.#log.giveUp();
    this.#log.close('released');
    return sequence;
  }

  /** Ends the sessions in this process; their records stay as they are. */
  async discard(): Promise<void> {
    this.#isServing = false;
    this.#log.close('discarded');
    // Changes that were not acknowledged are not stored.
    await this.sessions.end().catch(() => {});
  }
}
