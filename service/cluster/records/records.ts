// The records of a cluster, in one stream of JetStream that has the latest message of each subject. A write can be
// conditional on the last sequence of a subject, or of all subjects that match one with wildcards: that of several
// writers which expect the same sequence succeeds once. Reads are answered by the leader of the stream.

import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/transport-node';
import type { Names } from './names.ts';

export interface StoredRecord {
  readonly subject: string;
  readonly sequence: number;
  /** undefined: it was removed. */
  readonly value: Uint8Array | undefined;
}

export interface WrittenRecord {
  readonly subject: string;
  /** undefined: removes it. */
  readonly value: string | Uint8Array | undefined;
}

export interface Condition {
  /** A subject, which may have wildcards. */
  readonly subject: string;
  /** The sequence of its last message; 0: it has none. */
  readonly sequence: number;
}

/** The write was not made, because its condition does not hold. */
export class ConditionError extends Error {}

/** The properties of a cluster that its stream has. */
export interface ClusterShape {
  readonly partitions: number;
  /** The member of the subject that identifies it, such as `subject.id`. */
  readonly identity: string;
}

/** The server refuses batches of more than 1,000 messages. */
const maxBatch = 500;
/** How long the record of a removal stays, as a duration of NATS: later writes keep the last sequence in place. */
const removalLifetime = '24h';
/** Codes of errors of JetStream. */
const streamNotFound = 10_059;
/** Another message is the last one, or is just being written. */
const conditionErrors: readonly (number | undefined)[] = [10_071, 10_164];
/** Shows which owner of a partition wrote a message: the sequence of the record that made it the owner. */
export const epochHeader = 'Nhipol-Epoch';

export class Records {
  readonly names: Names;
  readonly #connection: NatsConnection;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #timeout: number;
  #contact = performance.now();

