// Writes records: each one, or all of a batch or none, on the condition that nobody wrote meanwhile.

import { headers, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/transport-node';

export interface WrittenRecord {
  readonly subject: string;
  /** `undefined` if the record is removed. */
  readonly value: string | Uint8Array | undefined;
}

export interface Condition {
  /** A subject, which may have wildcards. */
  readonly subject: string;
  /** The sequence of its last message; 0: it has none. */
  readonly sequence: number;
}

export interface WriteOptions {
  /** How long the record stays, as a duration of NATS. */
  readonly lifetime?: string;
  /** JetStream stores one record with this id, for as long as it remembers the id. */
  readonly id?: string;
}

/** The write was not made, because its condition does not hold. */
export class ConditionError extends Error {}

/** JetStream did not compare the condition, because it is still storing another record with a condition on the same subject. */
class UndecidedError extends ConditionError {}

/** JetStream has a record with the same id. */
export class DuplicateError extends Error {}

/** The server refuses batches of more than 1,000 messages. */
const maxBatch = 500;
/** How long the record of a removal stays, as a duration of NATS: later writes keep the last sequence in place. */
const removalLifetime = '24h';
/** Codes of errors of JetStream: another message is the last one, or one with the same id is just being stored. */
const conditionErrors: readonly (number | undefined)[] = [10_071, 10_158];
const undecided = 10_164;
/** How often an undecided write is repeated, which may have followed one of the same writer too soon, and the pause in milliseconds. */
const [maxRepetitions, pause] = [20, 10];
/** Shows which owner of a partition wrote a message: the sequence of the record that made it the owner. */
export const epochHeader = 'Nhipol-Epoch';

export class RecordWriter {
  readonly #connection: NatsConnection;
  readonly #timeout: number;
  readonly #onContact: () => void;

  /** `onContact`: called when JetStream confirmed a write. */
  constructor(connection: NatsConnection, timeout: number, onContact: () => void) {
    this.#connection = connection;
    this.#timeout = timeout;
    this.#onContact = onContact;
  }

  /** Rejects with a `ConditionError` if the condition does not hold, and with a `DuplicateError` if the id is known. */
  async write(
    record: WrittenRecord,
    condition: Condition | undefined,
    { lifetime, id }: WriteOptions = {},
  ): Promise<number> {
    const head = createCondition(condition);
    if (lifetime !== undefined) head.set('Nats-TTL', lifetime);
    if (id !== undefined) head.set('Nats-Msg-Id', id);
    return awaitWrite(() => this.#request(record, head));
  }

  async writeAll(
    records: readonly WrittenRecord[],
    condition: Condition,
    epoch: number,
  ): Promise<number> {
    let { sequence } = condition;
    for (let start = 0; start < records.length; start += maxBatch) {
      const part = records.slice(start, start + maxBatch);
      const expected = { ...condition, sequence };
      sequence = await awaitWrite(() => this.#writeBatch(part, expected, epoch));
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
      const head = createCondition(index === 0 ? condition : undefined);
      head.set(epochHeader, `${epoch}`);
      if (records.length === 1) return this.#request(record, head);
      head.set('Nats-Batch-Id', batch);
      head.set('Nats-Batch-Sequence', `${index + 1}`);
      if (index < records.length - 1) {
        this.#connection.publish(record.subject, record.value, { headers: markHead(record, head) });
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
      headers: markHead(record, head),
    });
    const { seq, duplicate, error } = reply.json<{
      readonly seq?: number;
      readonly duplicate?: boolean;
      readonly error?: { readonly err_code: number; readonly description: string };
    }>();
    if (error?.err_code === undecided) throw new UndecidedError(error.description);
    if (error !== undefined && conditionErrors.includes(error.err_code)) {
      throw new ConditionError(error.description);
    }
    if (error !== undefined || seq === undefined) {
      throw new Error(error?.description ?? 'JetStream did not confirm a write');
    }
    this.#onContact();
    if (duplicate === true) throw new DuplicateError('JetStream has a record with this id');
    return seq;
  }
}

/** Repeats a write that was not made, and whose condition was not compared. */
async function awaitWrite(write: () => Promise<number>): Promise<number> {
  for (let repetition = 0; ; repetition += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof UndecidedError) || repetition === maxRepetitions) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function createCondition(condition: Condition | undefined): MsgHdrs {
  const head = headers();
  if (condition !== undefined) {
    head.set('Nats-Expected-Last-Subject-Sequence', `${condition.sequence}`);
    head.set('Nats-Expected-Last-Subject-Sequence-Subject', condition.subject);
  }
  return head;
}

/** The mark of a removal does not stay forever. */
function markHead({ value }: WrittenRecord, head: MsgHdrs): MsgHdrs {
  if (value === undefined) head.set('Nats-TTL', removalLifetime);
  return head;
}
