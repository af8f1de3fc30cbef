// `nhipol serve --cluster` as a process: options that cannot be used together, servers that do not answer, and two nodes
// that share sessions over HTTP. Needs `dist/bin/`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { freePort, hasNats, startNats } from './nats-harness.ts';

let folder: string;
let policy: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-cluster-'));
  policy = join(folder, 'policy.wasm');
  writeFileSync(policy, await compileForGuard(clusterPolicy));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    ['--cluster', 'http://user:s3cret@127.0.0.1:4222'],
    '--cluster: expected a URL such as nats://127.0.0.1:4222',
  ],
  [['--cluster', 'nats://127.0.0.1', '--hold-above', '5'], 'leave it out with --cluster'],
  [
    ['--cluster', 'nats://127.0.0.1', '--cluster-identity', 'context.tenant'],
    'expected a member of the subject',
  ],
])('%s is refused', async (args, message) => {
  const started = startService([policy, ...args]);
  await expect(started).rejects.toThrow(message);
  await expect(started).rejects.toThrow('it ended with 2');
  await expect(started).rejects.not.toThrow('s3cret');
});

test('a server that does not answer is named, without its password', async () => {
  const port = await freePort();
  const server = `nats://user:a@secret@127.0.0.1:${port}`;
  const started = startService([policy, '--cluster', server]);
  await expect(started).rejects.toThrow(`cannot connect to nats://127.0.0.1:${port}`);
  await expect(started).rejects.not.toThrow('secret');
});

describe.skipIf(!hasNats)('two nodes', () => {
  test('share sessions, and one goes on when the other ends', async () => {
    const nats = await startNats();
    const nodes: ServiceProcess[] = [];
    try {
      const args = [policy, '--cluster', nats.server.url, '--cluster-replicas', '1'];
      for (const _ of [1, 2]) nodes.push(await startService([...args, '--cluster-lease', '1']));
      const [one, other] = nodes as [ServiceProcess, ServiceProcess];
      const at = ({ url }: ServiceProcess) => callService(url, 'GET', '/readyz');
      await expect
        .poll(async () => [(await at(one)).status, (await at(other)).status], { timeout: 20_000 })
        .toEqual([200, 200]);
      const subject = { type: 'ai_agent', id: 'a' };
      const opening = { id: 's', subject, context: { ok: true } };
      const opened = await callService(one.url, 'POST', '/sessions', opening);
      expect(opened.status).toBe(201);
      const query = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
      const decided = await callService(other.url, 'POST', '/sessions/s/decide', query);
      expect(decided.body.decision).toBe(true);
      const leak = { signal: 'leaked', payload: { where: 'log' } };
      const revoked = await callService(other.url, 'POST', '/sessions/s/signals', leak);
      expect(revoked.body.context.effect).toBe('revoke');
      one.child.kill('SIGTERM');
      expect(await one.ended).toBe(0);
      const after = await callService(other.url, 'POST', '/sessions/s/decide', query);
      expect(after.body.context.effect).toBe('revoke');
    } finally {
      for (const { child } of nodes) child.kill('SIGKILL');
      await nats.close();
    }
  }, 60_000);
});
