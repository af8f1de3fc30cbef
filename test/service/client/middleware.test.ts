// The middleware in real servers of each framework, with decisions of this process and of a service: the outcome is the
// decision of the policy, and a request ends when it is no longer permitted.

import { readFileSync } from 'node:fs';
import { load } from '@nhipol/runtime';
import { ServiceClient } from '@nhipol/service';
import {
  AuthorizationEnded,
  type Backend,
  getAuthorization,
  localBackend,
  remoteBackend,
} from '@nhipol/service/middleware';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readPolicy } from '../../../assurance/testing/node/read-policy.ts';
import { near, requests } from '../../../assurance/testing/public.ts';
import { ManualClock } from '../../support/system/manual-clock.ts';
import {
  agent,
  compileExample,
  compileShop,
  Gate,
  openPoint,
  type Running,
  runService,
  shopRequest,
} from './client-harness.ts';
import { frameworks, type Protected, requestHeader, type Served } from './middleware-servers.ts';

let module: Uint8Array;
let running: Running;
let client: ServiceClient;
let backends: Readonly<Record<string, Backend>>;

beforeAll(async () => {
  module = await compileShop();
  running = await runService(module);
  client = new ServiceClient({ url: running.service.url });
  backends = {
    'this process': localBackend(running.point),
    'a service': remoteBackend(client),
    'a service, with a stream for each request': remoteBackend(client, { isShared: false }),
  };
});
afterAll(async () => {
  client.close();
  await running.end();
});

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

const abilities = { obligations: ['notify'], constraints: ['max_rows'] };

async function start(framework: string, options: Protected): Promise<Served> {
  const served = await (frameworks[framework] ?? expect.fail())(options);
  ending.push(served.end);
  return served;
}

