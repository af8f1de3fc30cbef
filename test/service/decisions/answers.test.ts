// The common parts of all answers of the service over HTTP: their headers, their description, and how connections end.

import { request } from 'node:http';
import { readSigningKey } from '@nhipol/service';
import type { FastifyInstance } from 'fastify';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signalSettings, thisMachine } from '../signals/signal-issuer.ts';
import { type Harness, openHarness } from './service-harness.ts';
import { sessionPolicy } from './sessions/session-policy.ts';

let module: Uint8Array;
let key: string;
let harness: Harness;
let routes = '';

beforeAll(async () => {
  module = await compileForGuard(sessionPolicy);
  key = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
});
beforeEach(async () => {
  const transmitter = {
    issuer: undefined,
    keys: [key],
    destinations: thisMachine,
    effects: [],
    language: 'en',
    subject: undefined,
    defaultSubjects: 'ALL' as const,
    minVerificationInterval: 0,
    maxBacklog: 10,
  };
  harness = await openHarness({
    policy: module,
    signals: signalSettings({ transmitter }),
    service: { signingKey: await readSigningKey(key) },
  });
});
afterEach(() => harness.close());

interface Description {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>
    >
  >;
}
interface Answer {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: object;
}

const description = () => harness.service.openApi() as Description;

test('every registered route is described', async () => {
  const { openHarness: open } = await import('./service-harness.ts');
  const registered: string[] = [];
  const observed = await open({
    policy: module,
    service: {
      addRoutes: (app: FastifyInstance) => {
        routes = app.printRoutes({ commonPrefix: false });
      },
    },
  });
  const parts: string[] = [];
  for (const line of routes.split('\n')) {
    const [, indent = '', part, methods] = /^(.*)── (\S+)(?: \(([^)]+)\))?/.exec(line) ?? [];
    if (part === undefined) continue;
    const depth = indent.length / 4;
    parts.splice(Math.floor(depth), parts.length, part);
    if (methods !== undefined) registered.push(parts.join(''));
  }
  expect(registered.length).toBeGreaterThan(15);
  const { paths } = observed.service.openApi() as Description;
  const described = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
  for (const path of registered) expect(described).toContain(path);
  await observed.close();
});

test('every answer has a status and headers that its route describes', async () => {
  const { call } = harness;
  const subject = { type: 'ai_agent', id: 'a' };
  const requests: readonly (readonly [string, string, string, unknown?])[] = [
    ['POST', '/access/v1/evaluation', '/access/v1/evaluation', {}],
    ['POST', '/access/v1/evaluation', '/access/v1/evaluation', '{'],
    ['POST', '/access/v1/evaluations', '/access/v1/evaluations', { evaluations: [] }],
    ['POST', '/access/v1/search/action', '/access/v1/search/action', {}],
    ['POST', '/sessions', '/sessions', { id: 's', subject }],
    ['POST', '/sessions', '/sessions', { id: 's', subject }],
    ['GET', '/sessions', '/sessions'],
    ['GET', '/sessions/none', '/sessions/{id}'],
    ['DELETE', '/sessions/s', '/sessions/{id}'],
    ['POST', '/approvals', '/approvals', {}],
    ['GET', '/policy', '/policy'],
    ['POST', '/policy/activate', '/policy/activate'],
    ['GET', '/healthz', '/healthz'],
    ['GET', '/readyz', '/readyz'],
    ['GET', '/metrics', '/metrics'],
    ['GET', '/openapi.json', '/openapi.json'],
    ['GET', '/.well-known/authzen-configuration', '/.well-known/authzen-configuration'],
    ['GET', '/.well-known/jwks.json', '/.well-known/jwks.json'],
    ['GET', '/.well-known/ssf-configuration', '/.well-known/ssf-configuration'],
    ['GET', '/ssf/jwks.json', '/ssf/jwks.json'],
    ['POST', '/ssf/stream', '/ssf/stream', {}],
    ['POST', '/ssf/stream', '/ssf/stream', { delivery: 1 }],
    ['GET', '/ssf/stream', '/ssf/stream'],
    ['DELETE', '/ssf/stream?stream_id=x', '/ssf/stream'],
    ['GET', '/signals/sources', '/signals/sources'],
    ['POST', '/signals/none', '/signals/{name}', '{}'],
    ['POST', '/webhooks/none', '/webhooks/{name}', '{}'],
  ];
  const { paths } = description();
  for (const [method, url, path, body] of requests) {
    const { status, headers } = await call(method, url, body);
    const answer = paths[path]?.[method.toLowerCase()]?.responses[status];
    expect([method, path, status, answer === undefined]).toEqual([method, path, status, false]);
    for (const name of ['location', 'www-authenticate', 'retry-after', 'cache-control']) {
      if (headers.has(name))
        expect([path, Object.keys(answer?.headers ?? {})]).toEqual([
          path,
          expect.arrayContaining([name]),
        ]);
    }
  }
});

attack('http-sniffed-answer', async () => {
  const { call } = harness;
  const text = '<script>alert(1)</script>';
  const requests: readonly (readonly [string, string, unknown?])[] = [
    ['GET', `/${text}`],
    ['GET', `/sessions/${encodeURIComponent(text)}`],
    ['POST', '/access/v1/evaluation', { subject: { type: text, id: text } }],
    ['POST', '/access/v1/evaluation', text],
    ['POST', '/sessions', { subject: { type: text, id: text }, [text]: 1 }],
    ['GET', '/metrics'],
    ['GET', '/healthz'],
    ['GET', '/.well-known/jwks.json'],
    ['OPTIONS', '/sessions'],
  ];
  for (const [method, path, body] of requests) {
    const { headers } = await call(method, path, body);
    expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
    expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
    expect(headers.get('content-type')).not.toContain('html');
  }
  const stream = await fetch(`${harness.url}/changes`);
  expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
  expect(stream.headers.get('cache-control')).toBe('no-store');
  await stream.body?.cancel();
});

test('a service that ends closes connections after their answers, and its streams with a time', async () => {
  const stream = await fetch(`${harness.url}/changes`);
  const reading = stream.text();
  const connection = (path: string, body?: string) =>
    new Promise<string | undefined>((resolve, reject) => {
      const method = body === undefined ? 'GET' : 'POST';
      const headers = { 'content-type': 'application/json', connection: 'keep-alive' };
      const sent = request(`${harness.url}${path}`, { method, headers }, (response) => {
        response.resume();
        resolve(response.headers.connection);
      });
      sent.once('error', reject);
      sent.end(body);
    });
  const evaluation = JSON.stringify({
    subject: { type: 'ai_agent', id: 'a' },
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
  expect(await connection('/access/v1/evaluation', evaluation)).toBe('keep-alive');
  const closed = harness.service.close(1_000);
  expect(await connection('/healthz')).toBe('close');
  expect(await connection('/access/v1/evaluation', evaluation)).toBe('close');
  expect(await connection('/none')).toBe('close');
  await closed;
  expect(await reading).toMatch(/retry: 1000\n/);
});
