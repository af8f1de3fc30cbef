// Envoy's external authorization over gRPC with a real client: how attributes become requests, and answers become
// responses.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createAccess, createVouchedFacts, serviceItself } from '@nhipol/service';
import { defaultMapping, parseGrpcMapping } from '@nhipol/service/grpc';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import {
  Authority,
  createMetadata,
  GrpcHarness,
  type HarnessOptions,
  memoryLog,
} from './grpc-harness.ts';

const opened: GrpcHarness[] = [];
async function open(options?: HarnessOptions): Promise<GrpcHarness> {
  const harness = await GrpcHarness.open(options);
  opened.push(harness);
  return harness;
}
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** The default mapping, shared by tests that change nothing. */
let shared: GrpcHarness;
beforeAll(async () => {
  shared = await GrpcHarness.open();
});
afterAll(() => shared.close());

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

describe('answers', () => {
  test('a permit goes on with its effect and id', async () => {
    expect(await shared.check({ path: '/public/a' })).toEqual({
      code: 0,
      headers: { 'x-nhipol-effect': 'permit', 'x-nhipol-decision-id': uuid },
      removed: ['x-nhipol-valid-until', 'x-nhipol-constraints'],
      metadata: { effect: 'permit', decision_id: uuid, reasons: ['public'] },
    });
  });

  test('a permit that ends says when', async () => {
    const { headers, metadata } = await shared.check({ path: '/timed/a' });
    expect(headers['x-nhipol-valid-until']).toBe('2100-01-01T00:00:00.000Z');
    expect(metadata.valid_until).toBe('2100-01-01T00:00:00.000Z');
  });

  test('headers that the mapping does not list are not set', async () => {
    const harness = await open({ declared: { headers: [] } });
    const { headers, removed } = await harness.check({ path: '/timed/a' });
    expect(headers).toEqual({});
    expect(removed).toEqual([
      'x-nhipol-effect',
      'x-nhipol-decision-id',
      'x-nhipol-valid-until',
      'x-nhipol-constraints',
    ]);
  });

  test('a narrow has its constraints in a header of ASCII and in metadata', async () => {
    const { headers, metadata } = await shared.check({ path: '/rows/a' });
    expect(headers).toMatchObject({
      'x-nhipol-effect': 'narrow',
      'x-nhipol-constraints': '{"max_rows":100,"region":"K\\u00f6ln"}',
    });
    expect(JSON.parse(String(headers['x-nhipol-constraints']))).toEqual(metadata.constraints);
    expect(metadata.constraints).toEqual({ max_rows: 100, region: 'Köln' });
  });

  test('headers that a client forges are replaced or removed', async () => {
    const headers = {
      'x-nhipol-effect': 'permit',
      'x-nhipol-constraints': '{}',
      'X-Nhipol-Other': '1',
      x_nhipol_effect: 'permit',
      accept: '*/*',
    };
    const { removed } = await shared.check({ path: '/public/a', headers });
    expect(removed?.toSorted()).toEqual([
      'x-nhipol-constraints',
      'x-nhipol-other',
      'x-nhipol-valid-until',
      'x_nhipol_effect',
    ]);
  });

  test('a deny is a problem with its reasons', async () => {
    const { code, status, headers, body, metadata } = await shared.check({ path: '/public/.env' });
    expect([code, status]).toEqual([7, 403]);
    expect(headers).toEqual({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-nhipol-decision-id': uuid,
    });
    expect(body).toEqual({
      title: 'Forbidden',
      status: 403,
      detail: '/public/.env holds secrets',
      effect: 'deny',
      reasons: ['secret'],
      evaluation_id: uuid,
    });
    expect(metadata).toEqual({ effect: 'deny', decision_id: uuid, reasons: ['secret'] });
  });

  test('a challenge is a refusal that says how to obtain an approval', async () => {
    const { status, body } = await shared.check({ path: '/asks/a' });
    expect(status).toBe(403);
    expect(body).toMatchObject({
      effect: 'challenge',
      detail: '/asks/a needs an approval',
      access_request: { template: 'read', expires_at: expect.any(String) },
      call_digest: expect.any(String),
      evaluation_id: uuid,
    });
  });

  test('an approved request is permitted once', async () => {
    const { body } = await shared.check({ path: '/asks/b' });
    const bob = { id: 'key:bob', isOperator: false };
    await shared.point.approveOnce(bob, String(body?.call_digest), Date.now() + 60_000);
    expect(await shared.check({ path: '/asks/b' })).toMatchObject({ code: 0 });
    expect(await shared.check({ path: '/asks/b' })).toMatchObject({ code: 7 });
  });

  test('a permit with an obligation is refused unless it is carried out', async () => {
    const { body } = await shared.check({ path: '/told/a' });
    expect(body?.reasons).toEqual(['not_enforceable']);
    const harness = await open({ obligations: new Set(['notify']) });
    const { code, metadata } = await harness.check({ path: '/told/a' });
    expect(code).toBe(0);
    expect(metadata.obligations).toMatchObject([{ name: 'notify', properties: { to: 'owner' } }]);
  });

  test.each([
    ['none', {}],
    ['profiles', { access_request: expect.anything(), evaluation_id: uuid }],
  ] as const)('a refused client gets the context of form %s', async (contextForm, members) => {
    const harness = await open({ contextForm });
    const { body } = await harness.check({ path: '/asks/a' });
    const { reason: _, evaluated_at: __, ...rest } = body ?? {};
    expect(rest).toEqual({ title: 'Forbidden', status: 403, ...members });
  });
});

