// Messages of nodes, several in each lease, about which partitions they own. A partition whose lease was
// not renewed for longer than it is valid, by the clock of the reader, has no owner. Messages may be lost; taking a lease
// does not depend on them.

import type { NatsConnection, Subscription } from '@nats-io/transport-node';

/** `[epoch, renewal, sessions]`: sequences of the lease's first and latest record, and the number of sessions. */
export type ReportedPartition = readonly [epoch: number, renewal: number, sessions: number];

export interface Heartbeat {
  readonly node: string;
  /** The sequence of the record of the policy that the node uses. */
  readonly policy: number;
  /** Keys are indexes of partitions. */
  readonly partitions: Readonly<Record<string, ReportedPartition>>;
  /** The sequences of leases that it gave up, by the index of the partition. */
  readonly released?: Readonly<Record<string, number>>;
  /** The node ends. */
  readonly isLast?: boolean;
}

/** The latest record of a lease that this node knows. */
export interface ObservedLease {
  readonly sequence: number;
  /** When this node saw it first, by the monotonic clock in milliseconds. */
  readonly since: number;
  /** `undefined` if there is no owner that answers calls. */
  readonly epoch: number | undefined;
  readonly node: string | undefined;
  readonly sessions: number;
}

export class Heartbeats {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #node: string;
  readonly #subscription: Subscription;
  /** When each other node was heard last, and since when without a pause. */
  readonly #nodes = new Map<string, { last: number; readonly since: number }>();
  readonly #leases = new Map<number, ObservedLease>();
  /** A node that was silent for so long does not count, in milliseconds. */
  readonly #silence: number;
  #policy = 0;

  constructor(connection: NatsConnection, subject: string, node: string, silence: number) {
    this.#connection = connection;
    this.#subject = subject;
    this.#node = node;
    this.#silence = silence;
    this.#subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#takeHeartbeat(message.json());
      },
    });
  }

  send(heartbeat: Omit<Heartbeat, 'node'>): void {
    if (this.#connection.isClosed()) return;
    this.#connection.publish(this.#subject, JSON.stringify({ node: this.#node, ...heartbeat }));
  }

  #takeHeartbeat({ node, policy, partitions, released = {}, isLast = false }: Heartbeat): void {
    if (node === this.#node) return;
    const now = performance.now();
    const existingNode = this.#nodes.get(node);
    if (isLast) this.#nodes.delete(node);
    else if (existingNode !== undefined && now - existingNode.last < this.#silence)
      existingNode.last = now;
    else this.#nodes.set(node, { last: now, since: now });
    this.#policy = Math.max(this.#policy, policy);
    for (const [key, [epoch, renewal, sessions]] of Object.entries(partitions)) {
      const index = Number(key);
      const latest = this.#leases.get(index);
      if (latest !== undefined && renewal < latest.sequence) continue;
      const since = latest?.sequence === renewal ? latest.since : now;
      this.#leases.set(index, { sequence: renewal, since, epoch, node, sessions });
    }
    for (const [key, sequence] of Object.entries(released)) {
      this.observe(Number(key), sequence, undefined);
    }
  }

  /** The nodes that were heard lately, and this one. `steady`: only those that were heard for this time, in milliseconds. */
  nodes(steady = 0): readonly string[] {
    const now = performance.now();
    const heard = [...this.#nodes].filter(
      ([, { last, since }]) => now - last < this.#silence && now - since >= steady,
    );
    return [this.#node, ...heard.map(([node]) => node)];
  }

  lease(index: number): ObservedLease | undefined {
    return this.#leases.get(index);
  }

  /** Remembers a record of a lease that was read; `node`: `undefined` if it was given up. */
  observe(index: number, sequence: number, node: string | undefined): ObservedLease {
    const latest = this.#leases.get(index);
    if (latest !== undefined && sequence <= latest.sequence) return latest;
    const since = performance.now();
    const observed = { sequence, since, epoch: undefined, node, sessions: 0 };
    this.#leases.set(index, observed);
    return observed;
  }

  /** The owner of a partition is not known any more, so that it is looked for. */
  forgetOwner(index: number, epoch: number): void {
    const latest = this.#leases.get(index);
    if (latest?.epoch === epoch) this.#leases.set(index, { ...latest, epoch: undefined });
  }

  /** The sequence of the newest policy that a node uses. */
  get policy(): number {
    return this.#policy;
  }

  close(): void {
    this.#subscription.unsubscribe();
  }
}
