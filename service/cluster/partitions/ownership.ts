// Decides which partitions this node should own, takes their leases, renews them, and gives partitions to nodes that join.
// Whether two nodes agree about this affects how long a partition has no owner, and never whether it has two: see
// partition-log.ts.

import type { SessionHostOptions } from '../../pdp/sessions/session-host.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { ConditionError } from '../records/record-writer.ts';
import type { Records } from '../records/records.ts';
import { PartitionAssignment } from './assignment.ts';
import type { Heartbeat, Heartbeats, ReportedPartition } from './heartbeats.ts';
import { type OpenEvents, OwnedPartition } from './owned-partition.ts';
import { readLease } from './partition-log.ts';

export interface OwnershipOptions {
  readonly records: Records;
  readonly heartbeats: Heartbeats;
  readonly node: string;
  readonly partitions: number;
  /** How long a lease is valid, in milliseconds. */
  readonly lease: number;
  readonly sessions: SessionHostOptions;
  /** `undefined` if events do not change sessions. */
  readonly openEvents: OpenEvents | undefined;
  readonly policy: () => number;
  readonly onTaken: (partition: OwnedPartition) => void;
  readonly onLost: (partition: OwnedPartition) => void;
  readonly onWarning: (warning: string) => void;
}

/** Clocks of different machines may run at rates that differ by this share, which is far more than they do. */
const clockMargin = 0.1;
/** The number of heartbeats in a lease. */
const beatsPerLease = 8;
/** For how long renewals are collected before they are reported, in milliseconds. */
const reportDelay = 5;
/** The number of partitions that are taken at the same time. */
const maxTaking = 4;

