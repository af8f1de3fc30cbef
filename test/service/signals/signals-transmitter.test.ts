// The transmitter: streams and their management, what is sent when sessions change, and delivery by push and poll. Most
// checks are those of the conformance suite of the OpenID Foundation for transmitters.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccess } from '@nhipol/service';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportPKCS8,
  generateKeyPair,
  jwtVerify,
} from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TransmitterSettings } from '../../../service/signals/settings.ts';
import { attack } from '../../attacks/attack.ts';
import {
  type Harness,
  type HarnessOptions,
  openHarness,
  type Reply,
} from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  signalPolicy,
  signalSettings,
  sourceSettings,
  TestIssuer,
  thisMachine,
} from './signal-issuer.ts';

const push = 'urn:ietf:rfc:8935';
const poll = 'urn:ietf:rfc:8936';
const revoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const changed = 'https://schemas.openid.net/secevent/caep/event-type/token-claims-change';
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

let module: Uint8Array;
let key: string;
let folder: string;
let harness: Harness | undefined;
const endpoints: Endpoint[] = [];

/** A receiver that tokens are pushed to. */
class Endpoint {
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  answer: () => readonly [status: number, body?: object] = () => [202];
  readonly #server: Server;

  static async start(): Promise<Endpoint> {
    const endpoint = new Endpoint();
    await new Promise<void>((resolve) => endpoint.#server.listen(0, '127.0.0.1', resolve));
    endpoints.push(endpoint);
    return endpoint;
  }

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      const [status, body] = this.answer();
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = await exportPKCS8(pair.privateKey);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-transmitter-'));
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  for (const endpoint of endpoints.splice(0)) endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(
  parts: Partial<TransmitterSettings> = {},
  options: Partial<HarnessOptions> = {},
): Promise<Harness> {
  const transmitter = {
    issuer: undefined,
    keys: [key],
    effects: [],
    language: 'en',
    subject: undefined,
    destinations: thisMachine,
    defaultSubjects: 'ALL' as const,
    minVerificationInterval: 0,
    maxBacklog: 1_000,
    ...parts,
  };
  harness = await openHarness({
    policy: module,
    folder,
    signals: signalSettings({ transmitter }),
    ...options,
  });
  return harness;
}

function at(): Harness {
  if (harness === undefined) throw new Error('nothing is open');
  return harness;
}

const ssf = (method: string, path: string, body?: unknown, headers?: object): Promise<Reply> =>
  at().call(method, `/ssf/${path}`, body, headers);

async function createPolled(body: object = {}): Promise<string> {
  const reply = await ssf('POST', 'stream', { events_requested: [revoked], ...body });
  expect(reply.status).toBe(201);
  return reply.body.stream_id;
}

async function createPushed(endpoint: Endpoint, authorization?: string): Promise<string> {
  const header = authorization === undefined ? {} : { authorization_header: authorization };
  const delivery = { method: push, endpoint_url: endpoint.url, ...header };
  return createPolled({ delivery });
}

async function pollStream(
  id: string,
  body: object = { returnImmediately: true },
): Promise<Record<string, string>> {
  const reply = await ssf('POST', `streams/${id}/poll`, body);
  expect(reply.status).toBe(200);
  return reply.body.sets;
}

/** Verifies a token as a receiver does. */
async function verifyToken(token: string) {
  const { body } = await at().call('GET', '/.well-known/ssf-configuration');
  const keys = (await at().call('GET', new URL(body.jwks_uri).pathname)).body;
  const options = { issuer: body.issuer, audience: 'local', typ: 'secevent+jwt' };
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), options);
  // Tests read members of many kinds of events.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return payload as Record<string, any>;
}

async function revoke(id: string, subject = 'a-1'): Promise<void> {
  await at().post('/sessions', { id, subject: { type: 'ai_agent', id: subject } });
  const { body } = await at().post(`/sessions/${id}/signals`, { signal: 'session-revoked' });
  expect(body.context.effect).toBe('revoke');
}

