// The files of a service that are read again while it runs: tables, the mapping of gRPC and the key of the metadata, together
// with access, entities, facts and policy.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Folder, type Ran } from '../../support/system/run-cli.ts';
import { callService } from '../grpc/grpc-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const policy = `policy p
external table owners: String -> String
subject ai_agent { name?: String }
action read {}
resource file {}
for ai_agent { permit reads when subject.name is owners[resource.id] }
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const newKey = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string;
const writeMapping = (file: string) =>
  JSON.stringify({
    ext_authz: {
      subject: { type: 'ai_agent', id: 'a', properties: { name: 'ann' } },
      action: { name: 'read' },
      resource: { type: 'file', id: file },
    },
  });
const writeSignals = (days: number) => JSON.stringify({ retention_days: days });

let folder: Folder;
let url: string;
let grpcPort: number;
let ended: Promise<Ran>;
beforeAll(async () => {
  const port = await freePort();
  grpcPort = await freePort();
  url = `http://127.0.0.1:${port}`;
  folder = new Folder({
    'p.wasm': await compileForGuard(policy),
    'owners.json': '{"f":"ann"}',
    'grpc.json': writeMapping('f'),
    'metadata.pem': newKey(),
    'signals.json': writeSignals(1),
  });
  ended = folder.run([
    'serve',
    '@p.wasm',
    '--listen',
    `127.0.0.1:${port}`,
    '--state',
    '@state.db',
    '--drain',
    '0',
    '--grpc',
    `127.0.0.1:${grpcPort}`,
    '--grpc-mapping',
    '@grpc.json',
    '--table',
    'owners=@owners.json',
    '--metadata-key',
    '@metadata.pem',
    '--signals',
    '@signals.json',
  ]);
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await Promise.race([isReady(), ended]))) await delay(50);
}, 60_000);
afterAll(async () => {
  process.emit('SIGTERM');
  await ended;
  folder[Symbol.dispose]();
});

async function decision(): Promise<boolean> {
  const subject = { type: 'ai_agent', id: 'a', properties: { name: 'ann' } };
  const body = { subject, action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
  const response = await fetch(`${url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return ((await response.json()) as { decision: boolean }).decision;
}

async function checkGrpc(): Promise<boolean> {
  const attributes = { request: { http: { method: 'GET', path: '/' } } };
  const { response } = await callService(grpcPort, 'check', { attributes }, {});
  return (response as { ok_response?: unknown }).ok_response !== undefined;
}

async function read(path: string) {
  return (await fetch(`${url}${path}`)).json() as Promise<Record<string, never>>;
}
const keyId = async () => JSON.stringify((await read('/.well-known/jwks.json')).keys);
const readRefused = async () => JSON.stringify((await read('/policy')).refused);

const soon = { timeout: 10_000, interval: 100 };

test('other contents of a table are used, and sessions are evaluated with them', async () => {
  expect(await decision()).toBe(true);
  folder.write('owners.json', '{"f":"bob"}');
  await expect.poll(decision, soon).toBe(false);
  folder.write('owners.json', '{"f":"ann"}');
  await expect.poll(decision, soon).toBe(true);
}, 30_000);

test('another mapping and another key are used', async () => {
  const before = await keyId();
  expect(await checkGrpc()).toBe(true);
  folder.write('grpc.json', writeMapping('other'));
  folder.write('metadata.pem', newKey());
  await expect.poll(checkGrpc, soon).toBe(false);
  await expect.poll(keyId, soon).not.toBe(before);
  folder.write('grpc.json', writeMapping('f'));
  await expect.poll(checkGrpc, soon).toBe(true);
}, 30_000);

test('nothing changes if one of the files is not valid', async () => {
  const before = await keyId();
  const files = {
    'owners.json': ['{"f":1}', '{"f":"ann"}', 'owners'],
    'grpc.json': ['{', writeMapping('f'), 'grpc.json'],
    'metadata.pem': ['no key', newKey(), 'metadata.pem'],
    'signals.json': ['{"x":1}', writeSignals(1), 'signals.json'],
  } as const;
  for (const [name, [wrong, right, named]] of Object.entries(files)) {
    if (name !== 'owners.json') folder.write('owners.json', '{"f":"bob"}');
    folder.write(name, wrong);
    await expect.poll(readRefused, soon).toContain(named);
    expect([await decision(), await checkGrpc()]).toEqual([true, true]);
    process.emit('SIGHUP');
    await delay(300);
    expect(await readRefused()).toContain(named);
    if (name !== 'metadata.pem') expect(await keyId()).toBe(before);
    folder.write('owners.json', '{"f":"ann"}');
    folder.write(name, right);
    await expect.poll(readRefused, soon).toBe('null');
    if (name === 'metadata.pem') break;
  }
  folder.write('signals.json', '{"x":1}');
  folder.write('owners.json', '{"f":"bob"}');
  await expect.poll(readRefused, soon).toContain('signals.json');
  expect(await decision()).toBe(true);
  folder.write('owners.json', '{"f":"ann"}');
  folder.write('signals.json', writeSignals(1));
  await expect.poll(readRefused, soon).toBe('null');
}, 90_000);
