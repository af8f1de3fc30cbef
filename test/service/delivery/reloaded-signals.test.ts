// The settings of signals, certificates and the token of a collector while a service runs, as a process: they are read again with
// the other files, all or nothing; what was removed stops at once, and what is new begins. Needs `dist/bin/`.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { createAuthority } from '../../support/system/certificates.ts';
import { Folder } from '../../support/system/run-cli.ts';
import {
  type Answered,
  callService,
  type ServiceProcess,
  startService,
} from '../decisions/service-process.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { audience, issuerName, signalPolicy, TestIssuer } from '../signals/signal-issuer.ts';
import { newKeyPem, signWebhook } from './signed-webhook.ts';

const soon = { timeout: 30_000, interval: 100 };
const patience = 120_000;
const pushMethod = 'urn:ietf:rfc:8935';
const pollMethod = 'urn:ietf:rfc:8936';

let module: Uint8Array;
let files: Folder;
let issuer: TestIssuer;
let service: ServiceProcess | undefined;
const servers: Server[] = [];

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});
beforeEach(async () => {
  files = new Folder();
  issuer = await TestIssuer.start();
});
afterEach(async () => {
  service?.child.kill('SIGKILL');
  service = undefined;
  issuer.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  files[Symbol.dispose]();
});

const at = (name: string) => join(files.path, name);
const writeJson = (name: string, value: object) => files.write(name, JSON.stringify(value));
const createKey = (id: string, roles: readonly string[]) => ({
  id,
  roles,
  sha256: createHash('sha256').update(`k-${id}`).digest('hex'),
});
const operator = createKey('ops', ['evaluate', 'sessions', 'operate']);
const receiver = createKey('receiver', ['signals']);
const of = (id: string) => ({ 'x-api-key': `k-${id}` });

async function start(settings: object, ...args: readonly string[]): Promise<void> {
  files.write('policy.wasm', module);
  writeJson('signals.json', settings);
  writeJson('access.json', { keys: [operator, receiver] });
  service = await startService([
    at('policy.wasm'),
    '--state',
    at('state.db'),
    '--drain',
    '0',
    '--access',
    at('access.json'),
    '--signals',
    at('signals.json'),
    ...args,
  ]);
}

const call = (method: string, path: string, body?: unknown, id = 'ops'): Promise<Answered> =>
  callService(service?.url ?? '', method, path, body, of(id));
const readRefused = async () => JSON.stringify((await call('GET', '/policy')).body.refused);
const messages = () => service?.messages() ?? '';

const source = (jwks: object | URL, more: object = {}) => ({
  name: 'idp',
  issuer: issuerName,
  audience,
  jwks,
  delivery: 'push',
  manage: false,
  ...more,
});

