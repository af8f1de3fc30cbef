// Another version of a policy can have another name: the sessions of a service, and the ids that were revoked, stay.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '@nhipol/service';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from './service-harness.ts';
import { sessionPolicy } from './sessions/session-policy.ts';

const agent = { type: 'ai_agent', id: 'a', properties: { team: 'x' } };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const low = () => ({ risk: { level: 'LOW', observed_at: new Date().toISOString() } });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-renamed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const renamed = sessionPolicy.replace('policy test.sessions', 'policy test.renamed');

async function serving(policy: string, what: (harness: Harness) => Promise<void>): Promise<void> {
  const harness = await openHarness({ policy, folder });
  try {
    await what(harness);
  } finally {
    await harness.close();
  }
}

async function openTwo({ post }: Harness): Promise<void> {
  for (const id of ['leaked', 'open'])
    await post('/sessions', { id, subject: agent, context: low() });
  await post('/sessions/leaked/signals', { signal: 'leaked', payload: { where: 'a log' } });
}

async function expectTwo({ post, call }: Harness): Promise<void> {
  const { body } = await call('GET', '/sessions');
  expect(body.sessions.map(({ id }: { id: string }) => id).sort()).toEqual(['leaked', 'open']);
  expect((await post('/sessions/leaked/decide', read)).body.context.effect).toBe('revoke');
  await call('DELETE', '/sessions/leaked');
  const again = await post('/sessions', { id: 'leaked', subject: agent, context: low() });
  expect([again.status, again.body.code]).toEqual([410, 'session_revoked']);
}

attack('http-renamed-policy', async () => {
  await serving(sessionPolicy, openTwo);
  await serving(renamed, expectTwo);
});

test('sessions that were stored under the name of their policy are found', async () => {
  await serving(sessionPolicy, openTwo);
  const state = new Database(join(folder, 'state.db'));
  state.exec(`
    UPDATE sessions SET name = 'test.sessions owners' WHERE name = 'service owners';
    UPDATE sessions SET name = 'test.sessions' WHERE name = 'service';
  `);
  state.close();
  await serving(renamed, expectTwo);
});

test('names that only look like those of a service stay', async () => {
  const path = join(folder, 'shared.db');
  const names = ['daemon /etc/p owners', 'daemon /etc/p', 'guard "a owners"', 'a/b owners'];
  const first = sqliteStore(path);
  for (const name of names) await first.sessions(name).write(new Map([['s', name]]));
  first.close();
  const again = sqliteStore(path);
  for (const name of names) expect(await again.sessions(name).read()).toEqual([name]);
  again.close();
});
