// The stream of a cluster, as a test reads and creates it.

import { setTimeout as wait } from 'node:timers/promises';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Names } from '../../service/cluster/records/names.ts';
import { epochHeader } from '../../service/cluster/records/record-writer.ts';
import type { Written } from './history.ts';
import type { Machines } from './machines.ts';

const names = new Names('default');
const streamName = names.stream;

/** Creates the stream of the cluster before the nodes do, so that it has all messages and not only the latest. */
export async function createStream(machines: Machines, partitions: number): Promise<void> {
  const connection = await anyServer(machines);
  // It has no leader at first, and answers nothing.
  const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false });
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      await manager.streams.add({
        name: streamName,
        subjects: [...names.stored],
        num_replicas: 3,
        allow_atomic: true,
        allow_msg_ttl: true,
        allow_direct: false,
        metadata: { partitions: `${partitions}`, identity: 'subject.id' },
      });
      break;
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(200);
    }
  }
  await connection.close();
}

/** All messages of partitions, in their order. */
export async function readMessages(machines: Machines): Promise<readonly Written[]> {
  const connection = await anyServer(machines);
  try {
    const client = jetstream(connection, { timeout: 10_000 });
    const manager = await jetstreamManager(connection, { timeout: 10_000 });
    const { state } = await manager.streams.info(streamName);
    const consumer = await client.consumers.get(streamName, {
      filter_subjects: ['nhipol.default.partition.>'],
    });
    const written: Written[] = [];
    for (;;) {
      const batch = await consumer.fetch({ max_messages: 1_000, expires: 1_000 });
      let last = 0;
      for await (const { seq, subject, headers, info } of batch) {
        const [, , , partition, kind] = subject.split('.');
        const epoch = headers?.get(epochHeader) ?? '';
        written.push({
          sequence: seq,
          partition: Number(partition),
          isLease: kind === 'lease',
          epoch: epoch === '' ? undefined : Number(epoch),
        });
        last = seq;
        if (info.pending === 0 || seq >= state.last_seq) break;
      }
      const isEmpty = last === 0;
      if (isEmpty || last >= state.last_seq) return written;
    }
  } finally {
    await connection.close();
  }
}

/** The server that leads the stream, by its own report; the first one if none does. */
export async function findLeader(machines: Machines): Promise<number> {
  const connection = await anyServer(machines).catch(() => undefined);
  if (connection === undefined) return 0;
  try {
    const manager = await jetstreamManager(connection, { timeout: 1_000 });
    const { cluster } = await manager.streams.info(streamName);
    return Number(cluster?.leader?.slice(1) ?? 0);
  } catch {
    return 0;
  } finally {
    await connection.close();
  }
}

function anyServer({ servers }: Machines): Promise<NatsConnection> {
  return connect({
    servers: servers.map(({ options }) => `127.0.0.1:${options.port}`),
    ignoreClusterUpdates: true,
    timeout: 2_000,
  });
}