describe('attributes', () => {
  /** The response for a mapping whose action is GET and whose resource is an expression. */
  async function mapResource(expression: string, http: object, attributes: object = {}) {
    const id = `$'/public/' + ${expression} + '.env'`;
    const declared = {
      ext_authz: {
        subject: { type: 'identity', id: 'x' },
        action: { name: 'GET' },
        resource: { type: 'route', id },
      },
    };
    const harness = await open({ declared });
    const { body } = await harness.check(http, attributes);
    return String(body?.detail).replace(/^\/public\/(.*)\.env holds secrets$/s, '$1');
  }

  const json = { 'content-type': 'application/json' };
  test.each([
    ['request.method', { method: 'PUT' }, 'PUT'],
    ['request.path', { path: '/a/b?c=d' }, '/a/b'],
    ['request.target', { path: '/a/b?c=d' }, '/a/b?c=d'],
    ['request.query.c[1]', { path: '/a?c=1&c=x%20y' }, 'x y'],
    ['request.host', { host: 'api.test' }, 'api.test'],
    ['request.scheme', { scheme: 'https' }, 'https'],
    ['request.protocol', { protocol: 'HTTP/2' }, 'HTTP/2'],
    ['request.id', { id: 'r1' }, 'r1'],
    ['string(request.size)', { size: '12' }, '12'],
    ["request.headers['x-team']", { headers: { 'X-Team': 'a' } }, 'a'],
    ['request.body.user.name', { body: '{"user":{"name":"eve"}}', headers: json }, 'eve'],
    ['request.text', { body: 'plain' }, 'plain'],
    ['request.body.a', { raw_body: Buffer.from('{"a":"ä"}'), headers: json }, 'ä'],
  ])('%s of a request', async (expression, http, expected) => {
    expect(await mapResource(expression, http)).toBe(expected);
  });

  test('raw headers are joined by name', async () => {
    const header = (key: string, value: string) => ({ key, raw_value: Buffer.from(value) });
    const header_map = { headers: [header('X-A', '1'), header('x-a', '2')] };
    expect(await mapResource("request.headers['x-a']", { header_map })).toBe('1, 2');
  });

  test.each([
    ['is incomplete', '{"a":"b"}', { ...json, 'x-envoy-auth-partial-body': 'true' }],
    ['has a name twice', '{"a":"b","a":"c"}', json],
    ['has names that differ in case', '{"a":"b","A":"c"}', json],
    ['has a number that not every reader reads', '{"a":"b","n":9007199254740993}', json],
    ['is not JSON', '{"a"', json],
    ['has another type', '{"a":"b"}', { 'content-type': 'text/json' }],
  ])('a body that %s is not mapped', async (_, body, headers) => {
    expect(await mapResource('request.body.a', { body, headers })).toMatch(/No such key: body/);
  });

  test('the source has its address, service and labels', async () => {
    const source = {
      address: { socket_address: { address: '10.0.0.7', port_value: 4711 } },
      service: 'web',
      labels: { app: 'shop' },
    };
    const expression =
      "source.address + ' ' + string(source.port) + ' ' + source.service + ' ' + source.labels.app";
    expect(await mapResource(expression, {}, { source })).toBe('10.0.0.7 4711 web shop');
    const pipe = { address: { pipe: { path: '/run/a.sock' } } };
    expect(await mapResource('destination.address', {}, { destination: pipe })).toBe('/run/a.sock');
  });

  test('context extensions, route metadata and the server name are inputs', async () => {
    const attributes = {
      context_extensions: { tenant: 'acme' },
      route_metadata_context: createMetadata({ team: { name: 'a' } }).metadata_context,
      tls_session: { sni: 'api.test' },
    };
    const expression =
      "request.context_extensions.tenant + ' ' + request.route_metadata.team.name + ' ' + request.sni";
    expect(await mapResource(expression, {}, attributes)).toBe('acme a api.test');
  });

  test('the certificate of the client is `peer` and `source.certificate`', async () => {
    const authority = new Authority();
    const { certificate } = authority.issue('agent', 'URI:spiffe://td/ns/a,DNS:agent.test');
    const pem = encodeURIComponent(readFileSync(certificate, 'utf8'));
    const source = { certificate: pem, principal: 'spiffe://td/ns/a' };
    const expression =
      "peer.uris[0] + ' ' + source.certificate.dns_names[0] + ' ' + peer.subject + ' ' + source.principal";
    expect(await mapResource(expression, {}, { source })).toBe(
      'spiffe://td/ns/a agent.test CN=agent spiffe://td/ns/a',
    );
    const unread = await mapResource('peer.subject', {}, { source: { certificate: 'none%' } });
    expect(unread).toMatch(/No such key: subject/);
  });

  test('a name in a certificate cannot pretend to be two', async () => {
    const authority = new Authority();
    const { certificate } = authority.issue(
      'odd',
      `@names\n[names]\nDNS.1=a, URI:spiffe://td/admin, b`,
    );
    const pem = encodeURIComponent(readFileSync(certificate, 'utf8'));
    expect(await mapResource('string(size(peer.uris))', {}, { source: { certificate: pem } })).toBe(
      '0',
    );
  });

  test('the payload of a token that Envoy verified is `token`', async () => {
    const metadata = createMetadata({
      'envoy.filters.http.jwt_authn': { payload: { sub: 'alice', roles: ['a', 'b'], exp: 1.5 } },
    });
    expect(await mapResource('token.sub + token.roles[1]', {}, metadata)).toBe('aliceb');
    const other = createMetadata({ 'envoy.filters.http.jwt_authn': { header: { sub: 'alice' } } });
    expect(await mapResource('token.sub', {}, other)).toMatch(/No such key: sub/);
  });

  test('a call of MCP that Envoy parsed is mapped', async () => {
    const declared = {
      ext_authz: {
        subject: { type: 'identity', id: '$token.sub' },
        action: {
          name: "$metadata['envoy.filters.http.mcp'].method",
          properties: { tool: '$params.name', path: '$params.arguments.path' },
        },
        resource: { type: 'mcp_server', id: '$request.host' },
      },
    };
    const harness = await open({ declared });
    const call = (name: string, path: string) => ({
      'envoy.filters.http.jwt_authn': { payload: { sub: 'alice' } },
      'envoy.filters.http.mcp': {
        method: 'tools/call',
        id: 1,
        params: { name, arguments: { path } },
      },
    });
    const check = async (name: string, path: string) =>
      (await harness.check({ method: 'POST', host: 'fs' }, createMetadata(call(name, path)))).code;
    expect(await check('read', '/work/a')).toBe(0);
    expect(await check('read', '/etc/passwd')).toBe(7);
    expect(await check('write', '/work/a')).toBe(7);
  });
});