function get(
  { url }: Served,
  path: string,
  evaluation: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  // A header contains ASCII only.
  const text = JSON.stringify(evaluation).replace(
    /[^\x20-\x7e]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return fetch(`${url}${path}`, { headers: { [requestHeader]: text, ...headers } });
}

async function openSession(request: object = shopRequest('read')): Promise<string> {
  const { session } = await client.open(request as never);
  return session.id;
}

const everyServer = Object.keys(frameworks).flatMap((framework) =>
  ['this process', 'a service'].map((backend) => [framework, backend] as const),
);

describe.each(everyServer)('%s with decisions of %s', (framework, backendName) => {
  const startProtected = (options: Partial<Protected> = {}) =>
    start(framework, { backend: backends[backendName] ?? expect.fail(), ...abilities, ...options });

  test('passes what the answer requires to the handler of a permitted request', async () => {
    const served = await startProtected();
    const narrowed = await get(served, '/now', {
      ...shopRequest('list'),
      context: { risk_medium: true },
    });
    expect([narrowed.status, await narrowed.json()]).toEqual([
      200,
      { constraints: { max_rows: 10 }, obligations: [] },
    ]);
    const ordered = await get(served, '/now', shopRequest('order'));
    expect(await ordered.json()).toEqual({ constraints: {}, obligations: ['notify'] });
  });

  test('refuses with the reasons of the policy, and runs no handler', async () => {
    const served = await startProtected();
    const denied = await get(served, '/now', {
      ...shopRequest('read'),
      context: { risk_high: true },
    });
    expect(denied.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([denied.status, await denied.json()]).toEqual([
      403,
      {
        title: 'Forbidden',
        status: 403,
        detail: 'the risk is high',
        code: 'deny',
        reasons: [{ id: 'risky', message: 'the risk is high' }],
      },
    ]);
    const unknown = await get(served, '/now', shopRequest('leave'));
    expect(await unknown.json()).toMatchObject({ detail: 'no rule permits it', status: 403 });
    expect(served.ran).toBe(0);
  });

  test('refuses a challenge with how it can be met', async () => {
    const served = await startProtected();
    const approval = await get(served, '/now', shopRequest('pay', { amount: 700 }));
    expect([approval.status, await approval.json()]).toMatchObject([
      403,
      {
        code: 'challenge',
        detail: '700 needs an approval',
        call_digest: expect.stringMatching(/^sha-256:/),
        evaluation_id: expect.any(String),
        access_request: { template: 'payment' },
      },
    ]);
    const stepUp = await get(served, '/now', shopRequest('pay', { amount: 100 }));
    expect([stepUp.status, stepUp.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", acr_values="gold"',
    ]);
    expect(served.ran).toBe(0);
  });

  test('refuses a permit whose requirements the handler does not carry out', async () => {
    const served = await startProtected({ obligations: [], constraints: [] });
    const ordered = await get(served, '/now', shopRequest('order'));
    expect([ordered.status, await ordered.json()]).toMatchObject([
      403,
      {
        detail: 'it is permitted only with `notify`, which is not carried out here',
        reasons: [{ id: 'not_enforceable' }],
      },
    ]);
    const context = { risk_medium: true };
    expect((await get(served, '/now', { ...shopRequest('list'), context })).status).toBe(403);
    expect((await get(served, '/now', shopRequest('list'))).status).toBe(200);
    expect(served.ran).toBe(1);
  });

  test('refuses what cannot be decided, and keeps its cause to itself', async () => {
    const errors: unknown[] = [];
    const served = await startProtected({ onError: (error) => errors.push(error) });
    for (const invalid of [{}, { ...shopRequest('read'), subject: 'ann' }, null]) {
      const response = await get(served, '/now', invalid);
      expect([response.status, await response.json()]).toEqual([
        503,
        {
          title: 'Service Unavailable',
          status: 503,
          code: 'undecided',
          detail: 'the request cannot be decided',
        },
      ]);
    }
    expect((await fetch(`${served.url}/now`)).status).toBe(503);
    expect([errors.length, served.ran]).toEqual([4, 0]);
  });

  test('decides in the session that a request names', async () => {
    const served = await startProtected();
    const id = await openSession({ ...shopRequest('read'), context: { risk_high: true } });
    const named = { 'nhipol-session': id };
    const denied = await get(served, '/now', shopRequest('read'), named);
    expect(await denied.json()).toMatchObject({ reasons: [{ id: 'risky' }] });
    await client.session(id).patch({ context: { risk_high: false } });
    const permitted = await get(served, '/now', shopRequest('read'), named);
    expect(await permitted.json()).toMatchObject({ session: id });
    const other = { ...shopRequest('read'), subject: { ...agent, id: 'a-2' } };
    const foreign = await get(served, '/now', other, named);
    expect(await foreign.json()).toMatchObject({ reasons: [{ id: 'other_subject' }] });
    const unknown = { 'nhipol-session': 'unknown' };
    const without = await get(served, '/now', shopRequest('read'), unknown);
    expect([without.status, await without.json()]).toMatchObject([
      403,
      { reasons: [{ id: 'no_session' }] },
    ]);
  });

  test('ends a handler whose session is revoked', async () => {
    const served = await startProtected();
    const id = await openSession();
    const waiting = get(served, '/wait', shopRequest('read'), { 'nhipol-session': id });
    await expect.poll(() => served.ran).toBe(1);
    await client.session(id).signal('session-revoked');
    const response = await waiting;
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { code: 'revoke', detail: 'the session was ended', reasons: [{ id: 'ended' }] },
    ]);
    expect(served.ended[0]).toBeInstanceOf(AuthorizationEnded);
    expect(served.ended[0]).toMatchObject({
      message: 'the authorization ended: the session was ended',
    });
  });

  test('cuts a response off whose session is revoked', async () => {
    const served = await startProtected();
    const id = await openSession();
    const response = await get(served, '/stream', shopRequest('read'), { 'nhipol-session': id });
    expect(response.status).toBe(200);
    const reader = response.body?.getReader() ?? expect.fail();
    await reader.read();
    await client.session(id).signal('session-revoked');
    const reading = (async () => {
      for (;;) if ((await reader.read()).done) return 'complete';
    })();
    await expect(reading).rejects.toThrow();
    await expect.poll(() => served.ended).toHaveLength(1);
  });

  test('decides again when a fact of the session restricts it', async () => {
    const served = await startProtected();
    const id = await openSession();
    const waiting = get(served, '/wait', shopRequest('read'), { 'nhipol-session': id });
    await expect.poll(() => served.ran).toBe(1);
    await client.session(id).patch({ context: { risk_high: true } });
    expect(await (await waiting).json()).toMatchObject({
      code: 'deny',
      detail: 'the risk is high',
    });
  });

  test('decides again when the answer ends', async () => {
    const served = await startProtected();
    const until = new Date(Date.now() + 700).toISOString();
    const before = performance.now();
    const response = await get(served, '/wait', shopRequest('watch', { until }));
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { code: 'deny', detail: 'the time is over' },
    ]);
    expect(performance.now() - before).toBeGreaterThan(300);
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  test('is over when its response was sent', async () => {
    const served = await startProtected();
    const id = await openSession();
    const response = await get(served, '/now', shopRequest('read'), { 'nhipol-session': id });
    await response.text();
    await client.session(id).signal('session-revoked');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(served.ended).toEqual([]);
  });
});

