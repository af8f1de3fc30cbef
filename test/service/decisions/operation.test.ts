// The service for its operators: health, metrics, limits, replacing the policy, faults of the disk and of the clock, and
// its log.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import {
  createAccess,
  createVerifier,
  type DecisionLog,
  openLogFile,
  type Store,
} from '@nhipol/service';
import { describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { type Harness, type HarnessOptions, openHarness } from './service-harness.ts';
import { approvalPolicy, sessionPolicy } from './sessions/session-policy.ts';

async function withHarness(
  options: HarnessOptions,
  use: (harness: Harness) => Promise<void>,
): Promise<void> {
  const harness = await openHarness(options);
  try {
    await use(harness);
  } finally {
    await harness.close();
  }
}

const agent = { type: 'ai_agent', id: 'a' };
const file = { type: 'file', id: 'f' };
const read = { action: { name: 'read' }, resource: file };
const pay = { action: { name: 'pay', properties: { amount: 5 } }, resource: file };
const low = () => ({ risk: { level: 'LOW', observed_at: new Date().toISOString() } });

describe('metrics and health', () => {
  test('decisions are counted by endpoint and effect', () =>
    withHarness({ policy: approvalPolicy }, async ({ post, call }) => {
      await post('/access/v1/evaluation', { subject: agent, ...read });
      await post('/access/v1/evaluation', { subject: agent, ...pay });
      await post('/access/v1/evaluation', { subject: {} });
      const { body, headers } = await call('GET', '/metrics');
      expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
      expect(body).toContain('nhipol_decisions_total{endpoint="evaluation",effect="deny"} 1');
      expect(body).toContain('nhipol_decisions_total{endpoint="evaluation",effect="challenge"} 1');
      expect(body).toMatch(
        /nhipol_http_request_seconds_count\{route="\/access\/v1\/evaluation",status="400"\} 1/,
      );
      expect(body).toMatch(
        /nhipol_policy_info\{policy="test.approvals",version="1.0.0",digest="sha-256:\w+"\} 1/,
      );
    }));

  test('a service that ends is not ready, and still answers', () =>
    withHarness({ policy: approvalPolicy }, async ({ post, call, service }) => {
      expect((await call('GET', '/readyz')).status).toBe(200);
      const closed = service.close(500);
      expect((await call('GET', '/readyz')).status).toBe(503);
      expect((await call('GET', '/healthz')).status).toBe(200);
      expect((await post('/access/v1/evaluation', { subject: agent, ...pay })).status).toBe(200);
      await closed;
      await expect(call('GET', '/healthz')).rejects.toThrow();
    }));

  test('the description has every route, with its schemas', () =>
    withHarness({ policy: approvalPolicy }, async ({ call }) => {
      const { body } = await call('GET', '/openapi.json');
      expect(body.openapi).toBe('3.1.0');
      expect(Object.keys(body.paths).sort()).toEqual([
        '/.well-known/authzen-configuration',
        '/access/v1/evaluation',
        '/access/v1/evaluations',
        '/access/v1/search/action',
        '/access/v1/search/resource',
        '/access/v1/search/subject',
        '/approvals',
        '/changes',
        '/healthz',
        '/metrics',
        '/openapi.json',
        '/policy',
        '/policy/activate',
        '/readyz',
        '/sessions',
        '/sessions/{id}',
        '/sessions/{id}/approvals',
        '/sessions/{id}/changes',
        '/sessions/{id}/decide',
        '/sessions/{id}/signals',
      ]);
    }));
});

describe('limits', () => {
  test('a body that is too long is refused', () =>
    withHarness(
      { policy: approvalPolicy, service: { limits: { bodyBytes: 10_000 } } },
      async ({ post }) => {
        const context = { text: 'x'.repeat(20_000) };
        for (const path of ['/access/v1/evaluation', '/access/v1/evaluations', '/sessions']) {
          const { status } = await post(path, { subject: agent, ...pay, context });
          expect([path, status]).toEqual([path, 413]);
        }
      },
    ));

  test('a compressed body is not read', () =>
    withHarness({ policy: approvalPolicy }, async ({ call }) => {
      const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
      for (const path of ['/access/v1/evaluation', '/sessions']) {
        const reply = await call('POST', path, bomb, { 'content-encoding': 'gzip' });
        expect([path, reply.status]).toEqual([path, 415]);
      }
    }));

  test('a batch that is too long is refused', () =>
    withHarness({ policy: approvalPolicy, service: { limits: { batch: 3 } } }, async ({ post }) => {
      const item = { subject: agent, ...pay };
      const { status, body } = await post('/access/v1/evaluations', {
        evaluations: [item, item, item, item],
      });
      expect([status, body.path]).toEqual([400, '$.evaluations']);
    }));

  test('deep nesting is refused', () =>
    withHarness({ policy: approvalPolicy }, async ({ post }) => {
      const text = `{"subject":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
      for (const path of ['/access/v1/evaluation', '/access/v1/evaluations', '/sessions']) {
        expect([path, (await post(path, text)).status]).toEqual([path, 400]);
      }
    }));

  test('a client that sends nothing is disconnected', () =>
    withHarness(
      { policy: approvalPolicy, service: { limits: { requestTimeout: 300 } } },
      async ({ service, post }) => {
        const socket = connect(service.port, '127.0.0.1');
        socket.write('POST /access/v1/evaluation HTTP/1.1\r\nhost: 127.0.0.1\r\n');
        socket.write('content-type: application/json\r\ncontent-length: 400\r\n\r\n{"subject"');
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk;
        });
        await new Promise((resolve) => socket.once('close', resolve));
        expect(text).toMatch(/^HTTP\/1.1 408/);
        expect((await post('/access/v1/evaluation', { subject: agent, ...pay })).status).toBe(200);
      },
    ));

  test('no more sessions than allowed are open', () =>
    withHarness({ policy: approvalPolicy, point: { maxSessions: 2 } }, async ({ post, call }) => {
      const statuses = [];
      for (const id of ['a', 'b', 'c']) {
        statuses.push((await post('/sessions', { id, subject: agent })).status);
      }
      expect(statuses).toEqual([201, 201, 503]);
      await call('DELETE', '/sessions/a');
      expect((await post('/sessions', { id: 'c', subject: agent })).status).toBe(201);
    }));

  test('streams are limited', () =>
    withHarness(
      { policy: approvalPolicy, service: { limits: { streams: 1 } } },
      async ({ url, call }) => {
        const first = await fetch(`${url}/changes`);
        expect([first.status, (await call('GET', '/changes')).status]).toEqual([200, 503]);
        await first.body?.cancel();
      },
    ));
});

describe('another version of the policy', () => {
  const stricter = sessionPolicy.replace(
    'permit reads when context.risk.level is LOW',
    'permit reads when context.risk.level is LOW and subject.team is "ops"',
  );

  test('is activated for live sessions and plain evaluations', () =>
    withHarness({ policy: sessionPolicy }, async ({ post, call, activation }) => {
      await post('/sessions', { id: 's', subject: agent, context: low(), ...read });
      const changed = activation.offer(await compileForGuard(stricter));
      expect(changed).toEqual({ kind: 'activated', changes: '1 permit → deny, 0 as before' });
      expect((await call('GET', '/sessions/s')).body.decision).toBe(false);
      expect((await call('GET', '/policy')).body).toMatchObject({ held: null, sessions: 1 });
    }));

  test('is held back if it changes too many sessions, and activated by an operator', () =>
    withHarness({ policy: sessionPolicy, holdAbove: 0.05 }, async (harness) => {
      const { post, call, activation, warnings } = harness;
      for (const id of ['s', 't']) {
        await post('/sessions', { id, subject: agent, context: low(), ...read });
      }
      const digest = `sha-256:${'0'.repeat(64)}`;
      expect((await post('/policy/activate', { digest })).body.code).toBe('none_held');
      const outcome = activation.offer(await compileForGuard(stricter));
      expect(outcome).toMatchObject({ kind: 'held', share: 1 });
      expect(warnings.join()).toContain(
        'held back: it changes the answers to 100.0 % of the sessions',
      );
      expect((await call('GET', '/sessions/s')).body.decision).toBe(true);
      expect((await call('GET', '/policy')).body.held).toMatchObject({
        changes: '2 permit → deny, 0 as before',
      });
      expect((await call('POST', '/policy/activate')).status).toBe(400);
      expect((await post('/policy/activate', activation.held?.policy)).status).toBe(400);
      const held = { digest: activation.held?.digest };
      expect((await post('/policy/activate', held)).body.kind).toBe('activated');
      expect((await call('GET', '/sessions/s')).body.decision).toBe(false);
    }));

  attack('http-other-held', () =>
    withHarness({ policy: sessionPolicy, holdAbove: 0.05 }, async (harness) => {
      const { post, call, activation } = harness;
      await post('/sessions', { id: 's', subject: agent, context: low(), ...read });
      activation.offer(await compileForGuard(stricter));
      const shown = { digest: (await call('GET', '/policy')).body.held.digest };
      activation.offer(await compileForGuard(stricter.replace('"ops"', '"dev"')));
      const reply = await post('/policy/activate', shown);
      expect([reply.status, reply.body.code]).toEqual([409, 'other_held']);
      expect((await call('GET', '/sessions/s')).body.decision).toBe(true);
      const current = { digest: (await call('GET', '/policy')).body.held.digest };
      expect((await post('/policy/activate', current)).body.kind).toBe('activated');
    }),
  );

  attack('http-other-held-table', () => {
    const policy = `policy p
external table owners: String -> String
subject ai_agent {}
action read {}
resource file {}
for ai_agent { permit reads when owners[subject.id] is "ops" }
`;
    const tables = new Map([['owners', '{}']]);
    return withHarness({ policy, holdAbove: 0.05, point: { tables } }, async (harness) => {
      const { post, call, activation, point } = harness;
      for (const id of ['a', 'b'])
        await post('/sessions', { id, subject: { type: 'ai_agent', id }, ...read });
      const offer = (owners: string) => {
        const outcome = activation.offer(point.policy.bytes, new Map([['owners', owners]]));
        expect(outcome.kind).toBe('held');
      };
      offer('{"a":"ops"}');
      const shown = { digest: (await call('GET', '/policy')).body.held.digest };
      offer('{"a":"ops","b":"ops"}');
      const reply = await post('/policy/activate', shown);
      expect([reply.status, reply.body.code]).toEqual([409, 'other_held']);
      const decisions = async () => [
        (await call('GET', '/sessions/a')).body.decision,
        (await call('GET', '/sessions/b')).body.decision,
      ];
      expect(await decisions()).toEqual([false, false]);
      offer('{"a":"ops"}');
      expect((await post('/policy/activate', shown)).body.kind).toBe('activated');
      expect(await decisions()).toEqual([true, false]);
    });
  });

  test('that cannot be used leaves the previous one', () =>
    withHarness({ policy: sessionPolicy }, async ({ post, activation, warnings }) => {
      await post('/sessions', { id: 's', subject: agent, context: low(), ...read });
      expect(activation.offer(new Uint8Array([1, 2, 3]))).toMatchObject({ kind: 'refused' });
      expect(warnings.join()).toContain('the policy was not activated: it is not a policy');
      expect((await post('/sessions/s/decide', read)).body.decision).toBe(true);
    }));
});

describe('faults', () => {
  test('while the state cannot be stored, nothing is permitted in sessions', async () => {
    let isFull = false;
    const wrapStore = (store: Store): Store => ({
      ...store,
      sessions: (name) => {
        const sessions = store.sessions(name);
        const write: typeof sessions.write = async (changed) => {
          if (isFull) throw new Error('SQLITE_FULL: database or disk is full');
          await sessions.write(changed);
        };
        return { ...sessions, write };
      },
    });
    await withHarness({ policy: sessionPolicy, wrapStore }, async (harness) => {
      const { post, call, warnings } = harness;
      await post('/sessions', { id: 's', subject: agent, context: low(), ...read });
      isFull = true;
      const denied = await post('/sessions/s/decide', read);
      expect(denied.body).toMatchObject({
        decision: false,
        context: { reasons: ['state_unavailable'] },
      });
      const patched = await call('PATCH', '/sessions/s', { context: low() });
      expect([patched.status, patched.body.code]).toEqual([503, 'state_unavailable']);
      const plain = await post(
        '/access/v1/evaluation',
        { subject: agent, ...read },
        {
          'nhipol-session': 's',
        },
      );
      expect(plain.body.context.reasons).toEqual(['state_unavailable']);
      expect((await call('GET', '/readyz')).status).toBe(503);
      expect(warnings.join()).toContain('sessions were not stored');
      isFull = false;
      // The decisions that were refused count, too.
      expect((await post('/sessions/s/decide', read)).body.context.reasons).toEqual(['reads']);
      expect((await post('/sessions/s/decide', read)).body.context.reasons).toEqual(['too_often']);
      expect((await call('GET', '/readyz')).status).toBe(200);
    });
  });

  test('while the log cannot be written, nothing is permitted, unless it is optional', async () => {
    let isFull = false;
    const log: DecisionLog = {
      append: () => {
        if (isFull) throw new Error('ENOSPC: no space left on device');
        return 'line';
      },
      close: async () => {},
    };
    const context = low();
    for (const isLogRequired of [true, false]) {
      isFull = false;
      await withHarness(
        { policy: sessionPolicy, point: { log, isLogRequired } },
        async ({ post, call, warnings }) => {
          await post('/sessions', { id: 's', subject: agent, context, ...read });
          expect((await post('/sessions/s/decide', read)).body.decision).toBe(true);
          isFull = true;
          const { body } = await post('/sessions/s/decide', read);
          expect(body.decision).toBe(!isLogRequired);
          if (isLogRequired) expect(body.context.reasons).toEqual(['log_unavailable']);
          expect((await call('GET', '/readyz')).status).toBe(isLogRequired ? 503 : 200);
          expect(warnings.filter((each) => each.includes('ENOSPC'))).toHaveLength(1);
          isFull = false;
          expect((await post('/sessions/s/decide', read)).body.decision).toBe(true);
          expect((await call('GET', '/readyz')).status).toBe(200);
        },
      );
    }
  });

  test('a clock that jumps never permits what was denied, and goes on afterwards', async () => {
    let offset = 0;
    const clock = { now: () => Date.now() + offset, at: () => () => {} };
    await withHarness({ policy: sessionPolicy, point: { clock } }, async ({ post }) => {
      const decide = async () => (await post('/sessions/s/decide', read)).body;
      await post('/sessions', { id: 's', subject: agent, context: low(), ...read });
      expect((await decide()).decision).toBe(true);
      offset = 600_000;
      expect((await decide()).decision).toBe(false);
      offset = 0;
      const back = await decide();
      expect([back.decision, back.context.reasons]).toEqual([false, ['clock_went_back']]);
      offset = 600_000;
      expect((await decide()).decision).toBe(false);
    });
  });
});

describe('the log', () => {
  test('has a line for each event of a session, in a chain', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-log-'));
    const path = join(folder, 'decisions.jsonl');
    const log = await openLogFile(path);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    await withHarness({ policy: sessionPolicy, point: { log } }, async ({ post, call }) => {
      await post('/sessions', { id: 's', subject: agent, context: low() });
      const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
      await post('/sessions/s/decide', read, headers);
      await post('/access/v1/evaluation', { subject: agent, ...read, context: low() }, headers);
      await post('/sessions/s/signals', { signal: 'leaked', payload: { where: 'a log' } });
      await delay(50);
      await call('DELETE', '/sessions/s');
    });
    await log.close();
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.map(({ kind, effect }) => [kind, effect])).toEqual([
      ['opened', undefined],
      ['decision', 'permit'],
      ['decision', 'deny'],
      ['event', undefined],
      ['decision', 'revoke'],
      ['revocation', undefined],
      ['closed', undefined],
    ]);
    expect(entries[1]).toMatchObject({
      entry_point: 'serve',
      session: 's',
      trace_id: trace,
      request: { subject: agent, action: { name: 'read' }, context: { risk: { level: 'LOW' } } },
    });
    const verifier = createVerifier();
    for (const line of lines) expect(verifier.add(line)).toBeUndefined();
    rmSync(folder, { recursive: true, force: true });
  });
});

test('numbers that a double does not represent are answered and logged exactly', async () => {
  const policy = `policy test.exact version "1.0.0"
subject agent { most?: Int }
constraint cap: Int smallest wins
for agent doing any on any {
  permit works otherwise
  narrow limited when subject.most is present to { cap: 9_007_199_254_740_993 }
}
`;
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-exact-'));
  const path = join(folder, 'decisions.jsonl');
  const log = await openLogFile(path);
  const request =
    '{"subject":{"type":"agent","id":"a","properties":{"most":9007199254740993}},"action":{"name":"x"},"resource":{"type":"y","id":"z"}}';
  await withHarness({ policy, point: { log } }, async ({ url }) => {
    const send = async (route: string, body: string) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`${url}${route}`, { method: 'POST', headers, body })).text();
    };
    for (const [route, body] of [
      ['/access/v1/evaluation', request],
      ['/access/v1/evaluations', `{"evaluations":[${request}]}`],
      ['/sessions', request],
    ] as const) {
      expect(await send(route, body)).toContain('"cap":9007199254740993');
    }
  });
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

attack(
  'http-large-batch',
  () => {
    const entities = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'file',
      id: `f-${index}`,
    }));
    return withHarness({ policy: approvalPolicy, entities }, async ({ post }) => {
      const item = { subject: agent, ...pay };
      const longest = async (path: string, body: object) => {
        let isDone = false;
        let [wait, before] = [0, performance.now()];
        const watch = () => {
          const now = performance.now();
          [wait, before] = [Math.max(wait, now - before), now];
          if (!isDone) setImmediate(watch);
        };
        const posted = post(path, body);
        watch();
        const started = performance.now();
        expect((await posted).status).toBe(200);
        isDone = true;
        return { wait, total: performance.now() - started };
      };
      const evaluations = Array.from({ length: 1_000 }, () => item);
      const search = { subject: agent, action: read.action, resource: { type: 'file' } };
      for (const [path, body] of [
        ['/access/v1/evaluations', { evaluations }],
        ['/access/v1/search/resource', search],
      ] as const) {
        const { wait, total } = await longest(path, body);
        expect(wait).toBeLessThan(Math.max(100, total / 2));
      }
    });
  },
  60_000,
);

test('a path that cannot be read, and JSON that is nested deeply, are problems', async () => {
  await withHarness({ policy: approvalPolicy }, async ({ call, post, warnings }) => {
    for (const path of ['/sessions/%ff', '/%E0%A4%A', '/sessions/%']) {
      const { status, headers, body } = await call('GET', path);
      expect([status, body.status]).toEqual([400, 400]);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    for (const depth of [1_001, 5_000, 100_000]) {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const text = `{"subject":{"type":"ai_agent","id":"a"},"context":{"note":${deep}}}`;
      for (const path of ['/sessions', '/access/v1/evaluations']) {
        expect((await post(path, text)).status).toBe(400);
      }
    }
    const flat = `{"subject":{"type":"ai_agent","id":"${'[\\"'.repeat(60)}"},"context":{}}`;
    expect((await post('/sessions', flat)).status).toBe(201);
    expect(warnings).toEqual([]);
  });
});

attack('http-all-sessions', async () => {
  const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
  const keys = ['greedy', 'other'].map((id) => ({
    id,
    sha256: sha256(id),
    roles: ['sessions' as const],
  }));
  const service = { access: createAccess({ keys }) };
  const point = { maxSessions: 20 };
  await withHarness({ policy: approvalPolicy, service, point }, async ({ post }) => {
    const open = async (key: string, id: string) =>
      (await post('/sessions', { id, subject: agent }, { 'x-api-key': key })).status;
    for (let number = 0; number < 18; number += 1) {
      expect(await open('greedy', `g${number}`)).toBe(201);
    }
    expect(await open('greedy', 'more')).toBe(429);
    expect([await open('other', 'o1'), await open('other', 'o2')]).toEqual([201, 201]);
    expect([await open('other', 'o3'), await open('greedy', 'more')]).toEqual([503, 429]);
  });
});

attack('http-all-streams', async () => {
  const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
  const keys = ['greedy', 'other'].map((id) => ({
    id,
    sha256: sha256(id),
    roles: ['sessions' as const],
  }));
  const service = { access: createAccess({ keys }), limits: { streams: 20 } };
  await withHarness({ policy: approvalPolicy, service }, async ({ url }) => {
    const open = (key: string) => fetch(`${url}/changes`, { headers: { 'x-api-key': key } });
    const streams = [await open('greedy'), await open('greedy')];
    const third = await open('greedy');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '5']);
    streams.push(await open('other'));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    await streams[0]?.body?.cancel();
    await expect
      .poll(async () => {
        const again = await open('greedy');
        await again.body?.cancel();
        return again.status;
      })
      .toBe(200);
    for (const { body } of streams.slice(1)) await body?.cancel();
  });
});