export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #owned = new Map<number, OwnedPartition>();
  readonly #busy = new Set<number>();
  /** Waits before the next attempt, by partition: a monotonic instant in milliseconds. */
  readonly #pauses = new Map<number, number>();
  readonly #steady: PartitionAssignment;
  readonly #present: PartitionAssignment;
  readonly #started = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  #reporting: ReturnType<typeof setTimeout> | undefined;
  #isEnded = false;
  #isProbing = false;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#steady = new PartitionAssignment(options.partitions);
    this.#present = new PartitionAssignment(options.partitions);
  }

  start(): void {
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), this.#options.lease / beatsPerLease);
  }

  /** The partition if this node owns it and can answer calls. */
  findHeld(index: number): OwnedPartition | undefined {
    const partition = this.#owned.get(index);
    return partition?.isHeld ? partition : undefined;
  }

  /** All partitions of this node. */
  get owned(): Iterable<OwnedPartition> {
    return this.#owned.values();
  }

  /** Whether a node answers calls to the partition, as far as this one knows. */
  hasOwner(index: number): boolean {
    if (this.findHeld(index) !== undefined) return true;
    const observed = this.#options.heartbeats.lease(index);
    return observed?.epoch !== undefined && !this.#hasPassed(observed.since);
  }

  #hasPassed(since: number): boolean {
    return performance.now() - since > this.#options.lease * (1 + clockMargin);
  }

  #beat(): void {
    if (this.#isEnded) return;
    for (const partition of this.#owned.values()) partition.renewIfDue();
    this.#probe();
    this.#report();
    // First it learns which other nodes there are.
    if (performance.now() - this.#started < this.#options.lease / 3) return;
    for (let index = 0; index < this.#options.partitions; index += 1) {
      const partition = this.#owned.get(index);
      if (this.#busy.has(index) || this.#busy.size >= maxTaking) continue;
      if (partition === undefined) this.#consider(index);
      else if (partition.isHeld && this.#isForOther(index))
        this.#run(index, () => this.#surrender(partition));
    }
  }

  /** A node without partitions writes nothing that shows whether JetStream answers. */
  #probe(): void {
    const { records, lease } = this.#options;
    if (this.#isProbing || performance.now() - records.contact < lease / 2) return;
    this.#isProbing = true;
    records
      .last(records.names.policy)
      .catch(() => {})
      .finally(() => {
        this.#isProbing = false;
      });
  }

  /**
   * A node that takes a lease waits for a whole one after the latest renewal that it knows, so others should know each. Renewals
   * of several partitions are reported together.
   */
  #reportSoon(): void {
    this.#reporting ??= setTimeout(() => {
      this.#reporting = undefined;
      if (!this.#isEnded) this.#report();
    }, reportDelay);
  }

  #report(more: Pick<Heartbeat, 'isLast' | 'released'> = {}): void {
    const partitions: Record<string, ReportedPartition> = {};
    for (const { index, isHeld, epoch, renewal, sessions } of this.#owned.values()) {
      if (isHeld) partitions[index] = [epoch, renewal, sessions.size];
    }
    const { heartbeats, policy } = this.#options;
    heartbeats.send({ policy: policy(), partitions, ...more });
  }

  /** A node that was heard for a whole lease comes before this one. */
  #isForOther(index: number): boolean {
    const { heartbeats, lease, node } = this.#options;
    return this.#steady.findOwner(index, heartbeats.nodes(lease)) !== node;
  }

  #consider(index: number): void {
    const { heartbeats, node, lease } = this.#options;
    const now = performance.now();
    if (now < (this.#pauses.get(index) ?? 0)) return;
    const observed = heartbeats.lease(index);
    const isFree = observed?.epoch === undefined && observed?.node === undefined;
    if (observed !== undefined && !isFree && !this.#hasPassed(observed.since)) return;
    const isMine = this.#present.findOwner(index, heartbeats.nodes()) === node;
    // The preferred node may fail to take it.
    const waited = now - (observed?.since ?? this.#started);
    if (!isMine && waited < lease * (2 + clockMargin)) return;
    this.#run(index, () => this.#take(index));
  }

  #run(index: number, work: () => Promise<void>): void {
    this.#busy.add(index);
    work()
      .catch((error) => {
        this.#pauses.set(index, performance.now() + this.#options.lease / 4);
        if (error instanceof ConditionError) return;
        this.#options.onWarning(
          `partition ${index} could not be taken: ${formatErrorMessage(error)}`,
        );
      })
      .finally(() => this.#busy.delete(index));
  }

  async #take(index: number): Promise<void> {
    const { records, heartbeats, node, lease, sessions, openEvents, onTaken } = this.#options;
    const before = heartbeats.lease(index);
    // First, so that a lease that is taken afterwards is not overlooked.
    const last = await records.last(records.names.partition(index));
    const storedRecord = await records.last(records.names.lease(index));
    const sequence = storedRecord?.sequence ?? 0;
    const owner = readLease(storedRecord?.value).node;
    // The lease was renewed, or another node has it: it is observed for a whole lease first.
    const isUnchanged = before?.sequence === sequence && this.#hasPassed(before.since);
    if (owner !== undefined && owner !== node && !isUnchanged) {
      heartbeats.observe(index, sequence, owner);
      return;
    }
    const onLost = (partition: OwnedPartition, why: unknown) => this.#takeLoss(partition, why);
    const onRenewed = () => this.#reportSoon();
    const options = { records, index, node, lease, sessions, openEvents, onRenewed, onLost };
    const partition = await OwnedPartition.take(options, last?.sequence ?? 0);
    this.#owned.set(index, partition);
    try {
      await partition.restore();
    } catch (error) {
      await this.#drop(partition);
      throw error;
    }
    if (this.#owned.get(index) !== partition) return;
    onTaken(partition);
    this.#report();
  }

  async #surrender(partition: OwnedPartition): Promise<void> {
    const { index } = partition;
    const sequence = await partition.release();
    await this.#drop(partition);
    this.#options.heartbeats.observe(index, sequence, undefined);
    this.#report({ released: { [index]: sequence } });
  }

  #takeLoss(partition: OwnedPartition, why: unknown): void {
    if (this.#owned.get(partition.index) !== partition || why === 'released') return;
    const { onWarning } = this.#options;
    if (why !== 'discarded')
      onWarning(`partition ${partition.index} is lost: ${formatErrorMessage(why)}`);
    void this.#drop(partition);
  }

  async #drop(partition: OwnedPartition): Promise<void> {
    const { index } = partition;
    if (this.#owned.get(index) !== partition) return;
    this.#owned.delete(index);
    this.#pauses.set(index, performance.now() + this.#options.lease / 4);
    this.#options.onLost(partition);
    await partition.discard();
  }

  /** Gives all partitions up. */
  async end(): Promise<void> {
    this.#isEnded = true;
    clearInterval(this.#timer);
    const owned = [...this.#owned.values()];
    await Promise.all(
      owned.map(async (partition) => {
        await this.#surrender(partition).catch(() => this.#drop(partition));
      }),
    );
    this.#report({ isLast: true });
  }
}
