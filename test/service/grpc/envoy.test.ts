// Envoy itself with an upstream, with the configuration, the policy and the mapping of docs/envoy.md. Skipped if Envoy
// is not installed: `node scripts/install/envoy.mjs`.

import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createAccess, serviceItself } from '@nhipol/service';
import { defaultMapping } from '@nhipol/service/grpc';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { authorizationService } from '../../../service/grpc/services.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  Envoy,
  type EnvoyConfig,
  findBlock,
  hasEnvoy,
  Issuer,
  pageConfig,
  parseYaml,
  Upstream,
} from './envoy-harness.ts';
import { Authority, GrpcHarness, type HarnessOptions } from './grpc-harness.ts';

test('the page shows the default mappings', () => {
  expect(JSON.parse(findBlock('json', 'orValue'))).toEqual(defaultMapping.ext_authz);
  expect(JSON.parse(findBlock('json', 'optional.none'))).toEqual(defaultMapping.ext_mcp);
});

describe.skipIf(!hasEnvoy)('Envoy', () => {
  const policy = findBlock('nhipol', 'policy acme.api');
  const mapping = JSON.parse(findBlock('json', 'token.scope'));
  let module: Uint8Array;
  let upstream: Upstream;
  let issuer: Issuer;
  let bearer: string;
  let writer: string;
  beforeAll(async () => {
    module = await compileForGuard(policy);
    upstream = await Upstream.open();
    issuer = await new Issuer().open();
    bearer = await createBearer({ sub: 'alice', scope: 'customers.read', sid: 'of-alice' });
    writer = await createBearer({ sub: 'bob', scope: 'customers.write', sid: 'of-bob' });
  });
  afterAll(() => upstream.close());

  const services: GrpcHarness[] = [];
  const envoys: Envoy[] = [];
  afterEach(async () => {
    for (const each of envoys.splice(0)) await each.stop();
    for (const each of services.splice(0)) await each.close();
  });

  async function serve(options: HarnessOptions = {}): Promise<GrpcHarness> {
    const service = await GrpcHarness.open({
      declared: mapping,
      ...options,
      pointOptions: { module, ...options.pointOptions },
    });
    services.push(service);
    if (options.pointOptions === undefined) {
      for (const id of ['alice', 'bob']) await openSession(service, `of-${id}`, id);
    }
    return service;
  }

  const openSession = ({ point }: GrpcHarness, id: string, subject: string) => {
    const properties = { scopes: [subject === 'bob' ? 'customers.write' : 'customers.read'] };
    return point.sessions.open(serviceItself, id, {
      subject: { type: 'identity', id: subject, properties },
    });
  };

  async function createBearer(claims: Record<string, unknown>): Promise<string> {
    return `Bearer ${await issuer.token(claims)}`;
  }

  /** Envoy before the upstream; `change` changes its configuration. */
  async function start(nhipol: number, change: (config: EnvoyConfig) => void = () => {}) {
    const config = pageConfig();
    config.filter('jwt_authn').providers.acme.local_jwks.filename = issuer.path;
    change(config);
    const envoy = await Envoy.start(config, { upstream: upstream.port, nhipol });
    envoys.push(envoy);
    return envoy;
  }

  describe('with the configuration of the page', () => {
    let service: GrpcHarness;
    let envoy: Envoy;
    beforeAll(async () => {
      service = await serve();
      envoy = await start(service.service.port, ({ filter }) => {
        filter('ext_authz').grpc_service.timeout = '10s';
      });
      // They are for all tests of this group.
      services.length = 0;
      envoys.length = 0;
    });
    afterAll(async () => {
      await envoy.stop();
      await service.close();
    });

    const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
      envoy.send(path, { headers: { authorization: bearer, ...headers } });
    const post = (path: string, authorization: string) =>
      envoy.send(path, { method: 'POST', headers: { authorization } });

    test('a permitted request reaches the upstream with the decision', async () => {
      const { status, body } = await get('/customers/1?a=b');
      expect(status).toBe(200);
      expect(body).toMatchObject({
        method: 'GET',
        url: '/customers/1?a=b',
        headers: {
          'x-nhipol-effect': 'permit',
          'x-nhipol-decision-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      });
      await expect
        .poll(() => envoy.lines.at(-1))
        .toMatchObject({
          path: '/customers/1?a=b',
          status: 200,
          decision: {
            effect: 'permit',
            reasons: ['reads'],
            decision_id: body.headers['x-nhipol-decision-id'],
          },
        });
    });

    test('a narrow has its constraints in a header and in metadata', async () => {
      const { status, body } = await get('/customers/export/all');
      expect(status).toBe(200);
      expect(body.headers).toMatchObject({
        'x-nhipol-effect': 'narrow',
        'x-nhipol-constraints': '{"max_rows":100}',
      });
      await expect
        .poll(() => envoy.lines.at(-1)?.decision)
        .toMatchObject({ effect: 'narrow', constraints: { max_rows: 100 } });
    });

    test('a denied request gets the reasons, and does not reach the upstream', async () => {
      const { status, headers, body } = await get('/admin');
      expect(status).toBe(403);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body).toEqual({
        title: 'Forbidden',
        status: 403,
        detail: 'no rule permits it',
        effect: 'deny',
        reasons: ['default_deny'],
        evaluation_id: headers['x-nhipol-decision-id'],
      });
      await expect
        .poll(() => envoy.lines.at(-1))
        .toMatchObject({
          status: 403,
          details: 'ext_authz_denied',
          decision: { effect: 'deny' },
        });
    });

    test('a challenge is as the page shows it', async () => {
      const { status, body } = await post('/transfers/1', writer);
      expect(status).toBe(403);
      const shown = JSON.parse(findBlock('json', '"evaluation_id"'));
      const { reason, evaluated_at, access_request_name, ...members } = body;
      expect(Object.keys(members).toSorted()).toEqual(Object.keys(shown).toSorted());
      const { title, detail, effect, reasons, access_request } = shown;
      expect(members).toMatchObject({ title, detail, effect, reasons });
      expect(Object.keys(members.access_request)).toEqual(Object.keys(access_request));
    });

    test('claims of the token decide', async () => {
      expect((await post('/customers', writer)).status).toBe(200);
      expect((await post('/customers', bearer)).status).toBe(403);
      expect((await envoy.send('/customers/1')).status).toBe(401);
      const other = await new Issuer().open();
      const forged = `Bearer ${await other.token({ sub: 'alice', scope: 'customers.write' })}`;
      expect((await post('/customers', forged)).status).toBe(401);
    });

    test('headers that a client forges do not reach the upstream', async () => {
      const { body } = await get('/customers/1', {
        'x-nhipol-effect': 'narrow',
        'X-Nhipol-Constraints': '{"max_rows":1000000}',
        'x-nhipol-admin': 'true',
      });
      expect(body.headers).toMatchObject({ 'x-nhipol-effect': 'permit' });
      const names = Object.keys(body.headers).filter((name) => name.startsWith('x-nhipol'));
      expect(names.toSorted()).toEqual(['x-nhipol-decision-id', 'x-nhipol-effect']);
      expect((await get('/customers/1', { x_nhipol_effect: 'permit' })).status).toBe(400);
    });

    test('the policy gets the path that the upstream serves', async () => {
      expect((await get('/customers/../admin')).status).toBe(403);
      expect((await get('/admin/../customers/1')).body.url).toBe('/customers/1');
      expect((await get('//customers//1')).body.url).toBe('/customers/1');
      expect((await get('/customers%2f..%2fadmin')).status).toBe(400);
    });

    attack('envoy-omitted-session', async () => {
      const { sessions } = service.point;
      await openSession(service, 's1', 'alice');
      await openSession(service, 's2', 'alice');
      const authorization = await createBearer({ sub: 'alice', scope: '', sid: 's1' });
      const named: readonly Record<string, string | string[]>[] = [
        {},
        { 'nhipol-session': '' },
        { 'nhipol-session': 's1' },
        { 'nhipol-session': 's2' },
        { 'NHIPOL-Session': ['s2', 's1'] },
        { 'x-nhipol-session': 's2', sid: 's2', cookie: 'sid=s2' },
      ];
      const all = () =>
        Promise.all(
          named.map((headers) =>
            envoy.send('/customers/1?sid=s2', { headers: { authorization, ...headers } }),
          ),
        );
      for (const { status } of await all()) expect(status).toBe(200);
      await sessions.signal(serviceItself, 's1', 'session-revoked', {}, undefined);
      for (const { status, body } of await all()) {
        expect([status, body.effect, body.reasons]).toEqual([403, 'revoke', ['session_revoked']]);
      }
    });

    attack('envoy-session-of-another', async () => {
      await openSession(service, 's3', 'carol');
      for (const [sid, reason] of [
        ['s3', 'other_subject'],
        ['nobody', 'no_session'],
      ]) {
        const authorization = await createBearer({ sub: 'alice', scope: '', sid });
        const { status, body } = await get('/customers/1', { authorization });
        expect([status, body.reasons]).toEqual([403, [reason]]);
      }
    });

    attack('envoy-other-token', async () => {
      const count = upstream.requests.length;
      const claims = { sub: 'alice', scope: '', sid: 'of-alice' };
      const [head, payload, signature] = bearer.slice('Bearer '.length).split('.');
      const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url');
      const other = await new Issuer().open();
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      for (const authorization of [
        '',
        'Bearer',
        'Bearer ',
        'Basic YTpi',
        `Bearer ${none}.${payload}.`,
        `Bearer ${head}.${changed}.${signature}`,
        `Bearer ${await other.token(claims)}`,
        await createBearer({ ...claims, exp: 1 }),
        await createBearer({ ...claims, nbf: Date.now() }),
        await createBearer({ ...claims, aud: 'https://other.example' }),
        await createBearer({ ...claims, iss: 'https://other.example' }),
      ]) {
        const { status } = await envoy.send('/customers/1', { headers: { authorization } });
        expect([401, 403]).toContain(status);
      }
      const forged = `authorization: Bearer ${await other.token(claims)}`;
      for (const both of [
        [`authorization: ${bearer}`, forged],
        [forged, `authorization: ${bearer}`],
      ]) {
        const status = await envoy.sendRaw(['GET /customers/1 HTTP/1.1', ...both]);
        expect([400, 401]).toContain(status);
      }
      const { sid, ...others } = claims;
      for (const without of [others, { ...others, sid: '' }, { ...others, sid: 1 }]) {
        const authorization = await createBearer(without);
        const { status, body } = await get('/customers/1', { authorization });
        expect([without, status, body.effect]).toEqual([without, 403, 'deny']);
      }
      expect(upstream.requests.length).toBe(count);
    });

    test('the policy denies each request of a mapping without a session', async () => {
      const { session, ...others } = mapping.ext_authz;
      expect(session).toBe('$token.sid');
      const { service: other } = await serve({ declared: { ...mapping, ext_authz: others } });
      const opened = await start(other.port);
      const headers = { authorization: bearer };
      const { status, body } = await opened.send('/customers/1', { headers });
      expect([status, body.reasons]).toEqual([403, ['session_revoked']]);
    });

    attack('envoy-path-confusion', async () => {
      const paths = [
        '/customers/../admin',
        '/customers/%2e%2e/admin',
        '/customers/.%2E/admin',
        '//admin',
        '/customers%2f..%2fadmin',
        '/customers/..%2fadmin',
        '/customers/..%5cadmin',
        '/customers/..;/admin',
        '/customers;/../admin',
        '/customers/..\\admin',
        '/./admin',
        '/customers/%252e%252e/admin',
        '/CUSTOMERS/1',
        '/customers/%00',
        '/customers#/../admin',
        '/customers/.../admin',
        '/customersX',
        '/customers/..%c0%af../admin',
        '/customers/%',
      ];
      const { length } = upstream.requests;
      for (const path of paths) {
        await envoy.sendRaw([`GET ${path} HTTP/1.1`, `authorization: ${bearer}`]);
      }
      for (const host of ['x', '127.0.0.1']) {
        await envoy.sendRaw([`GET http://${host}/admin HTTP/1.1`, `authorization: ${bearer}`]);
      }
      const reached = upstream.requests.slice(length).map(({ url }) => url ?? '');
      for (const url of reached) {
        // The path of a server that decodes the path, and resolves and removes what servers do.
        const decoded = decodeURIComponent(url.replace(/%(?![\da-f]{2})|%c0|%af/gi, ''));
        const resolved = new URL(decoded.replace(/;[^/]*/g, ''), 'http://x').pathname;
        expect([url, resolved]).toEqual([url, expect.stringMatching(/^\/customers(\/|$)/)]);
      }
    });

    attack('envoy-forged-decision', async () => {
      const names = ['X-NHIPOL-EFFECT', 'x-Nhipol-Constraints', 'x-nhipol-valid-until'];
      const { length } = upstream.requests;
      const lines = names.flatMap((name) => [`${name}: a`, `${name.toLowerCase()}: b`]);
      const status = await envoy.sendRaw([
        'GET /customers/1 HTTP/1.1',
        `authorization: ${bearer}`,
        ...lines,
      ]);
      expect(status).toBe(200);
      const [request] = upstream.requests.slice(length);
      const own = Object.entries(request?.headers ?? {}).filter(([name]) => /nhipol/i.test(name));
      expect(Object.fromEntries(own)).toEqual({
        'x-nhipol-effect': 'permit',
        'x-nhipol-decision-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      for (const name of ['x_nhipol_effect', 'X-Nhipol_Constraints']) {
        expect((await get('/customers/1', { [name]: '{}' })).status).toBe(400);
      }
    });

    attack('envoy-method-confusion', async () => {
      const { length } = upstream.requests;
      for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
        expect((await get('/customers/1', { [name]: 'DELETE' })).status).toBe(200);
      }
      for (const { method } of upstream.requests.splice(length)) expect(method).toBe('GET');
      for (const method of ['DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'PROPFIND']) {
        const status = await envoy.sendRaw([
          `${method} /customers/1 HTTP/1.1`,
          `authorization: ${bearer}`,
        ]);
        expect([method, status]).toEqual([method, expect.any(Number)]);
        expect([400, 403, 405, 0]).toContain(status);
      }
      expect(upstream.requests.length).toBe(length);
    });
  });

  describe('when the service does not answer', () => {
    const get = (envoy: Envoy, headers: Readonly<Record<string, string>> = {}) =>
      envoy.send('/customers/1', { headers: { authorization: bearer, ...headers } });
    const open = ({ filter }: EnvoyConfig) => {
      filter('ext_authz').failure_mode_allow = true;
      filter('ext_authz').failure_mode_allow_header_add = true;
    };

    /** Accepts checks and answers none. */
    async function silent(): Promise<{ readonly port: number; readonly close: () => void }> {
      const server = new Server();
      server.addService(authorizationService, { Check: () => {} });
      const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
          error === null ? resolve(bound) : reject(error),
        ),
      );
      return { port, close: () => server.forceShutdown() };
    }

    test('a stopped service closes the way, and opens it when it is back', async () => {
      const service = await serve();
      const { port } = service.service;
      const envoy = await start(port);
      expect((await get(envoy)).status).toBe(200);
      services.splice(0);
      await service.close();
      expect((await get(envoy)).status).toBe(503);
      await expect.poll(() => envoy.lines.at(-1)?.details).toBe('ext_authz_error');
      await serve({ port });
      await expect.poll(async () => (await get(envoy)).status, { timeout: 10_000 }).toBe(200);
    });

    test('with `failure_mode_allow`, requests pass a stopped service without a decision', async () => {
      const service = await serve();
      const envoy = await start(service.service.port, open);
      services.splice(0);
      await service.close();
      const { status, body } = await get(envoy, { 'x-nhipol-effect': 'permit' });
      expect(status).toBe(200);
      expect(body.headers).toMatchObject({ 'x-envoy-auth-failure-mode-allowed': 'true' });
      expect(body.headers).not.toHaveProperty('x-nhipol-effect');
    });

    test('with `failure_mode_allow`, what reaches the service is still refused', async () => {
      const service = await serve({ access: createAccess({ keys: [] }) });
      const envoy = await start(service.service.port, open);
      const { status, body } = await get(envoy);
      expect([status, body.reasons]).toEqual([403, ['unknown_caller']]);
    });

    test('a slow service closes the way after the timeout', async () => {
      const slow = await silent();
      const envoy = await start(slow.port);
      const before = performance.now();
      expect((await get(envoy)).status).toBe(503);
      const elapsed = performance.now() - before;
      expect(elapsed).toBeGreaterThan(240);
      expect(elapsed).toBeLessThan(5_000);
      slow.close();
    });

    test('with `failure_mode_allow`, requests pass a slow service after the timeout', async () => {
      const slow = await silent();
      const envoy = await start(slow.port, open);
      expect((await get(envoy)).status).toBe(200);
      slow.close();
    });

    test('a check that is too long is an error', async () => {
      const service = await serve({ maxMessageBytes: 2_048 });
      const envoy = await start(service.service.port);
      expect((await get(envoy)).status).toBe(200);
      expect((await get(envoy, { 'x-long': 'a'.repeat(3_000) })).status).toBe(503);
    });
  });

  test('a body is mapped if Envoy sends it whole', async () => {
    const { subject, action, session } = mapping.ext_authz;
    const resource = { type: 'route', id: '$request.body.path' };
    const declared = { ext_authz: { subject, action, resource, session } };
    const service = await serve({ declared });
    const { with_request_body } = parseYaml('with_request_body:');
    const envoy = await start(service.service.port, ({ filter }) => {
      filter('ext_authz').with_request_body = { ...with_request_body, max_request_bytes: 64 };
    });
    const partial = await start(service.service.port, ({ filter }) => {
      filter('ext_authz').with_request_body = {
        max_request_bytes: 64,
        allow_partial_message: true,
      };
    });
    const send = (to: Envoy, body: string) =>
      to.send(
        '/x',
        {
          method: 'POST',
          headers: { authorization: writer, 'content-type': 'application/json' },
        },
        body,
      );
    expect((await send(envoy, '{"path":"/customers"}')).body.body).toBe('{"path":"/customers"}');
    const twice = await send(envoy, '{"path":"/customers","path":"/x"}');
    expect([twice.status, twice.body.reasons]).toEqual([403, ['not_mapped']]);
    const long = `{"path":"/customers"${' '.repeat(100)}}`;
    expect((await send(envoy, long)).status).toBe(413);
    const cut = await send(partial, long);
    expect([cut.status, cut.body.reasons]).toEqual([403, ['not_mapped']]);
  });

  test('raw headers and bodies are read, too', async () => {
    const service = await serve();
    const envoy = await start(service.service.port, ({ filter }) => {
      filter('ext_authz').encode_raw_headers = true;
      filter('ext_authz').with_request_body = { max_request_bytes: 64, pack_as_bytes: true };
    });
    const headers = { authorization: writer, 'x-nhipol-admin': 'true' };
    const { status, body } = await envoy.send('/customers', { method: 'POST', headers }, '{}');
    expect(status).toBe(200);
    expect(body.headers).not.toHaveProperty('x-nhipol-admin');
  });

  test('certificates identify the client to Envoy, and Envoy to the service', async () => {
    const authority = new Authority();
    const tls = authority.issue('nhipol', 'IP:127.0.0.1');
    const own = authority.issue('envoy', 'URI:spiffe://td/envoy,IP:127.0.0.1');
    const client = authority.issue('client', 'URI:spiffe://td/reporting');
    const service = await serve({
      declared: {
        ext_authz: {
          subject: { type: 'identity', id: '$source.principal' },
          action: { name: "$peer.uris[0] == source.principal ? request.method : 'none'" },
          resource: { type: 'route', id: '$request.path' },
          session: '$source.principal',
        },
      },
      tls: { ...tls, clientAuthorities: authority.certificate },
      access: createAccess({
        certificates: [{ name: 'spiffe://td/envoy', roles: ['evaluate', 'operate'] }],
      }),
    });
    await openSession(service, 'spiffe://td/reporting', 'spiffe://td/reporting');
    const downstream = parseYaml('DownstreamTlsContext').transport_socket;
    const upstreamSocket = parseYaml('UpstreamTlsContext').transport_socket;
    for (const { typed_config } of [downstream, upstreamSocket]) {
      const { tls_certificates, validation_context } = typed_config.common_tls_context;
      tls_certificates[0].certificate_chain.filename = own.certificate;
      tls_certificates[0].private_key.filename = own.key;
      validation_context.trusted_ca.filename = authority.certificate;
    }
    const envoy = await start(service.service.port, ({ listener, manager, filter, cluster }) => {
      manager.http_filters.shift();
      filter('ext_authz').include_peer_certificate = true;
      listener.filter_chains[0].transport_socket = downstream;
      cluster('nhipol').transport_socket = upstreamSocket;
    });
    const ca = readFileSync(authority.certificate);
    const secrets = {
      ca,
      cert: readFileSync(client.certificate),
      key: readFileSync(client.key),
    };
    expect(await envoy.readHealth('nhipol')).toEqual([{ eds_health_status: 'HEALTHY' }]);
    const { status, body } = await envoy.send('/customers/1', {}, '', secrets);
    expect([status, body.headers['x-nhipol-effect']]).toEqual([200, 'permit']);
    await expect(envoy.send('/customers/1', {}, '', { ca })).rejects.toThrow();
  });

  test('a key identifies Envoy to the service', async () => {
    const { initial_metadata } = parseYaml('initial_metadata:');
    // SHA-256 of `SECRET`.
    const sha256 = '0917b13a9091915d54b6336f45909539cce452b3661b21f386418a257883b30a';
    const service = await serve({
      access: createAccess({ keys: [{ id: 'envoy', sha256, roles: ['evaluate', 'operate'] }] }),
    });
    const envoy = await start(service.service.port, ({ filter }) => {
      filter('ext_authz').grpc_service.initial_metadata = initial_metadata;
    });
    const headers = { authorization: bearer };
    expect((await envoy.send('/customers/1', { headers })).status).toBe(200);
  });

  test('calls of MCP are decided by their tools and arguments', async () => {
    const service = await serve({
      declared: JSON.parse(findBlock('json', "'fs:' + params.name")),
      pointOptions: { module: await compileForGuard(mcpPolicy) },
    });
    const envoy = await start(service.service.port, ({ manager, filter }) => {
      manager.http_filters.splice(1, 0, parseYaml('REJECT_NO_MCP'));
      filter('ext_authz').metadata_context_namespaces.push('envoy.filters.http.mcp');
    });
    const call = async (message: object | string) => {
      const headers = {
        authorization: bearer,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      };
      const body = typeof message === 'string' ? message : JSON.stringify(message);
      return (await envoy.send('/mcp', { method: 'POST', headers }, body)).status;
    };
    const tool = (name: string, path: string) => ({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: { path } },
    });
    expect(await call(tool('read', '/work/a'))).toBe(200);
    expect(await call(tool('read', '/etc/passwd'))).toBe(403);
    expect(await call(tool('write', '/work/a'))).toBe(403);
    expect(await call({ jsonrpc: '2.0', id: 1, method: 'tools/list' })).toBe(200);
    expect(await call({ jsonrpc: '2.0', id: 1, method: 'resources/list' })).toBe(403);
    expect(await call('{"a":1}')).toBe(400);
    const twice = JSON.stringify(tool('read', '/work/a')).replace(
      '"name":"read"',
      '"name":"read","name":"write"',
    );
    expect(await call(twice)).toBe(400);
  });
});

const mcpPolicy = `
policy test.mcp version "1.0.0"

subject ai_agent {}
action "fs:read" { arguments: { path: String } }
action "mcp:tools/list" {}
resource mcp_server {}

for ai_agent doing "fs:read" on mcp_server {
  permit inside when action.arguments.path under "/work"
}
for ai_agent doing "mcp:tools/list" on mcp_server {
  permit lists when resource.id is "fs"
}
`;
