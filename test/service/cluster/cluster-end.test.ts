// A node ends also while no server of NATS can be reached: nothing of it goes on, so that its process ends. Skipped if the
// server is not installed: `node scripts/install/nats.mjs`.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { newCluster, ready } from './cluster-harness.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { hasNats, startNats } from './nats-harness.ts';

describe.skipIf(!hasNats)('a node that ends while no server can be reached', () => {
  test('does not look for servers any longer', async () => {
    const module = await compileForGuard(clusterPolicy);
    const nats = await startNats();
    try {
      const node = await newCluster({ server: nats.server.url, module }).join();
      await ready(node);
      await nats.server.kill();
      await expect
        .poll(() => node.sessions.unready(), { timeout: 10_000 })
        .toBe('the cluster cannot be reached');
      await node.close();
      let connections = 0;
      const server = createServer(() => {
        connections += 1;
      });
      server.listen(nats.server.options.port, '127.0.0.1');
      await once(server, 'listening');
      await delay(1_500);
      server.close();
      expect(connections).toBe(0);
    } finally {
      await nats.close();
    }
  }, 60_000);
});