const sessionHeader = "$request.headers[?'nhipol-session']";
/** A mapping that takes the session from a header. */
const named = { ext_authz: { ...defaultMapping.ext_authz, session: sessionHeader } };

describe('mapping', () => {
  test('a request that cannot be mapped is denied with a reason', async () => {
    const { log, entries } = memoryLog();
    const harness = await open({ pointOptions: { log } });
    const { code, status, body, metadata } = await harness.check(
      { path: '/public' },
      { source: {} },
    );
    expect([code, status]).toEqual([7, 403]);
    expect(body).toMatchObject({
      effect: 'deny',
      reasons: ['not_mapped'],
      detail: expect.stringMatching(/^the request cannot be mapped: expression `.*` failed: /),
    });
    expect(metadata.reasons).toEqual(['not_mapped']);
    expect(entries).toMatchObject([
      { kind: 'refusal', reason: expect.stringContaining('principal') },
    ]);
  });

  test('a request that is not valid for the policy is denied', async () => {
    const { code, body } = await shared.check({ method: 'DELETE', path: '/public' });
    expect(code).toBe(7);
    expect(body?.effect).toBe('deny');
  });

  test('claims are properties of the subject where the mapping says so', async () => {
    const declared = {
      ext_authz: {
        subject: {
          type: 'identity',
          id: '$token.sub',
          properties: { scopes: "$token.scope.split(' ')" },
        },
        action: { name: '$request.method', properties: { amount: '$request.?body.?amount' } },
        resource: { type: 'route', id: '$request.path' },
      },
    };
    const harness = await open({ declared });
    const claims = (scope: string) =>
      createMetadata({ 'envoy.filters.http.jwt_authn': { payload: { sub: 'a', scope } } });
    const post = { method: 'POST', path: '/orders' };
    expect(await harness.check(post, claims('read write'))).toMatchObject({ code: 0 });
    expect(await harness.check(post, claims('read'))).toMatchObject({ code: 7 });
    const body = { headers: { 'content-type': 'application/json' }, body: '{"amount":99}' };
    expect(await harness.check({ ...post, ...body }, claims('read'))).toMatchObject({ code: 0 });
  });

  test('the address of the client is in the context', async () => {
    const from = (address: string) => ({
      source: { principal: 'a', address: { socket_address: { address } } },
    });
    expect(await shared.check({ path: '/local/a' }, from('10.1.2.3'))).toMatchObject({ code: 0 });
    expect(await shared.check({ path: '/local/a' }, from('192.0.2.1'))).toMatchObject({ code: 7 });
  });

  test('facts of the service replace mapped ones', async () => {
    const facts = createVouchedFacts({ subject: { properties: { scopes: '$token.scopes' } } });
    const declared = {
      ext_authz: {
        subject: { type: 'identity', id: 'a', properties: { scopes: ['write'] } },
        action: { name: 'POST' },
        resource: { type: 'route', id: '$request.path' },
      },
    };
    const harness = await open({ declared, pointOptions: { facts } });
    const claims = (scopes: readonly string[]) =>
      createMetadata({ 'envoy.filters.http.jwt_authn': { payload: { scopes } } });
    expect(await harness.check({ path: '/a' }, claims(['write']))).toMatchObject({ code: 0 });
    expect(await harness.check({ path: '/a' }, claims(['read']))).toMatchObject({ code: 7 });
    expect(await harness.check({ path: '/a' })).toMatchObject({ code: 7 });
  });
});

