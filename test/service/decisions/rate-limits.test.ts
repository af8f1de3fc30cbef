// How many requests a caller may send, and how many sessions it may have open: over HTTP and gRPC together, for each caller.

import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { createAccess, limitAccess, RateLimits, readAccess } from '@nhipol/service';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../service/pdp/problem.ts';
import { attack } from '../../attacks/attack.ts';
import { GrpcHarness, memoryLog } from '../grpc/grpc-harness.ts';
import { type Harness, openHarness } from './service-harness.ts';
import { sessionPolicy } from './sessions/session-policy.ts';

const agent = { type: 'ai_agent', id: 'a-1', properties: { team: 'ops' } };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f-1' } };
const evaluation = { subject: agent, ...read };
const ofKey = (id: string) => ({ 'x-api-key': `k-${id}` });
const createKey = (id: string, more: object) => ({
  id,
  roles: ['evaluate', 'sessions'],
  ...more,
  sha256: createHash('sha256').update(`k-${id}`).digest('hex'),
});

/** Returns the number of requests that were refused. Time does not pass. */
async function withService(
  keys: readonly object[],
  use: (harness: Harness) => Promise<void>,
): Promise<number> {
  let limited = 0;
  const onLimited = () => {
    limited += 1;
  };
  const limits = new RateLimits({ now: () => 0, onLimited });
  const access = limitAccess(createAccess(readAccess(JSON.stringify({ keys }))), limits);
  const harness = await openHarness({ policy: sessionPolicy, service: { access } });
  try {
    await use(harness);
  } finally {
    await harness.close();
  }
  return limited;
}

attack('http-request-flood', async () => {
  const keys = [createKey('ann', { max_rate: 3 }), createKey('bob', {})];
  const limited = await withService(keys, async ({ post, call }) => {
    const routes = [
      () => post('/access/v1/evaluation', evaluation, ofKey('ann')),
      () => call('GET', '/sessions', undefined, ofKey('ann')),
      // A content type that only the framework reads.
      () =>
        call('POST', '/access/v1/evaluation', evaluation, {
          ...ofKey('ann'),
          'content-type': 'application/json; charset=utf-8',
        }),
    ];
    for (const route of routes) expect((await route()).status).toBe(200);
    for (const route of routes) {
      const refused = await route();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
      expect(refused.body).toMatchObject({ status: 429, title: 'Too Many Requests' });
      expect(refused.body.decision).toBeUndefined();
    }
    for (let each = 0; each < 10; each += 1) {
      expect((await post('/access/v1/evaluation', evaluation, ofKey('bob'))).status).toBe(200);
    }
  });
  expect(limited).toBe(3);
});

attack('http-batch-flood', async () => {
  const evaluations = Array.from({ length: 50 }, () => read);
  await withService([createKey('ann', { max_rate: 10 })], async ({ post }) => {
    const batch = () =>
      post('/access/v1/evaluations', { subject: agent, evaluations }, ofKey('ann'));
    expect((await batch()).status).toBe(200);
    const next = await batch();
    // 10 - 50 requests are made up for after more than four seconds.
    expect([next.status, next.headers.get('retry-after')]).toEqual([429, '5']);
  });
});

attack('grpc-request-flood', async () => {
  const keys = [createKey('envoy', { max_rate: 2 }), createKey('other', {})];
  const limits = new RateLimits({ now: () => 0 });
  const access = limitAccess(createAccess(readAccess(JSON.stringify({ keys }))), limits);
  const { entries, log } = memoryLog();
  const http = await openHarness({ policy: sessionPolicy, service: { access } });
  const grpc = await GrpcHarness.open({ access, pointOptions: { log } });
  const check = (id: string) =>
    grpc.check({ path: '/public/a' }, {}, { metadata: ofKey(id) }).catch((error) => error);
  try {
    expect((await http.post('/access/v1/evaluation', evaluation, ofKey('envoy'))).status).toBe(200);
    expect(await check('envoy')).toMatchObject({ code: 0 });
    const lines = entries.length;
    const refused = await check('envoy');
    expect(refused).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(refused.metadata.get('retry-after')).toEqual(['1']);
    const mcp = await grpc.call(
      'mcpRequest',
      { method: 'tools/list' },
      { metadata: ofKey('envoy') },
    );
    expect(mcp.error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect((await http.post('/access/v1/evaluation', evaluation, ofKey('envoy'))).status).toBe(429);
    expect(entries).toHaveLength(lines);
    expect(grpc.warnings).toEqual([]);
    expect(await check('other')).toMatchObject({ code: 0 });
  } finally {
    await grpc.close();
    await http.close();
  }
});

attack('http-session-flood', async () => {
  const keys = [
    createKey('ann', { max_sessions: 2, tenant: 'shared' }),
    createKey('kim', { max_sessions: 2, tenant: 'shared' }),
    createKey('bob', {}),
  ];
  await withService(keys, async ({ post, call }) => {
    const risk = { level: 'LOW', observed_at: new Date().toISOString() };
    const open = (id: string, key: string) =>
      post('/sessions', { id, subject: agent, context: { risk }, ...read }, ofKey(key));
    expect((await open('1', 'ann')).status).toBe(201);
    expect((await open('2', 'kim')).status).toBe(201);
    for (const key of ['ann', 'kim']) {
      const refused = await open('3', key);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    }
    expect((await open('4', 'bob')).status).toBe(201);
    expect((await call('DELETE', '/sessions/1', undefined, ofKey('ann'))).status).toBeLessThan(300);
    expect((await open('5', 'kim')).status).toBe(201);
  });
});

describe('the rate of a caller', () => {
  test('is never exceeded in any time, for any requests', () => {
    const step = fc.record({ wait: fc.nat({ max: 1_500 }), cost: fc.nat({ max: 5 }) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(step, { maxLength: 60 }),
        (rate, steps) => {
          let now = 0;
          const limits = new RateLimits({ now: () => now });
          const passed: { at: number; cost: number }[] = [];
          for (const { wait, cost } of steps) {
            now += wait;
            try {
              limits.count({ id: 'a', maxRate: rate });
            } catch (error) {
              expect(error).toBeInstanceOf(Problem);
              continue;
            }
            limits.charge({ id: 'a', maxRate: rate }, cost);
            passed.push({ at: now, cost: 1 + cost });
          }
          // The requests that began in an interval exceed its share by one second and the cost of one request at most.
          for (const [from, { at: start }] of passed.entries()) {
            let sum = 0;
            for (const { at, cost } of passed.slice(from)) {
              sum += cost;
              expect(sum).toBeLessThanOrEqual(rate + ((at - start) / 1_000) * rate + 5 + 1e-6);
            }
          }
        },
      ),
    );
  });

  test('is available again after the time that a refusal states', () => {
    let now = 0;
    const limits = new RateLimits({ rate: 0.5, now: () => now });
    limits.count({ id: 'a' });
    const refused = (() => {
      try {
        limits.count({ id: 'a' });
      } catch (error) {
        return error as { retryAfter: number };
      }
      return undefined;
    })();
    expect(refused?.retryAfter).toBe(2);
    now += 1_999;
    expect(() => limits.count({ id: 'a' })).toThrow();
    now += 1;
    limits.count({ id: 'a' });
    limits.count({ id: 'b' });
  });

  test('takes no memory for callers that went away', () => {
    let now = 0;
    const limits = new RateLimits({ rate: 10, now: () => now });
    for (let each = 0; each < 50_000; each += 1) {
      now += 100;
      limits.count({ id: `${each}` });
    }
    expect(limits.size).toBeLessThan(25_000);
  });
});
