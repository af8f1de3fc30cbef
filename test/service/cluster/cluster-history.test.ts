// The history across sessions in a cluster: what identities have used remains when another node takes their partition, however
// long their names are, and no record of it is removed because NATS does not accept it. Partly skipped if the server is not
// installed: `node scripts/install/nats.mjs`.

import { maxHistoryRecord } from '@nhipol/runtime/abi';
import { serviceItself } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectWholeHistory } from '../../../service/cluster/calls/whole-history.ts';
import { PartitionLog } from '../../../service/cluster/partitions/partition-log.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { type ClusterNode, newCluster, ready } from './cluster-harness.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { hasNats, startNats } from './nats-harness.ts';

const policy = clusterPolicy.replace(
  'permit reads when context.ok',
  `permit reads when context.ok
  deny busy
    when count(allowed doing read across sessions per (subject.id, subject.team) up to 100,
      within 1h) >= 2`,
);
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

describe.skipIf(!hasNats)('the history across sessions in a cluster', () => {
  let nats: Awaited<ReturnType<typeof startNats>>;
  let narrow: Awaited<ReturnType<typeof startNats>>;
  let module: Uint8Array;
  const nodes: ClusterNode[] = [];
  beforeAll(async () => {
    module = await compileForGuard(policy);
    nats = await startNats();
    narrow = await startNats('max_payload: 200000\n');
  });
  afterAll(async () => {
    await nats.close();
    await narrow.close();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
  });

  test('remains with the longest identities when another node takes the partition', async () => {
    const { join } = newCluster({ server: nats.server.url, module });
    const enter = async () => {
      const node = await join();
      nodes.push(node);
      await ready(node);
      return node;
    };
    let opened = 0;
    const decide = async ({ sessions }: ClusterNode, end: string) => {
      opened += 1;
      const subject = {
        type: 'ai_agent',
        id: 'x'.repeat(4_095) + end,
        properties: { team: 'y'.repeat(4_096) },
      };
      await sessions.open(serviceItself, `s${opened}`, { subject, context: { ok: true } });
      const { effect } = await sessions.decide(serviceItself, `s${opened}`, read);
      await sessions.close(serviceItself, `s${opened}`);
      return effect;
    };
    const first = await enter();
    expect([await decide(first, 'a'), await decide(first, 'a')]).toEqual(['permit', 'permit']);
    expect(await decide(first, 'b')).toBe('permit');
    await first.close();
    const second = await enter();
    expect(await decide(second, 'a')).toBe('deny');
    expect([await decide(second, 'b'), await decide(second, 'b')]).toEqual(['permit', 'deny']);
  });

  test('is refused if NATS does not accept its records', async () => {
    const options = { server: narrow.server.url };
    const joined = newCluster({ ...options, module }).join();
    await expect(joined).rejects.toThrow(
      `up to ${maxHistoryRecord} bytes, and NATS accepts 195904`,
    );
    const plain = newCluster({ ...options, module: await compileForGuard(clusterPolicy) });
    nodes.push(await plain.join());
  });
});

test('a cluster refuses a key that would be divided among partitions', () => {
  const expectKeys = (keys: readonly (readonly string[])[], partitions = 2) =>
    expect(() =>
      expectWholeHistory(
        { bytes: 1, shared_bytes: 1, shared_keys: keys },
        { partitions, identity: 'subject.team' },
        maxHistoryRecord,
      ),
    );
  const team = ['subject.id', 'subject.team'];
  expectKeys([team, ['subject.team']]).not.toThrow();
  expectKeys([['subject.id']], 1).not.toThrow();
  for (const keys of [[team, ['subject.id']], [['subject.id']], [[]]]) {
    expectKeys(keys).toThrow('divided by subject.team');
  }
});

describe('the log of a partition', () => {
  type Records = ConstructorParameters<typeof PartitionLog>[0];
  type Written = Parameters<Records['writeAll']>[0];

  function openLog() {
    const written: Written[number][] = [];
    const closed: unknown[] = [];
    // The log uses no other member in this test.
    const records = {
      names: { partition: () => 'p', state: (_: number, kind: string, id: string) => kind + id },
      maxValueBytes: 10,
      writeAll: async (batch: Written) => written.push(...batch),
    } as unknown as Records;
    const lease = { partition: 0, node: 'n', lease: 1 };
    const log = new PartitionLog(records, lease, (why) => closed.push(why));
    return { store: log.sessions('sessions'), written, closed };
  }

  test('removes the text of a session that is too long, and goes on', async () => {
    const { store, written, closed } = openLog();
    await store.write(new Map([['s', 'x'.repeat(11)]]));
    await store.write(new Map([['t', 'y'.repeat(10)]]));
    expect(written.map(({ value }) => value)).toEqual([undefined, 'y'.repeat(10)]);
    expect(closed).toEqual([]);
  });

  test('writes nothing more after a record of the history that is too long', async () => {
    const { store, written, closed } = openLog();
    const changed = new Map([
      ['history:00', 'é'.repeat(6)],
      ['s', 'x'],
    ]);
    await expect(store.write(changed)).rejects.toThrow('longer than a message');
    expect(closed).toHaveLength(1);
    await expect(store.write(new Map([['s', 'x']]))).rejects.toThrow('no longer owns');
    expect(written).toEqual([]);
  });
});