describe('sessions', () => {
  const inSession = { path: '/public/a', headers: { 'nhipol-session': 's1' } };
  const subject = { type: 'identity', id: 'spiffe://td/agent' };

  test('a header names none by default', async () => {
    const harness = await open();
    expect(await harness.check(inSession)).toMatchObject({ code: 0 });
  });

  test('that a client can leave out are reported when the mapping is read', () => {
    expect(parseGrpcMapping().optionalSessions).toEqual([]);
    expect(parseGrpcMapping(named).optionalSessions).toEqual(['$.ext_authz.session']);
    const part = { ...defaultMapping.ext_mcp, session: '$token.?sid' };
    expect(parseGrpcMapping({ ext_mcp: part }).optionalSessions).toEqual(['$.ext_mcp.session']);
    const safe = { ...defaultMapping.ext_authz, session: '$token.sid' };
    expect(parseGrpcMapping({ ext_authz: safe }).optionalSessions).toEqual([]);
    for (const session of [
      "$has(token.sid) ? token.sid : ''",
      '$token. ?sid',
      "$token[?'sid']",
      '$optional.none()',
      '$optional.ofNonZeroValue(token.sid)',
    ]) {
      const optional = { ...defaultMapping.ext_authz, session };
      expect(parseGrpcMapping({ ext_authz: optional }).optionalSessions).toEqual([
        '$.ext_authz.session',
      ]);
    }
  });

  attack('grpc-empty-session', () => {
    const subject = { type: 'identity', id: '$token.sub' };
    for (const session of ['$token.sid', "$has(token.sid) ? token.sid : ''", '']) {
      const { extAuthz } = parseGrpcMapping({
        ext_authz: { ...defaultMapping.ext_authz, subject, session },
      });
      const request = { method: 'GET', path: '/', query: {} };
      const decide = (token: object) =>
        extAuthz.request({ request, token: { sub: 'a', ...token } });
      expect(() => decide({ sid: '' })).toThrow('`session` is empty');
      if (session !== '') expect(decide({ sid: 's1' }).session).toBe('s1');
      expect(() => decide({})).toThrow();
    }
  });

  test('a request that names its session is decided in it', async () => {
    const harness = await open({ declared: named });
    await harness.point.sessions.open(serviceItself, 's1', { subject });
    expect(await harness.check(inSession)).toMatchObject({ code: 0 });
    await harness.point.sessions.signal(serviceItself, 's1', 'session-revoked', {}, undefined);
    const { status, body } = await harness.check(inSession);
    expect(status).toBe(403);
    expect(body).toMatchObject({ effect: 'revoke', detail: 'the session was ended' });
    expect(await harness.check({ path: '/public/a' })).toMatchObject({ code: 0 });
  });

  test('a session of another subject, or one that is not open, denies', async () => {
    const harness = await open({ declared: named });
    await harness.point.sessions.open(serviceItself, 's1', {
      subject: { type: 'identity', id: 'mallory' },
    });
    expect((await harness.check(inSession)).body?.reasons).toEqual(['other_subject']);
    const other = { path: '/public/a', headers: { 'nhipol-session': 's2' } };
    expect((await harness.check(other)).body?.reasons).toEqual(['no_session']);
  });
});

