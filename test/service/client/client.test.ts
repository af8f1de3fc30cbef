// The client against a service that listens: what it sends and returns, that it fails closed, and that it learns of a
// revocation also after connections were lost.

import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccess, createInventory, ServiceClient, serviceItself } from '@nhipol/service';
import { RevokedError, ServiceError, type SessionEvent } from '@nhipol/service/client';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { accessWithApprover, approverKey } from '../guard/approvals/approver.ts';
import {
  account,
  agent,
  compileShop,
  Gate,
  type Running,
  runService,
  shopRequest,
} from './client-harness.ts';

let module: Uint8Array;
let running: Running;
const clients: ServiceClient[] = [];

beforeAll(async () => {
  module = await compileShop();
  const accounts = ['acc-1', 'acc-2', 'acc-3'].map((id) => ({ type: 'account', id }));
  const inventory = createInventory(accounts);
  running = await runService(module, { inventory }, { access: accessWithApprover });
});
afterAll(() => running.end());

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const end of ending.splice(0)) await end();
});

function newClient(options: Partial<ConstructorParameters<typeof ServiceClient>[0]> = {}) {
  const client = new ServiceClient({ url: running.service.url, ...options });
  clients.push(client);
  return client;
}

async function newGate(): Promise<Gate> {
  const gate = await Gate.before(running.service.port);
  ending.push(() => gate.end());
  return gate;
}

/** A server that answers each request in the same way. */
async function answering(status: number, body: string, type = 'application/json'): Promise<string> {
  const server: Server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': type, location: '/elsewhere' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('evaluations', () => {
  test('are decided, with everything that the policy says', async () => {
    const client = newClient();
    expect(await client.evaluate(shopRequest('read'))).toMatchObject({
      decision: true,
      context: { effect: 'permit', reasons: ['works'] },
    });
    const context = { risk_medium: true };
    const narrowed = await client.evaluate({ ...shopRequest('list'), context });
    expect(narrowed.context.constraints).toEqual({ max_rows: 10 });
    const challenged = await client.evaluate(shopRequest('pay', { amount: 700 }));
    expect(challenged).toMatchObject({
      decision: false,
      context: { effect: 'challenge', evaluation_id: expect.any(String) },
    });
    const digest = challenged.context.call_digest ?? '';
    const expiresAt = new Date(Date.now() + 60_000);
    const ann = newClient({ credentials: { key: approverKey } });
    expect(await ann.approve({ digest, expiresAt })).toMatch(/^[0-9a-f-]{36}$/);
    expect((await client.evaluate(shopRequest('pay', { amount: 700 }))).decision).toBe(true);
    expect((await client.evaluate(shopRequest('pay', { amount: 700 }))).decision).toBe(false);
  });

  test('of several requests take what they miss from the batch', async () => {
    const client = newClient();
    const batch = {
      ...shopRequest('read'),
      evaluations: [{}, { action: { name: 'leave' } }, { action: { name: 'list' } }],
    };
    const decided = await client.evaluations(batch);
    expect(decided.map(({ decision }) => decision)).toEqual([true, false, true]);
    const short = await client.evaluations({
      ...batch,
      options: { evaluations_semantic: 'deny_on_first_deny' },
    });
    expect(short.map(({ decision }) => decision)).toEqual([true, false]);
    expect(await client.evaluations({ evaluations: [] })).toEqual([]);
  });

  test('may name a session, whose facts then decide', async () => {
    const client = newClient();
    const context = { risk_high: true };
    const { session } = await client.open({ subject: agent, context });
    const decided = await client.evaluate(shopRequest('read'), { session: session.id });
    expect(decided.context.reasons).toEqual(['risky']);
    const unknown = await client.evaluate(shopRequest('read'), { session: 'unknown' });
    expect(unknown.context.reasons).toEqual(['no_session']);
  });

  test('find entities page by page', async () => {
    const client = newClient();
    const request = { ...shopRequest('read'), resource: { type: 'account' } };
    const found: string[] = [];
    for await (const { id } of client.search('resource', request, { pageSize: 2 })) found.push(id);
    expect(found).toEqual(['acc-1', 'acc-2', 'acc-3']);
    const actions: string[] = [];
    for await (const { name } of client.search('action', { subject: agent, resource: account })) {
      actions.push(name);
    }
    expect(actions.toSorted()).toEqual(['list', 'order', 'read']);
  });
});

