// Random calls of every route that the OpenAPI document describes: requests that fit its schemas, requests that almost do,
// and bytes that are not HTTP. Nothing fails with a 5xx, and no evaluation is permitted that the policy does not permit.

import { connect } from 'node:net';
import { load, type Policy as Module } from '@nhipol/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createValueArbitrary,
  type Schema,
  spoilt,
} from '../../support/arbitraries/schema-arbitrary.ts';
import { runs } from '../../support/budget.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { approvalPolicy } from '../decisions/sessions/session-policy.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 1);
let harness: Harness;
let module: Module;
beforeAll(async () => {
  const bytes = await compileForGuard(approvalPolicy);
  module = load(bytes);
  harness = await openHarness({ policy: bytes, service: { limits: { requestTimeout: 2_000 } } });
});
afterAll(() => harness.close());

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: Schema | undefined;
}

interface Described {
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

function operations(): readonly Operation[] {
  const { paths } = harness.service.openApi() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      body: requestBody?.content['application/json']?.schema,
    })),
  );
}

/** Entities of the policy, so that some requests are permitted or challenged. */
const known = {
  subject: { type: 'ai_agent', id: 'a' },
  action: { name: 'pay', properties: { amount: 5 } },
  resource: { type: 'file', id: 'f' },
};
const subset = fc.subarray(['subject', 'action', 'resource'] as const);

function createBodyArbitrary(schema: Schema): fc.Arbitrary<unknown> {
  const valid = fc.tuple(createValueArbitrary(schema), subset).map(([value, names]) => {
    const entities = names.filter((name) => schema.properties?.[name] !== undefined);
    const own = Object.fromEntries(entities.map((name) => [name, known[name]]));
    return { ...(value as object), ...own };
  });
  return fc.oneof(valid, valid.chain(spoilt));
}

const ids = fc.constantFrom('s', 't', 'none', '%00', '..', 'x'.repeat(300));

test('every route answers any body, and permits what the policy permits', async () => {
  const all = operations().filter(({ path }) => !path.endsWith('/changes'));
  expect(all.length).toBeGreaterThan(15);
  const statuses: Record<string, number> = {};
  const one = fc.constantFrom(...all).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      body:
        operation.body === undefined ? fc.constant(undefined) : createBodyArbitrary(operation.body),
      id: ids,
    }),
  );
  await fc.assert(
    fc.asyncProperty(one, async ({ operation: { method, path }, body, id }) => {
      const reply = await harness.call(method, path.replace('{id}', id), body);
      statuses[reply.status] = (statuses[reply.status] ?? 0) + 1;
      expect([method, path, body, reply.status < 500]).toEqual([method, path, body, true]);
      if (reply.status >= 400) expect(typeof reply.body.detail).toBe('string');
      if (path === '/access/v1/evaluation' && reply.status === 200) {
        const { decision } = module.decideJson(JSON.stringify(body));
        expect(reply.body.decision).toBe(decision);
      }
    }),
    { numRuns: runs(6_000), seed },
  );
  expect(statuses['200']).toBeGreaterThan(0);
  expect(statuses['400']).toBeGreaterThan(0);
});

test('bytes that are not HTTP end the connection only', async () => {
  const start =
    'POST /access/v1/evaluation HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const noise = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
  const head = fc.constantFrom(
    '',
    start,
    `${start}content-length: 5\r\n\r\n`,
    `${start}content-length: -1\r\n\r\n`,
    `${start}transfer-encoding: chunked\r\n\r\nffffffff\r\n`,
    `${start}content-length: 1e9\r\n\r\n`,
    `${start}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n`,
  );
  await fc.assert(
    fc.asyncProperty(head, noise, async (text, bytes) => {
      const answer = await exchange(Buffer.concat([Buffer.from(text), bytes]));
      expect(answer).not.toMatch(/^HTTP\/1.1 (?:5|200)/);
    }),
    { numRuns: runs(600), seed },
  );
  expect((await harness.call('GET', '/readyz')).status).toBe(200);
});

function exchange(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(harness.service.port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(text));
    socket.end(bytes);
  });
}
