// The AuthZEN Authorization API 1.0 over HTTP: the fixtures of its events and of the certification scenario, and the rules
// that the specification and its conformance suite have.

import { generateKeyPairSync } from 'node:crypto';
import { readSigningKey } from '@nhipol/service';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as fixtures from '../authzen/fixtures.ts';
import { type Harness, openHarness, policyText } from './service-harness.ts';

const evaluation = '/access/v1/evaluation';
const evaluations = '/access/v1/evaluations';

function serving(policy: string, entities: typeof fixtures.todoEntities): () => Harness {
  let harness: Harness | undefined;
  beforeAll(async () => {
    harness = await openHarness({ policy: policyText(`authzen/${policy}.nhipol`), entities });
  });
  afterAll(() => harness?.close());
  return () => harness as Harness;
}

async function expectDecisions(
  { post }: Harness,
  cases: readonly fixtures.EvaluationCase[],
): Promise<void> {
  for (const { title, request, decision } of cases) {
    const reply = await post(evaluation, request);
    expect([title, reply.status, reply.body.decision]).toEqual([title, 200, decision]);
  }
  const batch = await post(evaluations, { evaluations: cases.map(({ request }) => request) });
  expect(batch.body.evaluations.map((each: { decision: boolean }) => each.decision)).toEqual(
    cases.map(({ decision }) => decision),
  );
}

async function expectResults(
  { post }: Harness,
  cases: readonly fixtures.SearchCase[],
): Promise<void> {
  for (const { title, searched, request, results } of cases) {
    const reply = await post(`/access/v1/search/${searched}`, request);
    expect([title, reply.status, reply.body.results]).toEqual([title, 200, results]);
  }
}

describe('the Todo application', () => {
  const harness = serving('todo', fixtures.todoEntities);
  test('all requests are decided as the roles require', () =>
    expectDecisions(harness(), fixtures.todoCases));
});

describe('the API gateways', () => {
  const harness = serving('gateway', fixtures.gatewayEntities);
  test('all routes are decided as the roles require', () =>
    expectDecisions(harness(), fixtures.gatewayCases));
});

describe('searches', () => {
  const harness = serving('search', fixtures.searchEntities);
  test('subjects: 60', () => expectResults(harness(), fixtures.subjectSearches));
  test('resources: 18, of which 6 are those of the identity provider', () =>
    expectResults(harness(), fixtures.resourceSearches));
  test('actions: 120', () => expectResults(harness(), fixtures.actionSearches));

  test('pages have the results of a search without pages, each once', async () => {
    const { post } = harness();
    const request = {
      subject: { type: 'user', id: 'alice' },
      action: { name: 'view' },
      resource: { type: 'record' },
    };
    const whole = await post('/access/v1/search/resource', request);
    const found: object[] = [];
    for (let token = '', pages = 0; pages < 30; pages += 1) {
      const page = { limit: 3, token };
      const { body } = await post('/access/v1/search/resource', { ...request, page });
      expect(body.results.length).toBeLessThanOrEqual(3);
      expect(body.page.count).toBe(body.results.length);
      found.push(...body.results);
      token = body.page.next_token;
      if (token === '') break;
    }
    expect(found).toEqual(whole.body.results);
    expect(Object.keys(whole.body)[0]).toBe('page');
  });

  test('a token of another request is refused', async () => {
    const { post } = harness();
    const request = { action: { name: 'view' }, resource: { type: 'record' } };
    const subject = { type: 'user', id: 'alice' };
    const first = await post('/access/v1/search/resource', {
      ...request,
      subject,
      page: { limit: 2 },
    });
    const other = await post('/access/v1/search/resource', {
      ...request,
      subject: { type: 'user', id: 'bob' },
      page: { token: first.body.page.next_token },
    });
    expect([other.status, other.body.path]).toEqual([400, '$.page.token']);
  });

  test('unknown ids and types have no results', async () => {
    const { post } = harness();
    const of = (type: string, id: string) => ({
      subject: { type: 'user', id },
      action: { name: 'view' },
      resource: { type },
    });
    for (const request of [of('record', 'nobody'), of('spaceship', 'alice')]) {
      const { status, body } = await post('/access/v1/search/resource', request);
      expect([status, body.results]).toEqual([200, []]);
    }
  });

  test('the id of what is searched is ignored', async () => {
    const { post } = harness();
    const request = { action: { name: 'delete' }, resource: { type: 'record', id: '101' } };
    const { body } = await post('/access/v1/search/subject', {
      ...request,
      subject: { type: 'user', id: 'somebody' },
    });
    expect(body.results).toEqual([{ type: 'user', id: 'alice' }]);
  });
});