describe('a client fails closed', () => {
  const listRefusals = async (url: string, timeout = 500) =>
    (await newClient({ url, timeout }).evaluate(shopRequest('read'))).context.reasons;

  test('when nothing listens', async () => {
    expect(await newClient({ url: 'http://127.0.0.1:9' }).evaluate(shopRequest('read'))).toEqual({
      decision: false,
      context: {
        effect: 'deny',
        reasons: ['unreachable'],
        reason_details: [
          {
            id: 'unreachable',
            effect: 'deny',
            fired_on: 'true',
            message: 'the service cannot be reached',
          },
        ],
        read: [],
      },
    });
  });

  test('when the answer is late', async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await listRefusals(url, 50)).toEqual(['timeout']);
    const deaf = () => new Promise<Response>(() => {});
    const client = newClient({ fetch: deaf, timeout: 50 });
    expect((await client.evaluate(shopRequest('read'))).context.reasons).toEqual(['timeout']);
  });

  test.each([
    [200, '{"decision":"true"}', 'invalid_answer'],
    [200, '{"decision":1}', 'invalid_answer'],
    [200, '{"decision":true,"context":{"effect":"deny"}}', 'invalid_answer'],
    [200, '{"decision":true,"context":[]}', 'invalid_answer'],
    [200, '[true]', 'invalid_answer'],
    [200, '{"decision":true', 'invalid_answer'],
    [200, '{"decision":false,"decision":true}', 'invalid_answer'],
    [
      200,
      `{"decision":true,"context":{"a":${'['.repeat(300)}${']'.repeat(300)}}}`,
      'invalid_answer',
    ],
    [200, '', 'invalid_answer'],
    [204, '', 'invalid_answer'],
    [302, '{"decision":true}', 'request_refused'],
    [404, '{"decision":true}', 'request_refused'],
    [503, '{"decision":true}', 'unavailable'],
    [503, '{"detail":"full","code":"state_unavailable"}', 'state_unavailable'],
  ])('when the answer is %d %s', async (status, body, reason) => {
    expect(await listRefusals(await answering(status, body))).toEqual([reason]);
  });

  test('on any response of a service', async () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ decision: fc.jsonValue(), context: fc.jsonValue() })
        .map((each) => JSON.stringify(each)),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.integer({ min: 200, max: 599 }), async (text, status) => {
        const isEmpty = [204, 205, 304].includes(status);
        const response = () => Promise.resolve(new Response(isEmpty ? null : text, { status }));
        const { decision } = await newClient({ fetch: response }).evaluate(shopRequest('read'));
        const said = (() => {
          try {
            return JSON.parse(text)?.decision;
          } catch {
            return undefined;
          }
        })();
        if (decision) expect([said, status < 300]).toEqual([true, true]);
      }),
    );
  });

  test('with several requests: each is denied', async () => {
    const batch = { ...shopRequest('read'), evaluations: [{}, {}] };
    const listReasons = async (url: string) =>
      (await newClient({ url }).evaluations(batch)).map(({ context }) => context.reasons?.[0]);
    expect(await listReasons('http://127.0.0.1:9')).toEqual(['unreachable', 'unreachable']);
    const one = await answering(200, '{"evaluations":[{"decision":true}]}');
    expect(await listReasons(one)).toEqual(['invalid_answer', 'invalid_answer']);
  });

  test('in a session', async () => {
    const client = newClient();
    const { session } = await client.open({ subject: agent });
    await session.close();
    expect(await session.decide({ action: { name: 'read' } })).toMatchObject({
      decision: false,
      context: { reasons: ['no_session'] },
    });
  });

  test('or throws, if the caller prefers that', async () => {
    const client = newClient({ url: 'http://127.0.0.1:9', onFailure: 'throw' });
    const failing = client.evaluate(shopRequest('read'));
    await expect(failing).rejects.toMatchObject({ code: 'unreachable', status: undefined });
    await expect(failing).rejects.toBeInstanceOf(ServiceError);
    const once = newClient({ url: 'http://127.0.0.1:9' });
    const options = { onFailure: 'throw' } as const;
    await expect(once.evaluate(shopRequest('read'), options)).rejects.toThrow('cannot be reached');
    await expect(
      once.evaluations({ evaluations: [{}], ...shopRequest('read') }, options),
    ).rejects.toThrow('cannot be reached');
  });

  test('and rejects with the reason of a signal of the caller', async () => {
    const signal = AbortSignal.abort(new Error('no longer needed'));
    await expect(newClient().evaluate(shopRequest('read'), { signal })).rejects.toThrow(
      'no longer needed',
    );
  });
});

