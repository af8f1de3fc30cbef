// The stores of a decision point pass the same tests: SQLite, and the records of a cluster on NATS. Those on NATS are
// skipped if its server is not installed: `node scripts/install/nats.mjs`.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sqliteStore } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clusterApprovals } from '../../../service/cluster/approvals.ts';
import {
  PartitionLog,
  readLease,
  takeLease,
} from '../../../service/cluster/partitions/partition-log.ts';
import { connectToNats } from '../../../service/cluster/records/connection.ts';
import { Names } from '../../../service/cluster/records/names.ts';
import { ConditionError } from '../../../service/cluster/records/record-writer.ts';
import { Records } from '../../../service/cluster/records/records.ts';
import { hasNats, type NatsServer, startNats } from '../cluster/nats-harness.ts';
import { approval, now } from '../guard/approvals/stored-approval.ts';
import {
  type DecisionStorePlace,
  type OpenStore,
  testDecisionStore,
} from './decision-store-suite.ts';

async function sqlitePlace(): Promise<DecisionStorePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-store-'));
  return {
    open: async () => {
      const store = sqliteStore(join(folder, 'state.db'));
      return { store, close: async () => store.close() };
    },
    // Its process is this one; store.test.ts kills others.
    crash: async () => {},
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe('SQLite', () => testDecisionStore(sqlitePlace));

describe.skipIf(!hasNats)('NATS', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let number = 0;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.close());

  testDecisionStore(async () => {
    number += 1;
    const name = `store-${number}`;
    return {
      open: () => openStore(nats.server, name),
      crash: async () => {
        await nats.server.kill();
        await nats.server.start();
      },
      remove: async () => {},
    };
  });

  test('an approval that expired while no node used it stays so for a slow clock', async () => {
    number += 1;
    const { store, close } = await openStore(nats.server, `store-${number}`);
    await store.approve({ ...approval, expiresAt: now + 1_000 });
    await store.approve({ ...approval, id: 'later', digest: 'sha-256:2' });
    await delay(3_000);
    expect(await store.take('sha-256:1', now)).toBeUndefined();
    expect((await store.take('sha-256:2', now))?.id).toBe('later');
    await close();
  });

  describe('the log of a partition', () => {
    const open: { readonly close: () => Promise<void> }[] = [];
    afterEach(async () => {
      for (const each of open.splice(0)) await each.close();
    });

    async function records(): Promise<Records> {
      number += 1;
      const opened = await openRecords(nats.server, `log-${number}`);
      open.push(opened);
      return opened.records;
    }

    test('refuses the writes of an owner after another node took the lease', async () => {
      const shared = await records();
      const lost: unknown[] = [];
      const first = await takeLease(shared, 0, 'one', 0);
      const log = new PartitionLog(shared, { partition: 0, node: 'one', lease: first }, (why) =>
        lost.push(why),
      );
      await log.sessions('policy').write(new Map([['s', 'first']]));
      await expect(takeLease(shared, 0, 'other', first)).rejects.toThrow(ConditionError);
      const last = await shared.last(shared.names.partition(0));
      const second = await takeLease(shared, 0, 'other', last?.sequence ?? 0);
      await expect(log.sessions('policy').write(new Map([['s', 'late']]))).rejects.toThrow(
        ConditionError,
      );
      expect(lost).toEqual([expect.any(ConditionError)]);
      await expect(log.renew()).rejects.toThrow('no longer owns');
      const next = new PartitionLog(shared, { partition: 0, node: 'one', lease: second }, () => {});
      expect(await next.sessions('policy').read()).toEqual(['first']);
    });

    test('removes a session that is longer than a message, and stores the others', async () => {
      const shared = await records();
      const lost: unknown[] = [];
      const lease = await takeLease(shared, 1, 'one', 0);
      const log = new PartitionLog(shared, { partition: 1, node: 'one', lease }, (why) =>
        lost.push(why),
      );
      const sessions = log.sessions('policy');
      await sessions.write(new Map([['long', 'before']]));
      const most = shared.maxValueBytes;
      const texts = ['x'.repeat(most), '\u20ac'.repeat(most / 2), '\u20ac'.repeat(most)];
      await sessions.write(
        new Map([
          ['long', texts[1]],
          ['longer', texts[2]],
          ['longest stored', texts[0]],
          ['s', 'first'],
        ]),
      );
      expect(lost).toEqual([]);
      expect([...(await sessions.read())].sort()).toEqual(['first', texts[0]]);
    });

    test('refuses each of several writes that were sent after the lease was lost', async () => {
      const shared = await records();
      const first = await takeLease(shared, 3, 'one', 0);
      const log = new PartitionLog(shared, { partition: 3, node: 'one', lease: first }, () => {});
      await takeLease(shared, 3, 'other', first);
      const many = new Map(Array.from({ length: 700 }, (_, index) => [`s${index}`, 'late']));
      const writes = [log.sessions('policy').write(many), log.renew()];
      const outcomes = await Promise.allSettled(writes);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await shared.subjects(shared.names.states(3, 'policy'))).toEqual([]);
    });

    test('gives a lease to one of several nodes that try to take it', async () => {
      const shared = await records();
      for (let round = 0, last = 0; round < 10; round += 1) {
        const nodes = ['one', 'two', 'three'];
        const tries = nodes.map((node) => takeLease(shared, 1, node, last));
        const taken = (await Promise.allSettled(tries)).flatMap((outcome, index) =>
          outcome.status === 'fulfilled' ? [[outcome.value, nodes[index]] as const] : [],
        );
        expect(taken).toHaveLength(1);
        const record = await shared.last(shared.names.lease(1));
        expect([record?.sequence, readLease(record?.value).node]).toEqual(taken[0]);
        last = record?.sequence ?? 0;
      }
    });

    test('does not depend on writes in other partitions', async () => {
      const shared = await records();
      const logs = await Promise.all(
        [0, 1].map(async (index) => {
          const lease = await takeLease(shared, index, 'one', 0);
          return new PartitionLog(
            shared,
            { partition: index, node: 'one', lease: lease },
            () => {},
          );
        }),
      );
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(
          logs.map((log) => log.sessions('policy').write(new Map([['s', `${round}`]]))),
        );
      }
      const found = await Promise.all(logs.map((log) => log.sessions('policy').read()));
      expect(found).toEqual([['19'], ['19']]);
    });
  });
});

async function openRecords(server: NatsServer, name: string) {
  const connection = await connectToNats({ servers: [server.url], name });
  const records = await Records.open(connection, new Names(name), 3_000);
  await records.create({ partitions: 4, identity: 'subject.id' }, 1);
  return { records, close: () => connection.close() };
}

async function openStore(server: NatsServer, name: string): Promise<OpenStore> {
  const { records, close } = await openRecords(server, name);
  const last = await records.last(records.names.partition(0));
  const lease = await takeLease(records, 0, name, last?.sequence ?? 0);
  const log = new PartitionLog(records, { partition: 0, node: 'one', lease: lease }, () => {});
  const sessions = (kind: string) => log.sessions(kind);
  return { store: { ...clusterApprovals(records), sessions }, close };
}
