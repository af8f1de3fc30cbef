// A transmitter and a receiver, each a service, with each other: streams are set up and verified, and a revoke of one ends
// the sessions of the other, by push and poll, over restarts and rotations of keys.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SourceSettings, TransmitterSettings } from '../../../service/signals/settings.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { newKeyPem } from '../delivery/signed-webhook.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  issuerName,
  signalPolicy,
  signalSettings,
  sourceSettings,
  TestIssuer,
  thisMachine,
} from './signal-issuer.ts';

const wait = { timeout: 10_000 };
let module: Uint8Array;
let folder: string;
const running: Harness[] = [];

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-exchange-'));
});
afterEach(async () => {
  for (const each of running.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function transmitter(keys: readonly string[], port = 0): Promise<Harness> {
  const settings: TransmitterSettings = {
    issuer: undefined,
    keys,
    destinations: thisMachine,
    effects: [],
    language: 'en',
    subject: { format: 'opaque', id: '$session.subject.id' },
    defaultSubjects: 'ALL',
    minVerificationInterval: 0,
    maxBacklog: 1_000,
  };
  return start('a', { signals: signalSettings({ transmitter: settings }) }, port);
}

async function receiver(
  issuer: string,
  parts: Partial<SourceSettings>,
  port = 0,
): Promise<Harness> {
  const source = { ...sourceSettings(undefined), issuer, isManaged: true, audience: [], ...parts };
  return start('b', { signals: signalSettings({ sources: [source] }) }, port);
}

async function start(name: string, parts: object, port: number): Promise<Harness> {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(folder, name), { recursive: true });
  const harness = await openHarness({
    policy: module,
    folder: join(folder, name),
    service: { port },
    ...parts,
  });
  running.push(harness);
  return harness;
}

async function stop(harness: Harness): Promise<number> {
  running.splice(running.indexOf(harness), 1);
  const { port } = harness.service;
  await harness.close();
  return port;
}

const getVerifiedTime = ({ signals }: Harness) => signals?.states[0]?.verifiedAt;
const openSession = ({ post }: Harness, id: string) =>
  post('/sessions', { id, subject: { type: 'ai_agent', id: 'a-1' } });
const revoke = async (harness: Harness, id: string) => {
  await openSession(harness, id);
  await harness.post(`/sessions/${id}/signals`, { signal: 'session-revoked' });
};
const readEffect = async ({ call }: Harness, id: string) =>
  (await call('GET', `/sessions/${id}`)).body.context.effect;

describe.for(['push', 'poll'] as const)('by %s', (delivery) => {
  test('a stream is created and verified, and a revoke arrives', async () => {
    const a = await transmitter([newKeyPem()]);
    const b = await receiver(a.url, { delivery });
    await expect.poll(() => getVerifiedTime(b), wait).toBeDefined();
    expect(b.signals?.states).toMatchObject([{ status: 'enabled', isReady: true }]);
    await openSession(b, 'b1');
    await revoke(a, 'a1');
    await expect.poll(() => readEffect(b, 'b1'), wait).toBe('revoke');
    // A stream that exists is used again.
    const port = await stop(b);
    const again = await receiver(a.url, { delivery }, port);
    await expect.poll(() => getVerifiedTime(again), wait).toBeDefined();
    expect((await a.call('GET', '/ssf/stream')).body).toHaveLength(1);
    expect(await readEffect(again, 'b1')).toBe('revoke');
  });

  test('a revoke arrives although the receiver was away, and one by the next key', async () => {
    const keys = [newKeyPem(), newKeyPem()];
    const a = await transmitter(keys);
    const b = await receiver(a.url, { delivery });
    await expect.poll(() => getVerifiedTime(b), wait).toBeDefined();
    await openSession(b, 'b1');
    const port = await stop(b);
    await revoke(a, 'a1');
    const portOfA = await stop(a);
    const rotated = await transmitter(keys.toReversed(), portOfA);
    const again = await receiver(rotated.url, { delivery }, port);
    await expect.poll(() => readEffect(again, 'b1'), wait).toBe('revoke');
    await openSession(again, 'b2');
    await revoke(rotated, 'a2');
    await expect.poll(() => readEffect(again, 'b2'), wait).toBe('revoke');
    expect(again.warnings.join()).not.toContain('refused');
  });
});

test('events that are requested later are added to a stream', async () => {
  const a = await transmitter([newKeyPem()]);
  const some = await receiver(a.url, { delivery: 'poll', events: ['session-revoked'] });
  await expect.poll(() => getVerifiedTime(some), wait).toBeDefined();
  await stop(some);
  const more = await receiver(a.url, { delivery: 'poll' });
  await expect.poll(() => getVerifiedTime(more), wait).toBeDefined();
  const [stream] = (await a.call('GET', '/ssf/stream')).body;
  expect(stream.events_requested).toContain(
    'https://schemas.openid.net/secevent/risc/event-type/credential-compromise',
  );
});

test('an issuer whose metadata name another one is not used', async () => {
  const a = await transmitter([newKeyPem()]);
  const b = await receiver(`${a.url}/`, { delivery: 'poll' });
  await expect.poll(() => b.warnings.join(), wait).toContain('expected');
  expect(b.signals?.states[0]?.isReady).toBe(false);
});

test('a polled token that is not acceptable is reported, and never acknowledged', async () => {
  const issuer = await TestIssuer.start();
  const good = await issuer.sign({ payload: { jti: 'good' } });
  const sets: Record<string, string> = {
    good,
    bad: await issuer.sign({ payload: { jti: 'bad', aud: 'https://other.example' } }),
    renamed: await issuer.sign({ payload: { jti: 'another' } }),
  };
  const acknowledged: string[] = [];
  const refused: Record<string, { readonly err: string }> = {};
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { ack = [], setErrs = {} } = JSON.parse(Buffer.concat(chunks).toString());
    acknowledged.push(...ack);
    Object.assign(refused, setErrs);
    for (const jti of [...ack, ...Object.keys(setErrs)]) delete sets[jti];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ sets }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const source = {
    ...sourceSettings(issuer.jwks),
    delivery: 'poll' as const,
    pollUrl: new URL(`http://127.0.0.1:${port}/poll`),
  };
  const b = await start('b', { signals: signalSettings({ sources: [source] }) }, 0);
  await expect.poll(() => Object.keys(sets), wait).toEqual([]);
  expect(acknowledged).toEqual(['good']);
  expect(refused).toMatchObject({
    bad: { err: 'invalid_audience' },
    renamed: { err: 'invalid_request' },
  });
  expect(b.signals?.states).toMatchObject([{ issuer: issuerName }]);
  server.close();
  issuer.close();
});

test('a verification with a state that was not requested is refused', async () => {
  const issuer = await TestIssuer.start();
  const source = sourceSettings(issuer.jwks);
  const b = await start('b', { signals: signalSettings({ sources: [source] }) }, 0);
  await expect.poll(() => b.signals?.states[0]?.isReady).toBe(true);
  const type = 'https://schemas.openid.net/secevent/ssf/event-type/verification';
  const send = async (claims: object) => {
    const token = await issuer.sign({
      type,
      claims,
      subject: { format: 'opaque', id: 'stream-1' },
    });
    const headers = { 'content-type': 'application/secevent+jwt' };
    return fetch(`${b.url}/signals/idp`, { method: 'POST', body: token, headers });
  };
  const wrong = await send({ state: 'not requested' });
  expect([wrong.status, (await wrong.json()).err]).toEqual([400, 'invalid_state']);
  // Transmitters may also verify on their own, without a state.
  expect((await send({})).status).toBe(202);
  expect(getVerifiedTime(b)).toBeDefined();
  issuer.close();
});