describe('an error', () => {
  test('has the status, the sentence, the path and the code of the problem', async () => {
    const client = newClient();
    const session = client.session('unknown');
    await expect(session.patch({ context: {} })).rejects.toMatchObject({
      name: 'ServiceError',
      status: 404,
      code: 'no_session',
      detail: 'no session with this id is open',
      isTransient: false,
    });
    const { session: open } = await client.open(shopRequest('read'));
    await expect(open.patch({ context: { risk_high: 'yes' } })).rejects.toMatchObject({
      status: 400,
      code: 'wrong_type',
      path: '$.context.risk_high',
    });
    const invalid = { ...shopRequest('read'), subject: { type: 'agent' } } as never;
    const throwing = { onFailure: 'throw' } as const;
    await expect(client.evaluate(invalid, throwing)).rejects.toMatchObject({
      status: 400,
      path: '$.subject.id',
    });
  });

  test('says who is not identified', async () => {
    const key = 'a-long-random-key';
    const sha256 = createHash('sha256').update(key).digest('hex');
    const access = createAccess({ keys: [{ id: 'app', sha256, roles: ['evaluate'] }] });
    const guarded = await runService(module, {}, { access });
    ending.push(guarded.end);
    const { url } = guarded.service;
    const request = shopRequest('read');
    expect((await newClient({ url, credentials: { key } }).evaluate(request)).decision).toBe(true);
    const token = async () => key;
    const byToken = newClient({ url, credentials: { token } });
    expect((await byToken.evaluate(request)).decision).toBe(true);
    await expect(byToken.open({ subject: agent })).rejects.toMatchObject({ status: 403 });
    const unknown = newClient({ url, onFailure: 'throw' });
    await expect(unknown.evaluate(request)).rejects.toMatchObject({ status: 401 });
    const failing = () => Promise.reject(new Error('no issuer'));
    const without = newClient({ url, credentials: { token: failing } });
    expect((await without.evaluate(request)).context.reasons).toEqual(['unavailable']);
  });
});

