// The events of a cluster as one node sees them. A token that arrives here is stored in the log of tokens, and then applied
// by the owner of each partition; only then it is acknowledged. If an owner is missing for too long, the token is not
// acknowledged and expected again.

import type { NatsConnection } from '@nats-io/transport-node';
import type { Received, Waiting } from '../../signals/receive/receiver.ts';
import { toStoredSet } from '../../signals/receive/stored-set.ts';
import type { OpenPart, SessionParts } from '../../signals/session-parts.ts';
import type { VerifiedSet } from '../../signals/sets/verify-set.ts';
import type { OutgoingSets } from '../../signals/store/signal-store.ts';
import type { OpenEvents } from '../partitions/owned-partition.ts';
import type { Records } from '../records/records.ts';
import { ClusterDuty, dutyPartition } from './duty.ts';
import { createOutgoingSets } from './outgoing-sets.ts';
import { PartitionEvents } from './part-events.ts';
import { SetLog } from './set-log.ts';

export interface SignalNode {
  readonly partitions: number;
  /** Whether this node owns a partition. */
  readonly isOwned: (index: number) => boolean;
  /** Has the owner of a partition apply tokens. Resolves with the ids of the sessions that each of them changed. */
  readonly apply: (
    index: number,
    sequences: readonly number[],
  ) => Promise<readonly (readonly string[])[]>;
  /** Begins to take partitions. */
  readonly begin: () => void;
}

export class ClusterSignals implements SessionParts {
  readonly duty: ClusterDuty;
  readonly outgoing: OutgoingSets;
  readonly #records: Records;
  readonly #log: SetLog;
  #node: SignalNode | undefined;
  #open: OpenPart | undefined;
  #queue: Waiting[] = [];
  #isDistributing = false;

  constructor(connection: NatsConnection, records: Records) {
    this.#records = records;
    this.#log = new SetLog(records);
    this.outgoing = createOutgoingSets(connection, records);
    const isMine = () => this.#node?.isOwned(dutyPartition) ?? false;
    this.duty = new ClusterDuty(connection, records.names, isMine);
  }

  /** The sessions of this node exist. Partitions are taken as soon as events can be applied to them. */
  readonly join = (node: SignalNode): void => {
    this.#node = node;
  };

  readonly noteChange = (index: number): void => this.duty.noteChange(index);

  attach(open: OpenPart): void {
    this.#open = open;
    this.#node?.begin();
  }

  /** Opens what applies events to a partition that this node takes. */
  readonly openEvents: OpenEvents = ({ index, sessions, store, sequence, onWarning }) => {
    const open = this.#open;
    if (open === undefined) throw new Error('broken invariant: nothing applies events');
    const lease = { subject: this.#records.names.lease(index), sequence };
    return PartitionEvents.open({ log: this.#log, open, sessions, store, lease, onWarning });
  };

  /** Tokens that arrive while others are distributed are distributed together. */
  receive(source: string, set: VerifiedSet): Promise<Received> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ source, set, receivedAt: Date.now(), resolve, reject });
      if (!this.#isDistributing) void this.#distributeAll();
    });
  }

  async #distributeAll(): Promise<void> {
    this.#isDistributing = true;
    while (this.#queue.length > 0) {
      const waiting = this.#queue;
      this.#queue = [];
      try {
        await this.#distribute(waiting);
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#isDistributing = false;
  }

  async #distribute(waiting: readonly Waiting[]): Promise<void> {
    const node = this.#node;
    if (node === undefined) throw new Error('broken invariant: the node has no sessions');
    const appended = await this.#log.append(
      waiting.map(({ set, receivedAt }) => toStoredSet(set, receivedAt)),
    );
    const sequences = appended.map(({ sequence }) => sequence);
    const indexes = Array.from({ length: node.partitions }, (_, index) => index);
    const changed = await Promise.all(indexes.map((index) => node.apply(index, sequences)));
    for (const [at, { source, set, receivedAt, resolve }] of waiting.entries()) {
      const sessions = changed.flatMap((each) => each[at] ?? []);
      resolve({ source, set, receivedAt, isNew: appended[at]?.isNew ?? false, sessions });
    }
  }

  end(): void {
    this.duty.end();
  }
}