describe('callers', () => {
  attack('grpc-other-session', async () => {
    const computeDigest = (key: string) => createHash('sha256').update(key).digest('hex');
    const keys = (['ann', 'bob', 'reader'] as const).map((id) => ({
      id,
      sha256: computeDigest(`k-${id}`),
      roles: [id === 'reader' ? ('signals' as const) : ('evaluate' as const)],
    }));
    const { entries: lines, log } = memoryLog();
    const harness = await open({
      declared: named,
      access: createAccess({ keys }),
      pointOptions: { log },
    });
    const subject = { type: 'identity', id: 'spiffe://td/agent' };
    const ann = { id: 'key:ann', isOperator: false };
    await harness.point.sessions.open(ann, 's1', { subject });
    const check = (id: string, session: string) =>
      harness.check(
        { path: '/public/a', headers: { 'nhipol-session': session } },
        {},
        { metadata: { 'x-api-key': `k-${id}` } },
      );
    expect(await check('ann', 's1')).toMatchObject({ code: 0 });
    const [mine, none] = [await check('bob', 's1'), await check('bob', 'none')];
    expect(mine.body?.reasons).toEqual(['no_session']);
    expect({ ...mine.body, evaluation_id: '' }).toEqual({ ...none.body, evaluation_id: '' });
    await check('reader', 's1');
    await check('nobody', 's1');
    expect(lines.map(({ kind, caller }) => [kind, caller])).toEqual([
      ['opened', 'key:ann'],
      ['decision', 'key:ann'],
      ['decision', 'key:bob'],
      ['decision', 'key:bob'],
      ['refusal', 'key:reader'],
      ['refusal', 'unknown'],
    ]);
  });
});

describe('failures', () => {
  test('while the log cannot be written, nothing is permitted and the service is not ready', async () => {
    const log = {
      append: () => {
        throw new Error('disk full');
      },
      close: async () => {},
    };
    const harness = await open({ pointOptions: { log } });
    const { status, body } = await harness.check({ path: '/public/a' });
    expect(status).toBe(503);
    expect(body?.reasons).toEqual(['log_unavailable']);
    expect(await harness.call('health', {})).toEqual({ response: { status: 2 } });
  });

  test('a caller that is not identified gets a refusal for each request', async () => {
    const harness = await open({
      access: createAccess({
        keys: [
          // SHA-256 of `secret` and of `other`.
          {
            id: 'envoy',
            sha256: '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
            roles: ['evaluate'],
          },
          {
            id: 'watcher',
            sha256: 'd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa',
            roles: ['operate'],
          },
        ],
      }),
    });
    const check = (metadata: Readonly<Record<string, string>>) =>
      harness.check({ path: '/public/a' }, {}, { metadata });
    expect((await check({})).body?.reasons).toEqual(['unknown_caller']);
    expect((await check({ 'x-api-key': 'wrong' })).body?.reasons).toEqual(['unknown_caller']);
    expect((await check({ 'x-api-key': 'other' })).body?.reasons).toEqual(['not_decided']);
    expect(await check({ 'x-api-key': 'secret' })).toMatchObject({ code: 0 });
    expect(await check({ authorization: 'Bearer secret' })).toMatchObject({ code: 0 });
  });
});
