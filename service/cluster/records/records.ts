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
  type StoredMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Names } from './names.ts';
import {
  type Condition,
  RecordWriter,
  type WriteOptions,
  type WrittenRecord,
} from './record-writer.ts';

export interface StoredRecord {
  readonly subject: string;
  readonly sequence: number;
  /** `undefined` if it was removed. */
  readonly value: Uint8Array | undefined;
}

/** The properties of a cluster that its stream has. */
export interface ClusterShape {
  readonly partitions: number;
  /** The member of the subject that identifies it, such as `subject.id`. */
  readonly identity: string;
}

/** The bytes of a message that every server accepts, and those that headers take at most. */
const [minPayload, headerBytes] = [65_536, 4_096];

/** Codes of errors of JetStream. */
const streamNotFound = 10_059;
const messageNotFound = 10_043;

export class Records {
  readonly names: Names;
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #writer: RecordWriter;
  #contact = performance.now();
  readonly #connection: NatsConnection;

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
    this.#client = jetstream(connection, { timeout });
    this.#manager = manager;
    this.#connection = connection;
    this.#writer = new RecordWriter(connection, timeout, () => this.#hasContact());
  }

  /** The bytes that the value of a record may have: a message has headers besides it. */
  get maxValueBytes(): number {
    return (this.#connection.info?.max_payload ?? minPayload) - headerBytes;
  }

  /** When JetStream answered last, by the monotonic clock in milliseconds. */
  get contact(): number {
    return this.#contact;
  }

  #hasContact(): void {
    this.#contact = performance.now();
  }

  /** Creates the stream if it does not exist, and returns its properties, which may be others than the given ones. */
  async create({ partitions, identity }: ClusterShape, replicas: number): Promise<ClusterShape> {
    const { streams } = this.#manager;
    const subjects = [...this.names.stored];
    const { config } = await streams.info(this.names.stream).catch((error) => {
      if (error.code !== streamNotFound) throw error;
      return streams.add({
        name: this.names.stream,
        subjects,
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
    if (!subjects.every((subject) => config.subjects.includes(subject))) {
      await streams.update(this.names.stream, { subjects });
    }
    const { partitions: count = '', identity: found = '' } = config.metadata ?? {};
    return { partitions: Number(count), identity: found };
  }

  /** The last record of a subject, which may have wildcards. */
  async last(subject: string): Promise<StoredRecord | undefined> {
    return this.#get({ last_by_subj: subject });
  }

  /** The first record from a sequence on whose subject matches. */
  async next(filter: string, from: number): Promise<StoredRecord | undefined> {
    const query = { seq: from, next_by_subj: filter };
    return this.#get(query);
  }

  async at(sequence: number): Promise<StoredRecord | undefined> {
    return this.#get({ seq: sequence });
  }

  async #get(
    query: Parameters<JetStreamManager['streams']['getMessage']>[1],
  ): Promise<StoredRecord | undefined> {
    const message: StoredMsg | null = await this.#manager.streams.getMessage(
      this.names.stream,
      query,
    );
    this.#hasContact();
    if (message === null) return undefined;
    const { subject, data } = message;
    return { subject, sequence: message.seq, value: data.length === 0 ? undefined : data };
  }

  /** The subjects that match one with wildcards. */
  async subjects(filter: string): Promise<readonly string[]> {
    const { state } = await this.#manager.streams.info(this.names.stream, {
      subjects_filter: filter,
    });
    return Object.keys(state.subjects ?? {});
  }

  /**
   * The records from a sequence on whose subjects match one of the filters. A replica may be without the latest ones, so it
   * waits for one with the sequence `until`, or a later one: everything before it is then complete.
   */
  async read(
    filters: readonly string[],
    until: number,
    from = 1,
  ): Promise<readonly StoredRecord[]> {
    const start =
      from === 1
        ? { deliver_policy: DeliverPolicy.LastPerSubject }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
    const consumer = await this.#manager.consumers.add(this.names.stream, {
      filter_subjects: [...filters],
      ...start,
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
    this.#hasContact();
    void this.#manager.consumers.delete(this.names.stream, consumer.name).catch(() => {});
    return [...records.values()];
  }

  /**
   * Writes one record, and returns its sequence. Rejects with a `ConditionError` if the condition does not hold, and with a
   * `DuplicateError` if there is a record with the id.
   */
  async write(
    record: WrittenRecord,
    condition: Condition | undefined,
    options?: WriteOptions,
  ): Promise<number> {
    return this.#writer.write(record, condition, options);
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
    return this.#writer.writeAll(records, condition, epoch);
  }

  /** Removes one record without a trace, if it is still there. */
  async erase(sequence: number): Promise<void> {
    await this.#manager.streams.deleteMessage(this.names.stream, sequence, false).catch((error) => {
      if (error.code !== messageNotFound) throw error;
    });
  }

  /** Removes all records whose subjects match, without a trace. */
  async eraseAll(filter: string): Promise<void> {
    await this.#manager.streams.purge(this.names.stream, { filter });
  }
}