describe('the outcome is the decision of the policy', () => {
  const clock = Object.assign(new ManualClock(), {});
  const instant = Date.parse('2026-03-03T10:00:00Z');
  const path = new URL('../../../examples/support-agent/', import.meta.url);

  test.each(Object.keys(frameworks))('in %s, for random requests', async (framework) => {
    clock.to(instant);
    const wasm = await compileExample('support-agent');
    const policy = await readPolicy(new URL('policy.nhipol', path));
    const baseline = JSON.parse(readFileSync(new URL('fixtures/baseline.json', path), 'utf8'));
    const point = await openPoint(wasm, { clock });
    ending.push(() => point.close());
    const constraints = ['privilege', 'max_rows', 'ttl'];
    const options = { backend: localBackend(point), constraints };
    const [able, unable] = [
      await start(framework, options),
      await start(framework, { backend: localBackend(point) }),
    ];
    const oracle = load(wasm);
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          { arbitrary: near(policy, baseline), weight: 4 },
          { arbitrary: requests(policy), weight: 1 },
        ),
        async (request) => {
          const text = JSON.stringify(request, (_, each) =>
            typeof each === 'bigint' ? Number(each) : each,
          );
          // A server of Node accepts headers up to 16 KiB.
          fc.pre(text.length < 8_000);
          const answer = oracle.decideJson(text, { now: instant });
          const isInvalid =
            answer.error !== undefined &&
            /^\$(?:\.(?:subject|action|resource)(?:\.(?:type|id|name))?)?$/.test(answer.error.path);
          const given = JSON.parse(text);
          const statuses = [];
          for (const served of [able, unable]) {
            const response = await get(served, '/now', given);
            await response.arrayBuffer();
            statuses.push(response.status);
          }
          const isPlain = Object.keys(answer.constraints).length === 0;
          const refused = isInvalid ? 503 : 403;
          expect({ effect: answer.effect, error: answer.error, statuses }).toEqual({
            effect: answer.effect,
            error: answer.error,
            statuses: [answer.decision ? 200 : refused, answer.decision && isPlain ? 200 : refused],
          });
          outcomes.set(answer.effect, (outcomes.get(answer.effect) ?? 0) + 1);
        },
      ),
      { numRuns: 60 },
    );
    expect([...outcomes.keys()]).toContain('deny');
    expect(outcomes.size).toBeGreaterThan(1);
  });
});

describe('decisions of a service', () => {
  async function openGate(options = {}) {
    const gate = await Gate.before(running.service.port);
    const through = new ServiceClient({ url: gate.url, timeout: 2_000 });
    ending.push(async () => {
      through.close();
      await gate.end();
    });
    const backend = remoteBackend(through, { watchTimeout: 2_000, ...options });
    return { gate, served: await start('Fastify', { backend }) };
  }

  test('that cannot be reached refuse every request', async () => {
    const { gate, served } = await openGate();
    const id = await openSession();
    gate.cut();
    expect((await get(served, '/now', shopRequest('read'))).status).toBe(503);
    const named = { 'nhipol-session': id };
    expect((await get(served, '/now', shopRequest('read'), named)).status).toBe(503);
    gate.restore();
    expect((await get(served, '/now', shopRequest('read'))).status).toBe(200);
  });

  test('end a request that was revoked while the connection was lost', async () => {
    const { gate, served } = await openGate();
    const id = await openSession();
    const waiting = get(served, '/wait', shopRequest('read'), { 'nhipol-session': id });
    await expect.poll(() => served.ran).toBe(1);
    gate.cut();
    await client.session(id).signal('session-revoked');
    gate.restore();
    expect(await (await waiting).json()).toMatchObject({ code: 'revoke' });
  });

  test('end a request when the service was out of contact for too long', async () => {
    const { gate, served } = await openGate({ maxOutage: 300 });
    const id = await openSession();
    const waiting = get(served, '/wait', shopRequest('read'), { 'nhipol-session': id });
    await expect.poll(() => served.ran).toBe(1);
    gate.cut();
    expect((await waiting).status).toBe(503);
  });

  test('end a request that cannot be decided again when its answer ends', async () => {
    const { gate, served } = await openGate();
    const until = new Date(Date.now() + 2_000).toISOString();
    const waiting = get(served, '/wait', shopRequest('watch', { until }));
    await expect.poll(() => served.ran).toBe(1);
    gate.cut();
    expect((await waiting).status).toBe(503);
  });

  test('share one stream, and each request may have its own instead', async () => {
    const limited = await runService(module, {}, { limits: { streams: 1 } });
    const few = new ServiceClient({ url: limited.service.url });
    ending.push(async () => {
      few.close();
      await limited.end();
    });
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await few.open(shopRequest('read'))).session.id),
    );
    const shared = await start('Hono', { backend: remoteBackend(few) });
    const waiting = ids.map((id) =>
      get(shared, '/wait', shopRequest('read'), { 'nhipol-session': id }),
    );
    await expect.poll(() => shared.ran).toBe(3);
    await Promise.all(ids.map((id) => few.session(id).signal('session-revoked')));
    for (const response of await Promise.all(waiting)) expect(response.status).toBe(403);
    const own = await start('Hono', {
      backend: backends['a service, with a stream for each request'] ?? expect.fail(),
    });
    const id = await openSession();
    const alone = get(own, '/wait', shopRequest('read'), { 'nhipol-session': id });
    await expect.poll(() => own.ran).toBe(1);
    await client.session(id).signal('session-revoked');
    expect(await (await alone).json()).toMatchObject({ code: 'revoke' });
    const unknown = { 'nhipol-session': 'unknown' };
    expect((await get(own, '/now', shopRequest('read'), unknown)).status).toBe(403);
  });
});

test('a request that is not protected has no authorization', () => {
  expect(() => getAuthorization({})).toThrow('the request is not protected');
});