async function pushEvent(event: Parameters<TestIssuer['sign']>[0] = {}, name = 'idp') {
  const response = await fetch(`${service?.url}/signals/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/secevent+jwt' },
    body: await issuer.sign({ type: 'account-enabled', ...event }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function openSession(id: string, subject = 'a-1'): Promise<void> {
  const opening = { id, subject: { type: 'ai_agent', id: subject } };
  expect((await call('POST', '/sessions', opening)).status).toBe(201);
}

describe('the settings of signals', () => {
  attack(
    'signals-removed-source',
    async () => {
      const [other, secret] = [await TestIssuer.start(), 'a secret of the webhook'];
      files.write('hook.secret', secret);
      const webhook = {
        name: 'hook',
        secret_files: ['hook.secret'],
        event: { type: 'session-revoked', subject: { format: 'opaque', id: '$body.id' } },
      };
      const hook = async (key: string, id: string) => {
        const signed = signWebhook(key, id, '{"id":"nobody"}');
        return (await fetch(`${service?.url}/webhooks/hook`, signed)).status;
      };
      await start({ sources: [source(issuer.jwks)], webhooks: [webhook] });
      expect([await pushEvent(), await hook(secret, '1')]).toEqual([202, 202]);
      // Another file with the secret, whose name stays.
      files.write('hook.secret', 'another secret of it');
      await expect.poll(() => hook('another secret of it', `${Math.random()}`), soon).toBe(202);
      expect(await hook(secret, '2')).toBe(401);
      // Other keys, and then no source at all.
      writeJson('signals.json', { sources: [source(other.jwks)], webhooks: [] });
      await expect.poll(pushEvent, soon).toBe(400);
      expect(await hook('another secret of it', '3')).toBe(404);
      writeJson('signals.json', { sources: [] });
      await expect.poll(pushEvent, soon).toBe(404);
      writeJson('signals.json', { sources: [source(issuer.jwks)] });
      await expect.poll(pushEvent, soon).toBe(202);
      other.close();
    },
    patience,
  );

  test('say by what sessions are found, also those that are open', {
    timeout: patience,
  }, async () => {
    const byTenant = { tenant: { format: 'opaque', id: '$session.context.tenant' } };
    const about = (id: string) => ({
      type: 'session-revoked',
      claims: { event_timestamp: Math.floor(Date.now() / 1_000) },
      subject: { format: 'complex', tenant: { format: 'opaque', id } },
    });
    await start({ sources: [source(issuer.jwks)] });
    for (const [id, tenant] of [
      ['s1', 'acme'],
      ['s2', 'acme'],
      ['s3', 'other'],
    ] as const) {
      const opening = { id, subject: { type: 'ai_agent', id }, context: { tenant } };
      expect((await call('POST', '/sessions', opening)).status).toBe(201);
    }
    const effects = async () => {
      const found = (await call('GET', '/sessions')).body.sessions;
      return found.map(
        ({ id, context }: never) => `${id} ${(context as { effect: string }).effect}`,
      );
    };
    expect(await pushEvent(about('acme'))).toBe(202);
    const before = await effects();
    writeJson('signals.json', { sources: [source(issuer.jwks)], subjects: byTenant });
    await expect
      .poll(async () => {
        expect(await pushEvent(about('acme'))).toBe(202);
        return (await effects()).filter((each: string) => each.endsWith('revoke'));
      }, soon)
      .toEqual(['s1 revoke', 's2 revoke']);
    expect(before.some((each: string) => each.endsWith('revoke'))).toBe(false);
  });

  test('are used all or nothing, with every other file', { timeout: patience }, async () => {
    files.write('push.key', newKeyPem());
    const transmitter = { key_files: ['push.key'] };
    await start({ sources: [source(issuer.jwks)], transmitter });
    const keys = async () => JSON.stringify((await call('GET', '/ssf/jwks.json')).body);
    const [first, metric] = [await keys(), 'nhipol_policy_refused 1'];
    const wrong: readonly [name: string, content: string, named: string][] = [
      ['signals.json', '{"sources": 1}', '$.sources'],
      ['signals.json', JSON.stringify({ transmitter: { key_files: ['none.key'] } }), 'none.key'],
      ['push.key', 'no key', 'push.key'],
      ['access.json', '{"keys": [1]}', 'access.json'],
    ];
    for (const [name, content, named] of wrong) {
      const before = readFileSync(at(name));
      // Everything else would be in use.
      writeJson('access.json', { keys: [operator] });
      if (name !== 'signals.json') writeJson('signals.json', { sources: [], transmitter });
      files.write(name, content);
      await expect.poll(readRefused, soon).toContain(named);
      expect([await keys(), await pushEvent()]).toEqual([first, 202]);
      expect((await call('GET', '/ssf/stream', undefined, 'receiver')).status).toBe(200);
      const metrics = await fetch(`${service?.url}/metrics`, { headers: of('ops') });
      expect(await metrics.text()).toContain(metric);
      expect(messages()).toContain(named);
      writeJson('access.json', { keys: [operator, receiver] });
      writeJson('signals.json', { sources: [source(issuer.jwks)], transmitter });
      if (name === 'push.key') files.write(name, before);
      await expect.poll(readRefused, soon).toBe('null');
    }
    files.write('push.key', newKeyPem());
    await expect.poll(keys, soon).not.toBe(first);
  });
});

describe('receivers', () => {
  /** Receives what is pushed. */
  async function endpoint(): Promise<{ readonly url: string; readonly got: () => number }> {
    let count = 0;
    const server = createServer((request, response) => {
      count += 1;
      request.resume().on('end', () => response.writeHead(202).end());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, got: () => count };
  }
  const settings = (allowed: readonly string[]) => ({
    sources: [source(issuer.jwks)],
    transmitter: { key_files: ['push.key'] },
    allow_addresses: allowed,
  });
  const revoke = async (id: string) => {
    await openSession(id, id);
    const subject = { format: 'opaque', id };
    expect(await pushEvent({ type: 'session-revoked', subject })).toBe(202);
  };

  attack(
    'signals-removed-receiver',
    async () => {
      files.write('push.key', newKeyPem());
      await start(settings(['127.0.0.1']));
      const { url, got } = await endpoint();
      const delivery = { method: pushMethod, endpoint_url: url };
      expect((await call('POST', '/ssf/stream', { delivery }, 'receiver')).status).toBe(201);
      const polled = await call('POST', '/ssf/stream', {}, 'receiver');
      const poll = `/ssf/streams/${polled.body.stream_id}/poll`;
      await revoke('r1');
      await expect.poll(got, soon).toBe(1);
      const waiting = await call('POST', poll, { returnImmediately: true }, 'receiver');
      const ack = Object.keys(waiting.body.sets);
      // It waits for an event when its key is removed.
      const open = call('POST', poll, { ack }, 'receiver').catch(() => 'ended');
      writeJson('access.json', { keys: [operator] });
      const list = () => call('GET', '/ssf/stream', undefined, 'receiver');
      await expect.poll(async () => (await list()).status, soon).toBe(401);
      expect(await open).toBe('ended');
      await expect.poll(messages, soon).toContain('the events for key:receiver wait');
      await revoke('r2');
      // An event for somebody else, and enough time for a push.
      await expect
        .poll(async () => (await call('GET', '/sessions/r2')).body.context.effect, soon)
        .toBe('revoke');
      expect(got()).toBe(1);
      // With the key, what waits is sent.
      writeJson('access.json', { keys: [operator, receiver] });
      await expect.poll(got, soon).toBe(2);
    },
    patience,
  );

  test('an address that is no longer allowed, and a transmitter that was removed, get nothing', {
    timeout: patience,
  }, async () => {
    files.write('push.key', newKeyPem());
    await start(settings(['127.0.0.1']));
    const { url, got } = await endpoint();
    const delivery = { method: pushMethod, endpoint_url: url };
    const created = await call('POST', '/ssf/stream', { delivery }, 'receiver');
    expect(created.status).toBe(201);
    await revoke('r1');
    await expect.poll(got, soon).toBe(1);
    const { stream_id } = created.body;
    const again = () => call('PATCH', '/ssf/stream', { stream_id, delivery }, 'receiver');
    writeJson('signals.json', settings(['127.0.0.2']));
    await expect.poll(async () => (await again()).status, soon).toBe(400);
    await revoke('r2');
    await expect.poll(messages, soon).toContain('cannot push');
    writeJson('signals.json', { sources: [source(issuer.jwks)] });
    const list = async () => (await call('GET', '/ssf/stream', undefined, 'receiver')).status;
    await expect.poll(list, soon).toBe(404);
    expect(got()).toBe(1);
    // The event that waits is sent when it may be again.
    writeJson('signals.json', settings(['127.0.0.1']));
    await expect.poll(got, soon).toBe(2);
    expect(await list()).toBe(200);
  });

  test('a transmitter that was not there before begins', { timeout: patience }, async () => {
    files.write('push.key', newKeyPem());
    await start({ sources: [source(issuer.jwks)] });
    const create = () =>
      call('POST', '/ssf/stream', { delivery: { method: pollMethod } }, 'receiver');
    expect((await create()).status).toBe(404);
    writeJson('signals.json', settings([]));
    await expect.poll(async () => (await create()).status, soon).toBe(201);
  });
});

describe('certificates', () => {
  test('are in the set, also after a change of their files', { timeout: patience }, async () => {
    const authority = createAuthority(files.path);
    const names = 'DNS:localhost,IP:127.0.0.1';
    const [one, two] = [authority.issue('one', names), authority.issue('two', names)];
    const client = authority.issue('client', 'URI:spiffe://acme.example/gateway');
    const [certificate, key] = [at('tls.crt'), at('tls.key')];
    const use = (pair: { readonly certificate: string; readonly key: string }) => {
      writeFileSync(certificate, readFileSync(pair.certificate));
      writeFileSync(key, readFileSync(pair.key));
    };
    use(one);
    files.write('policy.wasm', module);
    const ca = readFileSync(authority.certificate);
    writeFileSync(at('clients.pem'), ca);
    writeJson('access.json', {
      keys: [operator],
      certificates: [{ name: 'spiffe://acme.example/gateway', roles: ['operate'] }],
    });
    service = await startService([
      at('policy.wasm'),
      '--state',
      at('state.db'),
      '--drain',
      '0',
      '--access',
      at('access.json'),
      '--tls-cert',
      certificate,
      '--tls-key',
      key,
      '--tls-client-ca',
      at('clients.pem'),
    ]);
    const port = Number(new URL(service.url).port);
    const identity = { cert: readFileSync(client.certificate), key: readFileSync(client.key) };
    /** The serial number of the service, its status, and its answer. */
    const get = (agent: Agent | false, headers: Record<string, string>) =>
      new Promise<{ serial: string; status: number; body: string }>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: '/policy', ca, agent, headers };
        const proof = 'x-api-key' in headers ? {} : identity;
        const handleResponse = (response: IncomingMessage) => {
          const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => {
            resolve({ serial: serialNumber, status: response.statusCode ?? 0, body });
          });
        };
        httpsRequest({ ...options, ...proof }, handleResponse)
          .on('error', reject)
          .end();
      });
    const serial = async () => (await get(false, of('ops'))).serial;
    const kept = new Agent({ keepAlive: true, maxSockets: 1, ca, ...identity });
    const first = await serial();
    expect((await get(kept, {})).status).toBe(200);
    use(two);
    await expect.poll(serial, soon).not.toBe(first);
    const second = await serial();
    // A key of another certificate, with a change of another file.
    writeFileSync(key, readFileSync(one.key));
    writeJson('access.json', { keys: [operator] });
    await expect.poll(async () => (await get(false, of('ops'))).body, soon).toContain('mismatch');
    expect([await serial(), (await get(kept, {})).status]).toEqual([second, 200]);
    writeFileSync(key, readFileSync(two.key));
    await expect.poll(async () => (await get(kept, {})).status, soon).toBe(401);
    writeJson('access.json', {
      certificates: [{ name: 'spiffe://acme.example/gateway', roles: ['operate'] }],
    });
    await expect.poll(async () => (await get(kept, {})).status, soon).toBe(200);
    // The authority of clients is another one: a connection that is open ends, and another is not accepted.
    const other = createAuthority(mkdtempSync(at('other-')));
    writeFileSync(at('clients.pem'), readFileSync(other.certificate));
    const status = () =>
      get(kept, {}).then(
        ({ status: known }) => known,
        () => 0,
      );
    await expect.poll(status, soon).toBe(401);
    kept.destroy();
  });
});

describe('the collector of the log', () => {
  test('gets another token as soon as its file has one', { timeout: patience }, async () => {
    const tokens: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      const { authorization } = request.headers;
      tokens.push(authorization);
      const isKnown = authorization === 'Bearer second';
      request.resume().on('end', () => response.writeHead(isKnown ? 200 : 401).end());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const collector = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    files.write('collector.token', 'first\n');
    await start(
      { sources: [] },
      '--log',
      at('log.jsonl'),
      '--log-to',
      collector,
      '--log-to-token',
      at('collector.token'),
    );
    await openSession('s1');
    await expect.poll(() => tokens, soon).toContain('Bearer first');
    files.write('collector.token', 'not a token\n');
    await expect.poll(readRefused, soon).toContain('collector.token');
    files.write('collector.token', 'second\n');
    await expect.poll(() => tokens, soon).toContain('Bearer second');
    await expect.poll(messages, soon).toContain('accepts the log again');
    expect(tokens).not.toContain('Bearer not a token');
  });
});