  /** `timeout`: how long a request may take, in milliseconds. */
  static async open(connection: NatsConnection, names: Names, timeout: number): Promise<Records> {
    const manager = await jetstreamManager(connection, { timeout, checkAPI: false });
    return new Records(connection, manager, names, timeout);
  }

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    names: Names,
    timeout: number,
  ) {
    this.names = names;
    this.#connection = connection;
    this.#client = jetstream(connection, { timeout });
    this.#manager = manager;
    this.#timeout = timeout;
  }

  /** When JetStream answered last, by the monotonic clock in milliseconds. */
  get contact(): number {
    return this.#contact;
  }

  /** Creates the stream if it does not exist, and returns its properties, which may be others than the given ones. */
  async create({ partitions, identity }: ClusterShape, replicas: number): Promise<ClusterShape> {
    const { streams } = this.#manager;
    const { config } = await streams.info(this.names.stream).catch((error) => {
      if (error.code !== streamNotFound) throw error;
      return streams.add({
        name: this.names.stream,
        subjects: [...this.names.stored],
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.Old,
        num_replicas: replicas,
        max_msgs_per_subject: 1,
        allow_atomic: true,
        allow_msg_ttl: true,
        // Replicas answer direct reads with what they have, which may be old.
        allow_direct: false,
        metadata: { partitions: `${partitions}`, identity },
      });
    });
    const { partitions: count = '', identity: found = '' } = config.metadata ?? {};
    return { partitions: Number(count), identity: found };
  }

  async last(subject: string): Promise<StoredRecord | undefined> {
    const found = await this.#manager.streams.getMessage(this.names.stream, {
      last_by_subj: subject,
    });
    this.#contact = performance.now();
    if (found === null) return undefined;
    const { data } = found;
    return { subject, sequence: found.seq, value: data.length === 0 ? undefined : data };
  }

  /** The subjects that match one with wildcards. */
  async subjects(filter: string): Promise<readonly string[]> {
    const { state } = await this.#manager.streams.info(this.names.stream, {
      subjects_filter: filter,
    });
    return Object.keys(state.subjects ?? {});
  }

  /**
   * The records whose subjects match one of the filters. A replica may be without the latest ones, so it waits for one with the sequence `until`, or
   * a later one: everything before it is then complete.
   */
  async read(filters: readonly string[], until: number): Promise<readonly StoredRecord[]> {
    const consumer = await this.#manager.consumers.add(this.names.stream, {
      filter_subjects: [...filters],
      deliver_policy: DeliverPolicy.LastPerSubject,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: 10_000_000_000,
    });
    const pulled = await this.#client.consumers.get(this.names.stream, consumer.name);
    const records = new Map<string, StoredRecord>();
    for (;;) {
      const messages = await pulled.fetch({ max_messages: 2_000, expires: 5_000 });
      let last = 0;
      for await (const { subject, seq, data } of messages) {
        const value = data.length === 0 ? undefined : data.slice();
        records.set(subject, { subject, sequence: seq, value });
        last = seq;
        if (last >= until) break;
      }
      if (last >= until) break;
      if (last === 0) throw new Error(`the records of ${filters} are incomplete`);
    }
    this.#contact = performance.now();
    void this.#manager.consumers.delete(this.names.stream, consumer.name).catch(() => {});
    return [...records.values()];
  }

  /** Writes one record, and returns its sequence. Rejects with a `ConditionError` if the condition does not hold. */
  async write(
    record: WrittenRecord,
    condition: Condition | undefined,
    lifetime?: string,
  ): Promise<number> {
    const head = conditional(condition);
    if (lifetime !== undefined) head.set('Nats-TTL', lifetime);
    return this.#request(record, head);
  }

  /**
   * Writes all records or none, in parts of 500, and returns the sequence of the last. `epoch`: that of the owner, which each
   * message shows.
   */
  async writeAll(
    records: readonly WrittenRecord[],
    condition: Condition,
    epoch: number,
  ): Promise<number> {
    let { sequence } = condition;
    for (let start = 0; start < records.length; start += maxBatch) {
      const part = records.slice(start, start + maxBatch);
      sequence = await this.#writeBatch(part, { ...condition, sequence }, epoch);
    }
    return sequence;
  }

  async #writeBatch(
    records: readonly WrittenRecord[],
    condition: Condition,
    epoch: number,
  ): Promise<number> {
    const batch = nuid.next();
    for (const [index, record] of records.entries()) {
      const head = conditional(index === 0 ? condition : undefined);
      head.set(epochHeader, `${epoch}`);
      if (records.length === 1) return this.#request(record, head);
      head.set('Nats-Batch-Id', batch);
      head.set('Nats-Batch-Sequence', `${index + 1}`);
      if (index < records.length - 1) {
        this.#connection.publish(record.subject, record.value, { headers: marked(record, head) });
        continue;
      }
      head.set('Nats-Batch-Commit', '1');
      return this.#request(record, head);
    }
    return condition.sequence;
  }

  async #request(record: WrittenRecord, head: MsgHdrs): Promise<number> {
    const reply = await this.#connection.request(record.subject, record.value, {
      timeout: this.#timeout,
      headers: marked(record, head),
    });
    const { seq, error } = reply.json<{
      readonly seq?: number;
      readonly error?: { readonly err_code: number; readonly description: string };
    }>();
    if (error !== undefined && conditionErrors.includes(error.err_code)) {
      throw new ConditionError(error.description);
    }
    if (error !== undefined || seq === undefined) {
      throw new Error(error?.description ?? 'JetStream did not confirm a write');
    }
    this.#contact = performance.now();
    return seq;
  }
}

function conditional(condition: Condition | undefined): MsgHdrs {
  const head = headers();
  if (condition !== undefined) {
    head.set('Nats-Expected-Last-Subject-Sequence', `${condition.sequence}`);
    head.set('Nats-Expected-Last-Subject-Sequence-Subject', condition.subject);
  }
  return head;
}

/** The mark of a removal does not stay forever. */
function marked({ value }: WrittenRecord, head: MsgHdrs): MsgHdrs {
  if (value === undefined) head.set('Nats-TTL', removalLifetime);
  return head;
}
