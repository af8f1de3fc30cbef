// A version of a policy that was held back stays so when the service starts again, and one that an operator activated stays
// in use: with its tables.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { callService, type ServiceProcess, startService } from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const writePolicy = (version: string, permits: string) => `policy acme.held version "${version}"
external table owners: String -> String
subject ai_agent {}
action read {}
resource file {}
for ai_agent { permit reads when ${permits} }
`;
const owned = writePolicy('1.0.0', 'owners[subject.id] is "ops"');
const other = writePolicy('2.0.0', 'subject.id is "a" or owners[subject.id] is "dev"');

let [first, second]: readonly Uint8Array[] = [];
beforeAll(async () => {
  [first, second] = await Promise.all([compileForGuard(owned), compileForGuard(other)]);
});

let folder: string;
let service: ServiceProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-held-'));
});
afterEach(() => {
  service?.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const write = (name: string, contents: string | Uint8Array = '') =>
  writeFileSync(at(name), contents);

async function start(): Promise<ServiceProcess> {
  service = await startService([
    at('p.wasm'),
    '--table',
    `owners=${at('owners.json')}`,
    '--state',
    at('state.db'),
    '--hold-above',
    '5',
    '--drain',
    '0',
  ]);
  return service;
}

async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  service?.child.kill(signal);
  await service?.ended;
}

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const call = async (method: string, path: string, body?: object) =>
  (await callService(service?.url ?? '', method, path, body)).body;
const open = (id: string) =>
  call('POST', '/sessions', { id, subject: { type: 'ai_agent', id }, ...read });
const readDecision = async (id: string) => (await call('GET', `/sessions/${id}`)).decision;
const policy = () => call('GET', '/policy');
const readHeldDigest = async () => (await policy()).held?.digest;

attack(
  'http-held-restart',
  async () => {
    write('p.wasm', first);
    write('owners.json', '{}');
    await start();
    await open('a');
    write('p.wasm', second);
    await expect.poll(readHeldDigest).toBeDefined();
    const digest = await readHeldDigest();
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await end(signal);
      await start();
      const { active, held } = await policy();
      expect([active.version, held?.policy.version, held?.digest]).toEqual([
        '1.0.0',
        '2.0.0',
        digest,
      ]);
      expect(await readDecision('a')).toBe(false);
    }
    expect((await call('POST', '/policy/activate', { digest })).kind).toBe('activated');
    await end('SIGTERM');
    await start();
    expect([(await policy()).active.version, (await policy()).held]).toEqual(['2.0.0', null]);
    expect(await readDecision('a')).toBe(true);
  },
  120_000,
);

test('so do the contents of a table, and another table leaves a held version held', async () => {
  write('p.wasm', first);
  write('owners.json', '{}');
  await start();
  await open('a');
  write('owners.json', '{"a":"ops"}');
  await expect.poll(readHeldDigest).toBeDefined();
  expect(service?.messages()).not.toContain('owners.json: in use as read now');
  await end('SIGKILL');
  await start();
  expect([await readDecision('a'), (await policy()).held?.policy.version]).toEqual([
    false,
    '1.0.0',
  ]);
  write('owners.json', '{}');
  await expect.poll(readHeldDigest).toBeUndefined();
  write('p.wasm', second);
  await expect.poll(async () => (await policy()).held?.policy.version).toBe('2.0.0');
  const digest = await readHeldDigest();
  write('owners.json', '{"b":"ops"}');
  await expect.poll(readHeldDigest).not.toBe(digest);
  expect((await policy()).held?.policy.version).toBe('2.0.0');
}, 120_000);
