// `nhipol serve --cluster --signals` as processes: a token that was stored is applied although an owner is killed before it
// applied it. Needs `dist/bin/`; skipped if the NATS server is not installed: `node scripts/install/nats.mjs`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { audience, issuerName, push, signalPolicy, TestIssuer } from '../signals/signal-issuer.ts';
import { freePort, hasNats, startNats } from './nats-harness.ts';

let folder: string;
let policy: string;
let settings: string;
let issuer: TestIssuer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-cluster-signals-'));
  issuer = await TestIssuer.start();
  policy = join(folder, 'policy.wasm');
  writeFileSync(policy, await compileForGuard(signalPolicy));
  settings = join(folder, 'signals.json');
  const source = { name: 'idp', issuer: issuerName, audience, delivery: 'push', manage: false };
  const subjects = { tenant: { format: 'opaque', id: '$session.context.tenant' } };
  const sources = [{ ...source, jwks: issuer.jwks.href, algorithms: ['ES256'] }];
  writeFileSync(settings, JSON.stringify({ subjects, sources }));
});
afterAll(() => {
  issuer.close();
  rmSync(folder, { recursive: true, force: true });
});

test('all nodes need the same URL', async () => {
  const started = startService([policy, '--cluster', 'nats://127.0.0.1', '--signals', settings]);
  await expect(started).rejects.toThrow('--signals with --cluster needs --public-url');
});

describe.skipIf(!hasNats)('two nodes with events', () => {
  test('lose no stored token when an owner is killed before it applies it', async () => {
    const nats = await startNats();
    const nodes: ServiceProcess[] = [];
    try {
      const args = [
        policy,
        '--cluster',
        nats.server.url,
        '--cluster-replicas',
        '1',
        '--cluster-lease',
        '1',
        '--cluster-partitions',
        '6',
        '--signals',
        settings,
        '--public-url',
        'https://pdp.example',
      ];
      for (const _ of [1, 2]) {
        // It prints the URL that all nodes share.
        const address = `127.0.0.1:${await freePort()}`;
        const started = await startService([...args, '--listen', address]);
        nodes.push({ ...started, url: `http://${address}` });
      }
      const [one, other] = nodes as [ServiceProcess, ServiceProcess];
      const isReady = async ({ url }: ServiceProcess) =>
        (await callService(url, 'GET', '/readyz')).status === 200;
      const areReady = async (...each: readonly ServiceProcess[]) =>
        (await Promise.all(each.map(isReady))).every(Boolean);
      await expect.poll(() => areReady(one, other), { timeout: 20_000 }).toBe(true);
      // Until both own partitions.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await expect.poll(() => areReady(one, other), { timeout: 20_000 }).toBe(true);
      const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
      for (const id of ids) {
        const subject = { type: 'ai_agent', id: `agent ${id}` };
        const opening = { id, subject, context: { tenant: 't' } };
        expect((await callService(other.url, 'POST', '/sessions', opening)).status).toBe(201);
      }
      const token = await issuer.sign({
        type: 'credential-compromise',
        subject: { format: 'complex', tenant: { format: 'opaque', id: 't' } },
      });
      one.child.kill('SIGSTOP');
      expect((await push(other.url, token)).status).toBe(503);
      one.child.kill('SIGKILL');
      await expect.poll(() => areReady(other), { timeout: 20_000 }).toBe(true);
      const query = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
      const decideEffect = async (id: string) =>
        (await callService(other.url, 'POST', `/sessions/${id}/decide`, query)).body.context.effect;
      // Until all partitions have an owner again, which denies at least.
      const seen = new Set<string>();
      const effects = async () => {
        const found = await Promise.all(ids.map(decideEffect));
        for (const each of found) seen.add(each);
        return found;
      };
      await expect.poll(effects, { timeout: 20_000 }).toEqual(ids.map(() => 'revoke'));
      expect(seen).not.toContain('permit');
      expect((await push(other.url, token)).status).toBe(202);
    } finally {
      for (const { child } of nodes) child.kill('SIGKILL');
      await nats.close();
    }
  }, 60_000);
});
