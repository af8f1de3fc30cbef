// The streams of receivers and the tokens that wait for them, as records of a cluster. Every node stores those of its
// sessions, and reports it to the others.

import type { NatsConnection } from '@nats-io/transport-node';
import type { OutgoingSet, OutgoingSets, StoredStream } from '../../signals/store/signal-store.ts';
import { ConditionError } from '../records/record-writer.ts';
import type { Records, StoredRecord } from '../records/records.ts';

/** The number of tokens that are written at once. */
const maxAtOnce = 200;
const decoder = new TextDecoder();

export function createOutgoingSets(connection: NatsConnection, records: Records): OutgoingSets {
  const { names } = records;
  const wake = (stream: string) => {
    if (!connection.isClosed()) connection.publish(names.wakes, stream);
  };
  /** The streams as they were when their newest record had a sequence. */
  let known: { readonly version: number; readonly streams: readonly StoredStream[] } | undefined;
  return {
    streams: async () => {
      const version = (await records.last(names.eventStreams))?.sequence ?? 0;
      if (known?.version === version) return known.streams;
      const subjects = await records.subjects(names.eventStreams);
      const storedRecords = await Promise.all(subjects.map((subject) => records.last(subject)));
      const streams = storedRecords.flatMap((record) => readStream(record) ?? []);
      streams.sort(({ id: one }, { id: other }) => (one < other ? -1 : 1));
      known = { version, streams };
      return streams;
    },
    putStream: async (stream, previous) => {
      const subject = names.eventStream(stream.id);
      const record = await records.last(subject);
      if (readStream(record)?.text !== previous) return false;
      const condition = { subject, sequence: record?.sequence ?? 0 };
      if (!(await writeIf(records, { subject, value: JSON.stringify(stream) }, condition))) {
        return false;
      }
      wake(stream.id);
      return true;
    },
    deleteStream: async (id) => {
      // A removal is a record, too, so that others see that the streams have changed.
      await records.write({ subject: names.eventStream(id), value: undefined }, undefined);
      await records.eraseAll(names.allOutgoing(id));
    },
    enqueue: async (sets) => {
      for (let start = 0; start < sets.length; start += maxAtOnce) {
        await Promise.all(
          sets.slice(start, start + maxAtOnce).map((outgoingSet) => put(records, outgoingSet)),
        );
      }
      for (const stream of new Set(sets.map((outgoingSet) => outgoingSet.stream))) wake(stream);
    },
    waiting: async (stream, limit) => {
      const foundOutgoingSets: OutgoingSet[] = [];
      for (let from = 1; foundOutgoingSets.length < limit; ) {
        const record = await records.next(names.allOutgoing(stream), from);
        if (record === undefined) break;
        if (record.value !== undefined)
          foundOutgoingSets.push(JSON.parse(decoder.decode(record.value)));
        from = record.sequence + 1;
      }
      return foundOutgoingSets;
    },
    backlog: async (stream) => (await records.subjects(names.allOutgoing(stream))).length,
    settle: async (stream, jtis) => {
      await Promise.all(jtis.map((jti) => records.eraseAll(names.outgoing(stream, jti))));
    },
    drop: (stream) => records.eraseAll(names.allOutgoing(stream)),
  };
}

function readStream(record: StoredRecord | undefined): StoredStream | undefined {
  return record?.value === undefined ? undefined : JSON.parse(decoder.decode(record.value));
}

async function put(records: Records, set: OutgoingSet): Promise<void> {
  const subject = records.names.outgoing(set.stream, set.jti);
  await writeIf(records, { subject, value: JSON.stringify(set) }, { subject, sequence: 0 });
}

/** Resolves with whether the condition held. */
async function writeIf(
  records: Records,
  ...change: Parameters<Records['write']>
): Promise<boolean> {
  try {
    await records.write(...change);
    return true;
  } catch (error) {
    if (error instanceof ConditionError) return false;
    throw error;
  }
}
