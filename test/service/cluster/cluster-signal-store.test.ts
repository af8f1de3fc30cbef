// The store of signals in a cluster, as one partition sees it, passes the suite with a NATS server. Skipped if the server is
// not installed: `node scripts/install/nats.mjs`.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  PartitionLog,
  readLease,
  takeLease,
} from '../../../service/cluster/partitions/partition-log.ts';
import { connectToNats } from '../../../service/cluster/records/connection.ts';
import { Names } from '../../../service/cluster/records/names.ts';
import { Records } from '../../../service/cluster/records/records.ts';
import { createOutgoingSets } from '../../../service/cluster/signals/outgoing-sets.ts';
import { openPartitionSets } from '../../../service/cluster/signals/received-sets.ts';
import { SetLog } from '../../../service/cluster/signals/set-log.ts';
import { testSignalStore } from '../signals/store/signal-store-suite.ts';
import { hasNats, startNats } from './nats-harness.ts';

const shape = { partitions: 2, identity: 'subject.id' };

describe.skipIf(!hasNats)('in a cluster', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.close());

  /** A node that takes a partition. */
  async function open(name: string, partition = 0) {
    const connection = await connectToNats({ servers: [nats.server.url], name: 'test' });
    const records = await Records.open(connection, new Names(name), 5_000);
    await records.create(shape, 1);
    const subject = records.names.lease(partition);
    const before = await records.last(subject);
    expect(readLease(before?.value).node).toBe(before === undefined ? undefined : 'n');
    const last = await records.last(records.names.partition(partition));
    const lease = await takeLease(records, partition, 'n', last?.sequence ?? 0);
    const log = new PartitionLog(records, { partition, node: 'n', lease }, () => {});
    const sets = new SetLog(records);
    await sets.readMarker(subject, await log.renew());
    const received = await openPartitionSets(sets, log.sessions('events'));
    let isClosed = false;
    return {
      ...received.sets,
      ...createOutgoingSets(connection, records),
      close: async () => {
        if (isClosed) return;
        isClosed = true;
        await connection.close();
      },
    };
  }

  let count = 0;
  testSignalStore(async () => {
    count += 1;
    const name = `signals-${count}`;
    return { open: () => open(name), remove: async () => {} };
  });

  const set = (jti: string, receivedAt = 2_000) => ({
    issuer: 'https://idp.example',
    jti,
    receivedAt,
    events: '[]',
    index: [{ key: 'opaque a', type: 'risk', time: 1 }],
  });

  test('partitions share the tokens, and each has its own progress', async () => {
    const [one, other] = [await open('shared', 0), await open('shared', 1)];
    expect(await one.add([set('1'), set('2')])).toEqual(['new', 'new']);
    expect(await other.add([set('2'), set('3')])).toEqual(['pending', 'new']);
    await one.done([set('2')]);
    await one.close();
    const again = await open('shared', 0);
    expect((await again.pending()).map(({ jti }) => jti)).toEqual(['1', '3']);
    expect((await other.pending()).map(({ jti }) => jti)).toEqual(['1', '2', '3']);
    await Promise.all([again.close(), other.close()]);
  });

  test('a node that lost its partition cannot note progress', async () => {
    const former = await open('fenced');
    await former.add([set('1')]);
    const owner = await open('fenced');
    await expect(former.done([set('1')])).rejects.toThrow();
    expect((await owner.pending()).map(({ jti }) => jti)).toEqual(['1']);
    await Promise.all([former.close(), owner.close()]);
  });

  test('a change of a stream at one node is seen at the others', async () => {
    const [one, other] = [await open('streams', 0), await open('streams', 1)];
    expect(await other.streams()).toEqual([]);
    await one.putStream({ id: 's', receiver: 'r', text: '1' }, undefined);
    expect((await other.streams()).map(({ text }) => text)).toEqual(['1']);
    await one.putStream({ id: 's', receiver: 'r', text: '2' }, '1');
    expect((await other.streams()).map(({ text }) => text)).toEqual(['2']);
    await one.deleteStream('s');
    expect(await other.streams()).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });
});
