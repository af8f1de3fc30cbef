// Envoy itself with `nhipol-envoy`: the configuration of docs/envoy.md, with its policy and mapping without sessions. Skipped if
// Envoy or Go is not installed.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Envoy, findBlock, hasEnvoy, Issuer, pageConfig, Upstream } from './envoy-harness.ts';
import { GrpcHarness } from './grpc-harness.ts';
import { buildServer, type GoServer, hasGo, startServer } from './nhipol-envoy-harness.ts';

describe.skipIf(!hasEnvoy || !hasGo)('Envoy with nhipol-envoy', () => {
  const policy = findBlock('nhipol', 'policy acme.api')
    .replace(/for identity \{\n {2}revoke[^}]*\}\n/, '')
    .replace('signals Events\n', '');
  const { session: _, ...authz } = JSON.parse(findBlock('json', 'token.scope')).ext_authz;
  const mapping = { ext_authz: authz };

  let module: Uint8Array;
  let upstream: Upstream;
  let issuer: Issuer;
  let bearer: string;
  let service: GrpcHarness;
  let server: GoServer;
  let envoys: readonly [Envoy, Envoy];
  beforeAll(async () => {
    buildServer();
    module = await compileForGuard(policy);
    upstream = await Upstream.open();
    issuer = await new Issuer().open();
    const claims = { sub: 'alice', scope: 'customers.read customers.write' };
    bearer = `Bearer ${await issuer.token(claims)}`;
    service = await GrpcHarness.open({ declared: mapping, pointOptions: { module } });
    server = await startServer(module, mapping, ['--max-body', '8']);
    envoys = [await startEnvoy(service.service.port), await startEnvoy(server.port)];
  }, 300_000);
  afterAll(async () => {
    for (const envoy of envoys ?? []) await envoy.stop();
    await server?.stop('SIGKILL');
    await service?.close();
    upstream?.close();
  });

  async function startEnvoy(nhipol: number): Promise<Envoy> {
    const config = pageConfig();
    config.filter('jwt_authn').providers.acme.local_jwks.filename = issuer.path;
    config.filter('ext_authz').grpc_service.timeout = '10s';
    return Envoy.start(config, { upstream: upstream.port, nhipol });
  }

  const headers = (more: object = {}) => ({ headers: { authorization: bearer, ...more } });
  /** Without ids and instants, which differ. */
  const withoutIds = (answer: object) =>
    JSON.stringify(answer)
      .replace(/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
      .replace(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, 'NOW');

  test.each([
    ['GET', '/customers/1?a=b'],
    ['GET', '/customers/export/all'],
    ['GET', '/admin'],
    ['POST', '/customers'],
    ['POST', '/transfers/1'],
    ['DELETE', '/customers/1'],
    ['GET', '/customers/../admin'],
    ['GET', '//customers//1'],
    ['GET', '/customers%2f..%2fadmin'],
    ['GET', '/customers/%F0%9F%98%80?x=%ff&x=+&__proto__=1'],
  ])('%s %s gets the same response as with the service', async (method, path) => {
    const hostile = { 'X-Nhipol-Effect': ['permit', 'permit'], 'x-nhipol-admin': 'true' };
    const [expected, actual] = await Promise.all(
      envoys.map((envoy) => envoy.send(path, { method, ...headers(hostile) })),
    );
    const select = ({ status, headers: all, body }: NonNullable<typeof actual>) => {
      const { date: __, 'x-envoy-upstream-service-time': ___, ...rest } = all;
      const { headers: sent, ...answered } = body;
      const shown = sent === undefined ? undefined : { ...sent, host: '', 'x-request-id': '' };
      if (shown !== undefined) delete shown['x-envoy-expected-rq-timeout-ms'];
      return withoutIds({ status, rest, answered, shown });
    };
    expect(actual && select(actual)).toBe(expected && select(expected));
  });

  test('the access logs have the same decisions', async () => {
    const decisions = () =>
      envoys.map((envoy) =>
        envoy.lines.map(({ status, decision }) => {
          const { ext_authz_duration: ___, ...members } = decision ?? {};
          return withoutIds({ status, members });
        }),
      );
    await expect.poll(() => decisions().map(({ length }) => length)).toEqual([10, 10]);
    const [expected, actual] = decisions();
    expect(actual).toEqual(expected);
    for (const effect of ['permit', 'narrow', 'challenge', 'deny']) {
      expect(actual?.join()).toContain(`"effect":"${effect}"`);
    }
  });

  test('a permitted request reaches the upstream with the decision only', async () => {
    const { length } = upstream.requests;
    const { status } = await envoys[1].send('/customers/export/all', headers());
    expect(status).toBe(200);
    const [request] = upstream.requests.slice(length);
    const decisionHeaders = Object.entries(request?.headers ?? {}).filter(([name]) =>
      /nhipol/.test(name),
    );
    expect(Object.fromEntries(decisionHeaders)).toEqual({
      'x-nhipol-effect': 'narrow',
      'x-nhipol-decision-id': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-nhipol-constraints': '{"max_rows":100}',
    });
  });

  test('a check that is too long, and a server that was killed, close the way', async () => {
    const [, envoy] = envoys;
    const { length } = upstream.requests;
    const long = await envoy.send('/customers/1', headers({ 'x-long': 'a'.repeat(9_000) }));
    expect(long.status).toBe(503);
    expect((await envoy.send('/customers/1', headers())).status).toBe(200);
    await server.stop('SIGKILL');
    expect((await envoy.send('/customers/1', headers())).status).toBe(503);
    expect(upstream.requests.length).toBe(length + 1);
    const port = server.port;
    server = await startServer(module, mapping, ['--grpc', `127.0.0.1:${port}`]);
    await expect
      .poll(async () => (await envoy.send('/customers/1', headers())).status, { timeout: 10_000 })
      .toBe(200);
  });
});