describe('a session', () => {
  test('is opened, read, changed, decided, approved and closed', async () => {
    const client = newClient();
    const { session, state } = await client.open({ id: 's 1/ü', subject: agent });
    expect([session.id, state.id]).toEqual(['s 1/ü', 's 1/ü']);
    expect((await session.read()).facts).toMatchObject({ subject: agent });
    const pay = { action: { name: 'pay', properties: { amount: 700 } }, resource: account };
    const challenged = await session.decide(pay);
    expect(challenged.context.effect).toBe('challenge');
    const digest = challenged.context.call_digest ?? '';
    const ann = newClient({ credentials: { key: approverKey } });
    const expiresAt = new Date(Date.now() + 60_000);
    await ann.session(session.id).approve({ digest, expiresAt });
    expect((await session.decide(pay)).decision).toBe(true);
    await session.patch({ context: { risk_high: true } });
    expect((await session.decide(pay)).context.reasons).toEqual(['risky']);
    const ids: string[] = [];
    for await (const { id } of client.sessions()) ids.push(id);
    expect(ids).toContain('s 1/ü');
    await session.close();
    await expect(session.read()).rejects.toMatchObject({ code: 'no_session' });
    await expect(session.signal('unknown')).rejects.toMatchObject({ status: 404 });
  });

  test('can have more than a page of others', async () => {
    const client = newClient();
    const opened = await runService(module);
    ending.push(opened.end);
    const many = newClient({ url: opened.service.url });
    for (let index = 0; index < 1_005; index += 1) {
      void opened.point.sessions.open(serviceItself, `s${index}`, { subject: agent });
    }
    let count = 0;
    for await (const _ of many.sessions()) count += 1;
    expect(count).toBe(1_005);
    client.close();
  });

  test('is followed: its state, and each change', async () => {
    const client = newClient();
    const { session } = await client.open({ ...shopRequest('read') });
    const seen: string[] = [];
    const following = (async () => {
      for await (const { kind, context } of session.changes()) {
        seen.push(`${kind} ${context.effect}`);
        if (kind === 'state') await session.patch({ context: { risk_high: true } });
        else if (seen.length === 2) await session.signal('session-revoked', { reason: 'left' });
        if (kind === 'revoked') break;
      }
    })();
    await following;
    expect(seen).toEqual(['state permit', 'changed deny', 'revoked revoke']);
  });

  test('is followed together with all others', async () => {
    const client = newClient();
    const stop = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const event of client.changes({ signal: stop.signal })) {
        seen.push(event.kind === 'connected' ? event.kind : `${event.id} ${event.kind}`);
      }
    })();
    await expect.poll(() => seen).toEqual(['connected']);
    const { session } = await client.open({ id: 'one', ...shopRequest('read') });
    const { session: other } = await client.open({ id: 'two', ...shopRequest('read') });
    await session.patch({ context: { risk_high: true } });
    await other.signal('session-revoked');
    await expect.poll(() => seen).toEqual(['connected', 'one changed', 'two revoked']);
    stop.abort();
    await following;
  });

  test('that is closed ends what follows it', async () => {
    const client = newClient();
    const { session } = await client.open({ id: 'closing', ...shopRequest('read') });
    const events = session.changes();
    expect((await events.next()).value).toMatchObject({ kind: 'state' });
    const watched = session.watch();
    await watched.ready;
    await session.close();
    await expect(events.next()).rejects.toMatchObject({ status: 404, code: 'no_session' });
    await expect.poll(() => watched.signal.reason).toMatchObject({ code: 'no_session' });
  });

  test('that is unknown cannot be followed', async () => {
    const events = newClient().session('unknown').changes();
    await expect(events.next()).rejects.toMatchObject({ status: 404, code: 'no_session' });
  });

  test.each(['{', '{"kind":"changed","kind":"opened"}'])(
    'that sends an event with the data %s is out of contact',
    async (data) => {
      const headers = { 'content-type': 'text/event-stream' };
      const fetch = async () => new Response(`data: ${data}\n\n`, { headers });
      const events = newClient({ fetch }).session('s').changes({ maxOutage: 0 });
      await expect(events[Symbol.asyncIterator]().next()).rejects.toThrow(
        'an event is not JSON with unique names',
      );
    },
  );
});