describe('the metadata', () => {
  test('has what receivers need', async () => {
    const { url } = await open();
    const { status, body } = await at().call('GET', '/.well-known/ssf-configuration');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      issuer: url,
      spec_version: '1_0',
      jwks_uri: `${url}/ssf/jwks.json`,
      delivery_methods_supported: [push, poll],
      default_subjects: 'ALL',
      verification_endpoint: `${url}/ssf/verification`,
    });
    const keys = (await at().call('GET', '/ssf/jwks.json')).body.keys;
    expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig' }]);
    expect(keys[0].d).toBeUndefined();
  });

  test('of an issuer with a path is inserted between host and path', async () => {
    await open({ issuer: 'https://pdp.example/tenant' });
    const { body } = await at().call('GET', '/.well-known/ssf-configuration/tenant');
    expect(body.issuer).toBe('https://pdp.example/tenant');
    expect((await at().call('GET', '/.well-known/ssf-configuration/other')).status).toBe(404);
  });
});

describe('a stream', () => {
  test('is created, read, changed, replaced and deleted', async () => {
    const { url } = await open();
    const endpoint = await Endpoint.start();
    const created = await ssf('POST', 'stream', {
      events_requested: [revoked, 'https://x.example/y'],
      description: 'mine',
    });
    expect(created.status).toBe(201);
    const { stream_id: id } = created.body;
    expect(created.body).toEqual({
      stream_id: id,
      iss: url,
      aud: 'local',
      description: 'mine',
      delivery: { method: poll, endpoint_url: `${url}/ssf/streams/${id}/poll` },
      events_supported: [revoked],
      events_delivered: [revoked],
      events_requested: [revoked, 'https://x.example/y'],
    });
    expect((await ssf('GET', `stream?stream_id=${id}`)).body).toEqual(created.body);
    expect((await ssf('GET', 'stream')).body).toEqual([created.body]);
    const updated = await ssf('PATCH', 'stream', { stream_id: id, events_requested: [] });
    expect([updated.status, updated.body.description, updated.body.events_delivered]).toEqual([
      200,
      'mine',
      [],
    ]);
    const delivery = { method: push, endpoint_url: endpoint.url };
    const replaced = await ssf('PUT', 'stream', {
      stream_id: id,
      events_requested: [revoked],
      delivery,
    });
    expect([replaced.status, replaced.body.description, replaced.body.delivery]).toEqual([
      200,
      undefined,
      delivery,
    ]);
    // The response of a request is valid as the next one.
    expect((await ssf('PUT', 'stream', replaced.body)).body).toEqual(replaced.body);
    expect((await ssf('DELETE', `stream?stream_id=${id}`)).status).toBe(204);
    expect((await ssf('GET', `stream?stream_id=${id}`)).status).toBe(404);
    expect((await ssf('GET', 'stream')).body).toEqual([]);
  });

  test('that is unknown is not found', async () => {
    await open();
    const body = {
      stream_id: 'x',
      subject: { format: 'opaque', id: 'a' },
      status: 'paused',
      state: 's',
    };
    const statuses = await Promise.all([
      ssf('GET', 'stream?stream_id=x'),
      ssf('PATCH', 'stream', { stream_id: 'x' }),
      ssf('PUT', 'stream', { stream_id: 'x' }),
      ssf('DELETE', 'stream?stream_id=x'),
      ssf('GET', 'status?stream_id=x'),
      ssf('POST', 'status', body),
      ssf('POST', 'subjects:add', body),
      ssf('POST', 'subjects:remove', body),
      ssf('POST', 'verification', body),
      ssf('POST', 'streams/x/poll', {}),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual(Array.from(statuses, () => 404));
  });

  test.for<readonly [string, string, string, unknown]>([
    ['a body that is not JSON', 'POST', 'stream', '{'],
    ['a body that is not an object', 'POST', 'stream', '[]'],
    ['events that are no array', 'POST', 'stream', { events_requested: 'x' }],
    ['another delivery method', 'POST', 'stream', { delivery: { method: 'x' } }],
    ['a push without an endpoint', 'POST', 'stream', { delivery: { method: push } }],
    [
      'an endpoint without https',
      'POST',
      'stream',
      { delivery: { method: push, endpoint_url: 'http://x.example/' } },
    ],
    ['another issuer', 'PATCH', 'stream', { stream_id: '{id}', iss: 'https://x.example' }],
    ['another audience', 'PUT', 'stream', { stream_id: '{id}', aud: 'x' }],
    ['no id', 'PATCH', 'stream', {}],
    ['another status', 'POST', 'status', { stream_id: '{id}', status: 'x' }],
    [
      'a subject that is not valid',
      'POST',
      'subjects:add',
      { stream_id: '{id}', subject: { format: 'x' } },
    ],
    ['no subject', 'POST', 'subjects:remove', { stream_id: '{id}' }],
    ['a state that is not a string', 'POST', 'verification', { stream_id: '{id}', state: 1 }],
    ['acknowledgements that are no array', 'POST', 'streams/{id}/poll', { ack: 'x' }],
  ])('refuses %s', async ([, method, path, body]) => {
    await open();
    const id = await createPolled();
    const filled = typeof body === 'string' ? body : JSON.stringify(body).replace('{id}', id);
    expect((await ssf(method, path.replace('{id}', id), filled)).status).toBe(400);
  });

  test('is paused, and holds its events until it is enabled', async () => {
    await open();
    const id = await createPolled();
    expect((await ssf('GET', `status?stream_id=${id}`)).body).toEqual({
      stream_id: id,
      status: 'enabled',
    });
    const paused = await ssf('POST', 'status', {
      stream_id: id,
      status: 'paused',
      reason: 'maintenance',
    });
    expect(paused.body).toEqual({ stream_id: id, status: 'paused', reason: 'maintenance' });
    await revoke('s1');
    expect(await pollStream(id)).toEqual({});
    await ssf('POST', 'status', { stream_id: id, status: 'enabled' });
    expect(Object.keys(await pollStream(id))).toHaveLength(1);
  });

  test('is disabled, and drops its events', async () => {
    await open();
    const id = await createPolled();
    await revoke('s1');
    await ssf('POST', 'status', { stream_id: id, status: 'disabled' });
    await revoke('s2');
    await ssf('POST', 'status', { stream_id: id, status: 'enabled' });
    expect(await pollStream(id)).toEqual({});
  });

  test('that takes nothing is disabled, and its receiver learns of it', async () => {
    await open({ maxBacklog: 2 });
    const id = await createPolled();
    for (const session of ['s1', 's2', 's3']) await revoke(session);
    expect((await ssf('GET', `status?stream_id=${id}`)).body.status).toBe('disabled');
    const tokens = Object.values(await pollStream(id));
    const events = await Promise.all(
      tokens.map(async (token) => (await verifyToken(token)).events),
    );
    expect(events).toMatchObject([
      {
        'https://schemas.openid.net/secevent/ssf/event-type/stream-updated': { status: 'disabled' },
      },
    ]);
  });
});

describe('an event', () => {
  test('of a revoke says what ended whom, and why', async () => {
    const { url } = await open();
    const id = await createPolled();
    await revoke('s1');
    const [[jti, token = ''] = []] = Object.entries(await pollStream(id));
    const payload = await verifyToken(token);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'secevent+jwt' });
    expect(payload).toEqual({
      iss: url,
      aud: 'local',
      jti,
      iat: expect.any(Number),
      txn: expect.any(String),
      sub_id: {
        format: 'complex',
        application: { format: 'opaque', id: 'a-1' },
        session: { format: 'opaque', id: 's1' },
      },
      events: {
        [revoked]: {
          event_timestamp: expect.any(Number),
          initiating_entity: 'policy',
          reason_admin: { en: 'the identity provider ended the session' },
        },
      },
    });
  });

  test('has the transaction of the event that caused it', async () => {
    const issuer = await TestIssuer.start();
    await open({}, {});
    await at().close();
    harness = await openHarness({
      policy: module,
      folder,
      signals: signalSettings({
        sources: [sourceSettings(issuer.jwks)],
        transmitter: {
          issuer: undefined,
          destinations: thisMachine,
          keys: [key],
          effects: [],
          language: 'de',
          subject: { format: 'opaque', id: '$session.subject.id' },
          defaultSubjects: 'ALL',
          minVerificationInterval: 0,
          maxBacklog: 10,
        },
      }),
    });
    await expect.poll(() => at().signals?.states[0]?.isReady).toBe(true);
    const id = await createPolled();
    await at().post('/sessions', { id: 's1', subject: { type: 'ai_agent', id: 'a-1' } });
    const token = await issuer.sign({ payload: { txn: 'cause-1' } });
    await fetch(`${at().url}/signals/idp`, {
      method: 'POST',
      body: token,
      headers: { 'content-type': 'application/secevent+jwt' },
    });
    const [sent = ''] = Object.values(await pollStream(id));
    expect(await verifyToken(sent)).toMatchObject({
      txn: 'cause-1',
      sub_id: { format: 'opaque', id: 'a-1' },
    });
    issuer.close();
  });

  test('of another effect is sent if that is configured, and when it ends', async () => {
    await open({ effects: ['deny'] });
    const id = await createPolled({ events_requested: [changed, revoked] });
    const risk = (level: string) => ({
      context: { risk: { level, observed_at: new Date().toISOString() } },
    });
    await at().post('/sessions', {
      id: 's1',
      subject: { type: 'ai_agent', id: 'a-1' },
      ...risk('LOW'),
    });
    await at().post('/sessions/s1/decide', {
      action: { name: 'read' },
      resource: { type: 'file', id: 'f' },
    });
    await at().call('PATCH', '/sessions/s1', risk('HIGH'));
    await at().call('PATCH', '/sessions/s1', risk('LOW'));
    const tokens = Object.values(await pollStream(id));
    const effects = await Promise.all(
      tokens.map(
        async (token) => (await verifyToken(token)).events[changed].claims.authorization.effect,
      ),
    );
    expect(effects).toEqual(['deny', 'permit']);
  });

  test('is sent only for subjects of the stream', async () => {
    await open({ defaultSubjects: 'NONE' });
    const id = await createPolled();
    const subject = { format: 'opaque', id: 'a-2' };
    expect(
      (await ssf('POST', 'subjects:add', { stream_id: id, subject, verified: true })).status,
    ).toBe(200);
    await revoke('s1', 'a-1');
    await revoke('s2', 'a-2');
    expect((await ssf('POST', 'subjects:remove', { stream_id: id, subject })).status).toBe(204);
    await revoke('s3', 'a-2');
    const payloads = await Promise.all(Object.values(await pollStream(id)).map(verifyToken));
    expect(payloads.map(({ sub_id: { session } }) => session.id)).toEqual(['s2']);
  });

  test('is sent for subjects that were added at the same time', async () => {
    await open({ defaultSubjects: 'NONE' });
    const stream_id = await createPolled();
    const ids = ['a-1', 'a-2', 'a-3', 'a-4'];
    await Promise.all(
      ids.map((id) =>
        ssf('POST', 'subjects:add', { stream_id, subject: { format: 'opaque', id } }),
      ),
    );
    for (const id of ids) await revoke(`s-${id}`, id);
    expect(Object.keys(await pollStream(stream_id))).toHaveLength(ids.length);
  });

  attack('signals-large-streams', async () => {
    await open();
    const ids = [await createPolled(), await createPolled()];
    const statuses: number[] = [];
    let subject: object = {};
    for (let number = 0; number < 8; number += 1) {
      const identifiers = Array.from({ length: 100 }, (_, at) => ({
        format: 'opaque',
        id: `${number} ${at} ${'x'.repeat(3_000)}`,
      }));
      subject = { format: 'aliases', identifiers };
      const body = { stream_id: ids[number % 2], subject };
      statuses.push((await ssf('POST', 'subjects:remove', body)).status);
    }
    expect(statuses).toEqual([204, 204, 204, 429, 429, 429, 429, 429]);
    const events_requested = Array.from({ length: 200 }, (_, at) => `${at}${'x'.repeat(3_000)}`);
    expect((await ssf('POST', 'stream', { events_requested })).status).toBe(429);
    const [stream_id] = ids;
    expect((await ssf('PATCH', 'stream', { stream_id, events_requested })).status).toBe(429);
    // Less is always possible.
    expect((await ssf('PATCH', 'stream', { stream_id, description: '' })).status).toBe(400);
    expect((await ssf('POST', 'status', { stream_id, status: 'disabled' })).status).toBe(200);
    expect((await ssf('DELETE', `stream?stream_id=${ids[1]}`)).status).toBe(204);
    const again = { stream_id, subject };
    expect((await ssf('POST', 'subjects:remove', again)).status).toBe(204);
  });

  test('is not sent for a subject that was removed', async () => {
    await open();
    const id = await createPolled();
    await ssf('POST', 'subjects:remove', {
      stream_id: id,
      subject: { format: 'opaque', id: 'a-1' },
    });
    await revoke('s1', 'a-1');
    await revoke('s2', 'a-2');
    expect(Object.keys(await pollStream(id))).toHaveLength(1);
  });
});