describe('the certification scenario', () => {
  const harness = serving('certification', fixtures.certificationEntities);

  test('its decisions', () => expectDecisions(harness(), fixtures.certificationCases));

  test('its searches find what they must', async () => {
    for (const { title, searched, request, results } of fixtures.certificationSearches) {
      const { body } = await harness().post(`/access/v1/search/${searched}`, request);
      const found = body.results.map(({ type, id, name }: Record<string, string>) =>
        name === undefined ? { type, id } : { name },
      );
      expect([title, found]).toEqual([title, expect.arrayContaining([...results].map(bare))]);
    }
  });

  test('the context does not change a decision', async () => {
    for (const { request, decision } of fixtures.certificationCases) {
      const context = { time: '1985-10-26T01:22-07:00', anything: [1, { at: 'all' }] };
      const { body } = await harness().post(evaluation, { ...request, context });
      expect(body.decision).toBe(decision);
    }
  });

  const good = fixtures.certificationCases[0]?.request as Record<string, object>;
  const invalid: readonly (readonly [string, unknown])[] = [
    ['an empty body', ''],
    ['malformed JSON', '{"subject":'],
    ['an array', [good]],
    ['no subject', { ...good, subject: undefined }],
    ['no action', { ...good, action: undefined }],
    ['no resource', { ...good, resource: undefined }],
    ['a subject that is a string', { ...good, subject: 'alice' }],
    ['a subject without an id', { ...good, subject: { type: 'user' } }],
    ['a subject without a type', { ...good, subject: { id: 'alice' } }],
    ['an action whose name is a number', { ...good, action: { name: 7 } }],
    ['a resource without an id', { ...good, resource: { type: 'record' } }],
    ['a context that is a list', { ...good, context: [] }],
    ['a name that occurs twice', '{"subject":{"type":"user","id":"a","id":"b"}}'],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ];
  test.each(invalid)('%s is invalid', async (_, body) => {
    const reply = await harness().post(evaluation, body);
    expect([reply.status, typeof reply.body.detail]).toEqual([400, 'string']);
  });

  test('another content type is refused, and one with a character set is not', async () => {
    const { call } = harness();
    const text = JSON.stringify(good);
    const plain = await call('POST', evaluation, text, { 'content-type': 'text/plain' });
    const utf8 = { 'content-type': 'application/json; charset=utf-8' };
    expect([plain.status, (await call('POST', evaluation, text, utf8)).status]).toEqual([400, 200]);
  });

  test('other methods are refused', async () => {
    const { call } = harness();
    expect((await call('GET', evaluation)).status).toBe(404);
    expect((await call('PUT', evaluation, good)).status).toBe(404);
  });

  test('the id of a request is returned', async () => {
    const { post } = harness();
    const reply = await post(evaluation, good, { 'x-request-id': 'bfe9eb29-ab87' });
    expect(reply.headers.get('x-request-id')).toBe('bfe9eb29-ab87');
    const refused = await post(evaluation, {}, { 'x-request-id': 'x 1' });
    expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'x 1']);
  });

  test('unknown members are ignored, and null counts as absent', async () => {
    const { body } = await harness().post(evaluation, { ...good, else: 1, context: null });
    expect(body.decision).toBe(true);
  });

  test('an entity of an item replaces the default as a whole', async () => {
    const { body } = await harness().post(evaluations, {
      subject: { type: 'user', id: 'alice', properties: { role: 'admin' } },
      action: { name: 'write' },
      resource: {},
      evaluations: [
        { resource: { type: 'record', id: 'record-2' } },
        { subject: { type: 'user', id: 'alice' }, resource: { type: 'record', id: 'record-2' } },
      ],
    });
    const decisions = body.evaluations.map((each: { decision: boolean }) => each.decision);
    expect(decisions).toEqual([true, false]);
  });

  test('a batch without items is a single evaluation', async () => {
    for (const batch of [good, { ...good, evaluations: [] }]) {
      const { body } = await harness().post(evaluations, batch);
      expect([body.decision, body.evaluations]).toEqual([true, undefined]);
    }
  });

  test('an item that is invalid is denied, and the others are decided', async () => {
    const { status, body } = await harness().post(evaluations, {
      evaluations: [good, { action: { name: 'read' } }, 'item', good],
    });
    const decisions = body.evaluations.map((each: { decision: boolean }) => each.decision);
    expect([status, decisions]).toEqual([200, [true, false, false, true]]);
    expect(body.evaluations[1].context.error.status).toBe(400);
  });

  const denied = { ...good, action: { name: 'destroy' } };
  test.each([
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('the semantic %s ends where it should', async (semantic, expected) => {
    const { body } = await harness().post(evaluations, {
      evaluations: [good, denied, good],
      options: { evaluations_semantic: semantic, other: 1 },
    });
    const decisions = body.evaluations.map((each: { decision: boolean }) => each.decision);
    expect(decisions).toEqual(expected);
  });

  test('an unknown semantic is refused', async () => {
    const options = { evaluations_semantic: 'bogus_value' };
    const { status, body } = await harness().post(evaluations, { evaluations: [good], options });
    expect([status, body.path]).toEqual([400, '$.options.evaluations_semantic']);
  });

  test('the metadata names what exists', async () => {
    const { call, url } = harness();
    const { body } = await call('GET', '/.well-known/authzen-configuration');
    expect(body).toEqual({
      policy_decision_point: url,
      access_evaluation_endpoint: `${url}${evaluation}`,
      access_evaluations_endpoint: `${url}${evaluations}`,
      search_subject_endpoint: `${url}/access/v1/search/subject`,
      search_resource_endpoint: `${url}/access/v1/search/resource`,
      search_action_endpoint: `${url}/access/v1/search/action`,
    });
  });
});

test('metadata is signed by a key whose public part is published', async () => {
  for (const pair of [
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ]) {
    const pem = String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const harness = await openHarness({
      policy: policyText('authzen/certification.nhipol'),
      service: {
        signingKey: await readSigningKey(pem),
        publicUrl: 'https://pdp.example.com',
        accessRequestUrl: 'https://approvals.example.com/request',
      },
    });
    try {
      const { body } = await harness.call('GET', '/.well-known/authzen-configuration');
      const keys = (await harness.call('GET', '/.well-known/jwks.json')).body;
      const { signed_metadata: signed, ...plain } = body;
      const { payload } = await jwtVerify(signed, createLocalJWKSet(keys), {
        issuer: 'https://pdp.example.com',
      });
      expect(payload).toMatchObject(plain);
      expect(plain).toMatchObject({
        access_request_endpoint: 'https://approvals.example.com/request',
        capabilities: ['urn:openid:authzen:capability:access-request'],
        jwks_uri: 'https://pdp.example.com/.well-known/jwks.json',
      });
      expect(JSON.stringify(keys)).not.toContain('"d"');
    } finally {
      await harness.close();
    }
  }
});

function bare({ properties: _, ...entity }: { readonly properties?: unknown }): object {
  return entity;
}