describe('a watched session', () => {
  async function watchSession(url: string, options = {}) {
    const client = newClient({ url });
    const id = `w-${Math.random()}`;
    const { session } = await newClient().open({ id, ...shopRequest('read') });
    const seen: SessionEvent[] = [];
    const watch = client.session(id).watch({ onEvent: (event) => seen.push(event), ...options });
    return { client, session, watch, seen };
  }

  test('aborts its signal when it is revoked', async () => {
    const { session, watch } = await watchSession(running.service.url);
    expect((await watch.ready).decision).toBe(true);
    await session.patch({ context: { risk_high: true } });
    expect(watch.signal.aborted).toBe(false);
    await session.signal('session-revoked');
    await expect.poll(() => watch.signal.aborted).toBe(true);
    expect(watch.signal.reason).toBeInstanceOf(RevokedError);
    expect(watch.signal.reason).toMatchObject({
      message: 'the session was ended',
      state: { decision: false, context: { reasons: ['ended'] } },
    });
  });

  test('aborts its signal when it was revoked while the connection was lost', async () => {
    const gate = await newGate();
    const { session, watch, seen } = await watchSession(gate.url);
    await watch.ready;
    gate.cut();
    await session.signal('session-revoked');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([watch.signal.aborted, seen.length]).toEqual([false, 1]);
    gate.restore();
    await vi.waitFor(() => expect(watch.signal.aborted).toBe(true), { timeout: 10_000 });
    expect(watch.signal.reason).toBeInstanceOf(RevokedError);
  });

  test('reports its state again after each lost connection', async () => {
    const gate = await newGate();
    const { watch, seen } = await watchSession(gate.url);
    await watch.ready;
    for (const connections of [2, 3]) {
      gate.cut();
      gate.restore();
      await vi.waitFor(() => expect(seen.length).toBe(connections), { timeout: 10_000 });
    }
    expect(seen.map(({ kind }) => kind)).toEqual(['state', 'state', 'state']);
    expect(watch.signal.aborted).toBe(false);
    watch.end();
  });

  test('aborts its signal after the service was out of contact for too long', async () => {
    const gate = await newGate();
    const { watch } = await watchSession(gate.url, { maxOutage: 400 });
    await watch.ready;
    const started = performance.now();
    gate.cut();
    await vi.waitFor(() => expect(watch.signal.aborted).toBe(true), { timeout: 5_000 });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(watch.signal.reason).toMatchObject({ name: 'ServiceError', code: 'unreachable' });
  });

  test('aborts its signal when it is unknown, or the client was closed', async () => {
    const unknown = newClient().session('unknown').watch();
    await expect(unknown.ready).rejects.toMatchObject({ code: 'no_session' });
    expect(unknown.signal.reason).toMatchObject({ code: 'no_session' });
    const { client, watch } = await watchSession(running.service.url);
    await watch.ready;
    client.close();
    await expect.poll(() => watch.signal.aborted).toBe(true);
  });

  test('leaves its signal alone when the watch ends', async () => {
    const { session, watch } = await watchSession(running.service.url);
    await watch.ready;
    watch.end();
    await session.signal('session-revoked');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(watch.signal.aborted).toBe(false);
  });

  test('needs its stream only until it ends', async () => {
    const limited = await runService(module, {}, { limits: { streams: 1 } });
    ending.push(limited.end);
    const client = newClient({ url: limited.service.url });
    const { session } = await client.open(shopRequest('read'));
    for (let round = 0; round < 5; round += 1) {
      const watch = session.watch();
      await watch.ready;
      watch.end();
      for await (const _ of session.changes()) break;
    }
    const watch = session.watch();
    await watch.ready;
    await expect(session.watch({ maxOutage: 200 }).ready).rejects.toMatchObject({ status: 503 });
    expect(watch.signal.aborted).toBe(false);
  });
});

attack('http-dot-session', async () => {
  const client = newClient();
  for (const id of ['.', '..']) {
    await expect(client.open({ subject: agent, id })).rejects.toMatchObject({
      status: 400,
      path: '$.id',
    });
    expect(() => client.session(id)).toThrow(`no session can have the id "${id}"`);
  }
  expect(() => client.session('')).toThrow(TypeError);
  const { session } = await client.open({ subject: agent, id: '%2e%2e' });
  expect((await session.read()).id).toBe('%2e%2e');
  await session.close();
});