describe('polling', () => {
  test('repeats tokens until they are acknowledged or reported', async () => {
    await open();
    const id = await createPolled();
    for (const session of ['s1', 's2', 's3']) await revoke(session);
    const first = Object.keys(await pollStream(id, { maxEvents: 2, returnImmediately: true }));
    expect(first).toHaveLength(2);
    expect(Object.keys(await pollStream(id))).toHaveLength(3);
    const [one = '', two = ''] = first;
    const setErrs = { [two]: { err: 'invalid_request', description: 'not understood' } };
    const left = await ssf('POST', `streams/${id}/poll`, { maxEvents: 0, ack: [one], setErrs });
    expect(left.body).toEqual({ sets: {}, moreAvailable: true });
    expect(at().warnings.join()).toContain('not understood');
    expect(Object.keys(await pollStream(id))).toHaveLength(1);
  });

  test('waits for an event', async () => {
    await open();
    const id = await createPolled();
    const waiting = pollStream(id, {});
    await revoke('s1');
    expect(Object.keys(await waiting)).toHaveLength(1);
  });

  test('a verification event has the state, and the stream as its subject', async () => {
    await open();
    const id = await createPolled();
    expect((await ssf('POST', 'verification', { stream_id: id, state: 'abc' })).status).toBe(204);
    const [token = ''] = Object.values(await pollStream(id));
    const payload = await verifyToken(token);
    expect(payload.sub_id).toEqual({ format: 'opaque', id });
    expect(payload.events).toEqual({ [verification]: { state: 'abc' } });
  });

  test('too many verifications are refused', async () => {
    await open({ minVerificationInterval: 60 });
    const id = await createPolled();
    const request = { stream_id: id, state: 'abc' };
    const statuses = [
      await ssf('POST', 'verification', request),
      await ssf('POST', 'verification', request),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([204, 429]);
  });
});

describe('pushing', () => {
  test('sends the token with the header of the receiver', async () => {
    await open();
    const endpoint = await Endpoint.start();
    await createPushed(endpoint, 'Bearer secret');
    await revoke('s1');
    await expect.poll(() => endpoint.requests.length).toBe(1);
    const [{ headers, body } = { headers: {}, body: '' }] = endpoint.requests;
    expect(headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
    });
    expect((await verifyToken(body)).events[revoked]).toBeDefined();
  });

  test('sends no header that was not configured', async () => {
    await open();
    const endpoint = await Endpoint.start();
    const id = await createPushed(endpoint);
    await ssf('POST', 'verification', { stream_id: id, state: 'abc' });
    await expect.poll(() => endpoint.requests.length).toBe(1);
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('sends again what was not accepted, and not what was refused', async () => {
    await open();
    const endpoint = await Endpoint.start();
    const answers: (readonly [number, object?])[] = [
      [503],
      [401],
      [400, { err: 'invalid_key', description: 'unknown' }],
    ];
    endpoint.answer = () => answers.shift() ?? [202];
    const id = await createPushed(endpoint);
    await revoke('s1');
    await expect.poll(() => endpoint.requests.length, { timeout: 20_000 }).toBe(3);
    expect(new Set(endpoint.requests.map(({ body }) => body)).size).toBe(1);
    // The warning is written when the answer has been read, which is after the request arrived.
    await expect.poll(() => at().warnings.join(), { timeout: 10_000 }).toContain('invalid_key');
    await revoke('s2');
    await expect.poll(() => endpoint.requests.length).toBe(4);
    expect((await ssf('GET', `status?stream_id=${id}`)).body.status).toBe('enabled');
  });

  test('waits no longer for each token that is accepted later than others', {
    timeout: 40_000,
  }, async () => {
    await open();
    const endpoint = await Endpoint.start();
    const accepted = new Set<string>();
    const delayed = new Map<string, boolean>();
    // The receiver accepts every second token only when it comes again.
    endpoint.answer = () => {
      const { body = '' } = endpoint.requests.at(-1) ?? {};
      if (!delayed.has(body)) delayed.set(body, delayed.size % 2 === 1);
      else delayed.set(body, false);
      if (delayed.get(body) === true) return [503];
      accepted.add(body);
      return [202];
    };
    await createPushed(endpoint);
    for (let session = 0; session < 32; session += 1) await revoke(`s${session}`);
    await expect.poll(() => accepted.size, { timeout: 15_000 }).toBe(32);
  });

  test('goes on after a restart', async () => {
    await open();
    const endpoint = await Endpoint.start();
    endpoint.answer = () => [503];
    await createPushed(endpoint);
    await revoke('s1');
    await expect.poll(() => endpoint.requests.length).toBeGreaterThan(0);
    await at().close();
    endpoint.answer = () => [202];
    const before = endpoint.requests.length;
    await open();
    await expect.poll(() => endpoint.requests.length).toBe(before + 1);
  });
});

describe('a receiver', () => {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  test('sees only its own streams, and needs the role', async () => {
    const key = (id: string, roles: readonly string[]) => ({ id, sha256: digest(id), roles });
    const access = createAccess({
      keys: [key('one', ['signals']), key('two', ['signals']), key('three', ['evaluate'])] as never,
    });
    await open({}, { service: { access } });
    const as = (id: string) => ({ 'x-api-key': id });
    const { body } = await ssf('POST', 'stream', {}, as('one'));
    expect(body.aud).toBe('key:one');
    const path = `stream?stream_id=${body.stream_id}`;
    const statuses = await Promise.all(
      ['one', 'two', 'three', 'four'].map(
        async (id) => (await ssf('GET', path, undefined, as(id))).status,
      ),
    );
    expect(statuses).toEqual([200, 404, 403, 401]);
    expect((await ssf('POST', `streams/${body.stream_id}/poll`, {}, as('two'))).status).toBe(404);
    expect((await at().call('GET', '/.well-known/ssf-configuration')).status).toBe(200);
  });
});
