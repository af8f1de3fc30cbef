// Who may call the service: keys, tokens and certificates, their roles, and what is refused without them.

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAccess,
  createVouchedFacts,
  readAccess,
  readTls,
  SettingsError,
} from '@nhipol/service';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { createAuthority } from '../../support/system/certificates.ts';
import { TokenIssuer } from '../http/token-issuer.ts';
import { type Harness, openHarness } from './service-harness.ts';

const policy = `
policy test.access version "1.0.0"
subject workload { team?: String, trust?: String }
action read {}
resource file {}
context { time: Timestamp, client?: { id?: String } }
for workload doing read on file {
  permit own when subject.team is "ops"
  permit vouched when context.client.id is "spiffe://acme.example/gateway"
}
`;
const request = {
  subject: { type: 'workload', id: 'w' },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
};
const evaluation = '/access/v1/evaluation';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('keys', () => {
  let harness: Harness;
  beforeAll(async () => {
    const keys = [
      { id: 'gateway', sha256: sha256('k-evaluate'), roles: ['evaluate'] },
      { id: 'console', sha256: sha256('k-operate').toUpperCase(), roles: ['operate', 'sessions'] },
    ];
    const access = createAccess(readAccess(JSON.stringify({ keys })));
    harness = await openHarness({ policy, service: { access } });
  });
  afterAll(() => harness.close());

  test.each([
    ['X-API-Key', { 'x-api-key': 'k-evaluate' }],
    ['a bearer token', { authorization: 'Bearer k-evaluate' }],
    ['basic authentication', { authorization: `Basic ${btoa('gateway:k-evaluate')}` }],
  ])('a key is accepted as %s', async (_, headers) => {
    expect((await harness.post(evaluation, request, headers)).status).toBe(200);
  });

  test.each([
    ['no key', {}],
    ['an unknown key', { 'x-api-key': 'k-other' }],
    ['the digest of a key', { 'x-api-key': sha256('k-evaluate') }],
    ['an empty key', { 'x-api-key': '' }],
  ])('%s is not accepted', async (_, headers) => {
    const reply = await harness.post(evaluation, request, headers);
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  test('a caller has the routes of its roles only', async () => {
    const [evaluate, operate] = [{ 'x-api-key': 'k-evaluate' }, { 'x-api-key': 'k-operate' }];
    const statuses = async (headers: object) => [
      (await harness.post(evaluation, request, headers)).status,
      (await harness.call('GET', '/sessions', undefined, headers)).status,
      (await harness.call('GET', '/policy', undefined, headers)).status,
      (await harness.call('GET', '/metrics', undefined, headers)).status,
    ];
    expect(await statuses(evaluate)).toEqual([200, 403, 403, 403]);
    expect(await statuses(operate)).toEqual([403, 200, 200, 200]);
    expect(await statuses({})).toEqual([401, 401, 401, 401]);
  });

  test('health and metadata need no key', async () => {
    for (const path of ['/healthz', '/readyz', '/.well-known/authzen-configuration']) {
      expect((await harness.call('GET', path)).status).toBe(200);
    }
  });
});

describe('a service on a loopback address', () => {
  test('is not reached by a page of another name for it', async () => {
    const harness = await openHarness({
      policy,
      service: { access: createAccess(undefined, 'pdp.example.com') },
    });
    const ask = (path: string, host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const body = JSON.stringify(request);
        const headers = { host, 'content-type': 'application/json', 'content-length': body.length };
        const options = { port: harness.service.port, path, method: 'POST', headers };
        const sent = httpRequest(options, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end(body);
      });
    try {
      for (const host of ['127.0.0.1:8181', 'localhost', '[::1]:8181', 'pdp.example.com']) {
        expect([host, await ask(evaluation, host)]).toEqual([host, 200]);
      }
      for (const path of [evaluation, '/access/v1/evaluations', '/sessions']) {
        expect([path, await ask(path, 'evil.example:8181')]).toEqual([path, 403]);
      }
    } finally {
      await harness.close();
    }
  });
});

describe('tokens', () => {
  test('a token of the issuer identifies its caller, and its claims replace what the caller says', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    const issuer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
    const tokens = { issuer: url, audience: 'pdp', jwks: `${url}/keys`, algorithms: ['ES256'] };
    const facts = createVouchedFacts({ subject: { properties: { team: '$token.?team' } } });
    const access = createAccess(readAccess(JSON.stringify({ tokens })));
    const harness = await openHarness({ policy, point: { facts }, service: { access } });
    const signToken = (claims: object, audience = 'pdp', end = '5m') =>
      new SignJWT({ sub: 'w', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
        .setIssuer(url)
        .setAudience(audience)
        .setExpirationTime(end)
        .sign(privateKey);
    const ask = async (token: string, subject: object = request.subject) => {
      const headers = { authorization: `Bearer ${token}` };
      const { status, body } = await harness.post(evaluation, { ...request, subject }, headers);
      return [status, body.decision];
    };
    try {
      const claiming = { ...request.subject, properties: { team: 'ops' } };
      expect(await ask(await signToken({ team: 'ops' }))).toEqual([200, true]);
      expect(await ask(await signToken({ team: 'dev' }), claiming)).toEqual([200, false]);
      expect(await ask(await signToken({}), claiming)).toEqual([200, false]);
      expect(await ask(await signToken({ team: 'ops' }, 'other'))).toEqual([401, undefined]);
      expect(await ask(await signToken({ team: 'ops' }, 'pdp', '-5m'))).toEqual([401, undefined]);
      expect(await ask(`${await signToken({ team: 'ops' })}x`)).toEqual([401, undefined]);
    } finally {
      await harness.close();
      issuer.close();
    }
  });
});

describe('tokens that are refused', () => {
  let issuer: TokenIssuer;
  let harness: Harness;
  beforeAll(async () => {
    issuer = await TokenIssuer.open();
    const access = createAccess(readAccess(JSON.stringify({ tokens: issuer.trust })));
    harness = await openHarness({ policy, service: { access } });
  });
  afterAll(async () => {
    await harness.close();
    issuer.close();
  });

  const requestStatus = async (
    claims: Readonly<Record<string, unknown>>,
    header: { readonly typ?: string | undefined } = {},
    at: Harness = harness,
  ) => (await at.post(evaluation, request, await issuer.headers(claims, header))).status;

  attack('http-other-token', async () => {
    expect(await requestStatus({ sub: 'w' })).toBe(200);
    expect(await requestStatus({ sub: 'w' }, { typ: 'application/AT+JWT' })).toBe(200);
    for (const typ of [undefined, 'JWT', 'secevent+jwt', 'logout+jwt', 'dpop+jwt', 'at+jwt2']) {
      expect([typ, await requestStatus({ sub: 'w' }, { typ })]).toEqual([typ, 401]);
    }
    for (const sub of [undefined, '', 7, null, ['w']]) {
      expect([sub, await requestStatus({ sub })]).toEqual([sub, 401]);
    }
  });

  test('other types are accepted where the file lists them, and never ID tokens or events', async () => {
    const trust = { ...issuer.trust, types: ['at+jwt', 'JWT'] };
    const access = createAccess(readAccess(JSON.stringify({ tokens: trust })));
    const lenient = await openHarness({ policy, service: { access } });
    try {
      for (const typ of [undefined, 'JWT', 'at+jwt']) {
        expect([typ, await requestStatus({ sub: 'w' }, { typ }, lenient)]).toEqual([typ, 200]);
      }
      expect(await requestStatus({ sub: 'w' }, { typ: 'secevent+jwt' }, lenient)).toBe(401);
      for (const claim of ['events', 'at_hash', 'c_hash']) {
        const claims = { sub: 'w', [claim]: {} };
        expect([claim, await requestStatus(claims, { typ: 'JWT' }, lenient)]).toEqual([claim, 401]);
      }
    } finally {
      await lenient.close();
    }
  });

  test('the first token with a new key is accepted, and unknown keys are not looked for each time', async () => {
    expect(await requestStatus({ sub: 'w' })).toBe(200);
    await issuer.rotate();
    expect(await requestStatus({ sub: 'w' })).toBe(200);
    const before = issuer.reads;
    const token = await issuer.token({ sub: 'w' }, { kid: 'unknown' });
    const headers = { authorization: `Bearer ${token}` };
    const replies = Array.from({ length: 40 }, () => harness.post(evaluation, request, headers));
    const statuses = new Set((await Promise.all(replies)).map(({ status }) => status));
    expect([...statuses]).toEqual([401]);
    expect(issuer.reads - before).toBeLessThan(5);
  });
});

describe('TLS', () => {
  test('a client certificate identifies its caller, and a new certificate of the service is used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-tls-'));
    const authority = createAuthority(folder);
    const server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    const gateway = authority.issue('gateway', 'URI:spiffe://acme.example/gateway');
    const stranger = authority.issue('stranger', 'URI:spiffe://acme.example/stranger');
    const other = createAuthority(mkdtempSync(join(folder, 'other-')));
    const forged = other.issue('gateway', 'URI:spiffe://acme.example/gateway');
    const certificates = [{ name: 'spiffe://acme.example/gateway', roles: ['evaluate'] }];
    const tls = { ...server, clientAuthorities: authority.certificate };
    const harness = await openHarness({
      policy,
      point: { facts: createVouchedFacts({ context: { client: { id: '$peer.uris[0]' } } }) },
      service: {
        access: createAccess(readAccess(JSON.stringify({ certificates }))),
        tls,
      },
    });
    const ask = (client?: { readonly certificate: string; readonly key: string }) =>
      new Promise<{ status: number; body: string; serial: string }>((resolve, reject) => {
        const body = JSON.stringify(request);
        const sent = httpsRequest(
          {
            host: '127.0.0.1',
            port: harness.service.port,
            path: evaluation,
            agent: false,
            method: 'POST',
            headers: { 'content-type': 'application/json', 'content-length': body.length },
            ca: readFileSync(authority.certificate),
            ...(client && {
              cert: readFileSync(client.certificate),
              key: readFileSync(client.key),
            }),
          },
          (response) => {
            const { serialNumber } = (
              response.socket as import('node:tls').TLSSocket
            ).getPeerCertificate();
            let text = '';
            response.on('data', (chunk) => {
              text += chunk;
            });
            response.on('end', () =>
              resolve({ status: response.statusCode ?? 0, body: text, serial: serialNumber }),
            );
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    try {
      const first = await ask(gateway);
      expect([first.status, JSON.parse(first.body).decision]).toEqual([200, true]);
      expect((await ask()).status).toBe(401);
      expect((await ask(stranger)).status).toBe(401);
      expect((await ask(forged)).status).toBe(401);

      const renewed = authority.issue('renewed', 'DNS:localhost,IP:127.0.0.1');
      writeFileSync(server.certificate, readFileSync(renewed.certificate));
      writeFileSync(server.key, readFileSync(renewed.key));
      harness.service.replaceTls(readTls(tls));
      const second = await ask(gateway);
      expect(second.status).toBe(200);
      expect(second.serial).not.toBe(first.serial);
      writeFileSync(server.certificate, 'this is not a certificate');
      expect(() => harness.service.replaceTls(readTls(tls))).toThrow();
      expect((await ask(gateway)).serial).toBe(second.serial);
    } finally {
      await harness.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('the file', () => {
  test.each([
    ['{', 'this is not JSON'],
    ['[]', '$: expected an object'],
    ['{}', 'nobody may call'],
    ['{"key":[]}', '$.key: unknown; known are keys, tokens, certificates'],
    ['{"keys":[{"id":"a"}]}', '$.keys[0].sha256: expected a string'],
    ['{"keys":[{"id":"a","sha256":"b"}]}', '$.keys[0].sha256: expected 64 hexadecimal digits'],
    [
      `{"keys":[{"id":"a","sha256":"${'0'.repeat(64)}","roles":["root"]}]}`,
      '$.keys[0].roles[0]: expected one of evaluate, sessions, approve, operate, signals',
    ],
    [
      '{"tokens":{"issuer":"i","audience":"a","jwks":"https://x/","types":[]}}',
      '$.tokens.types: expected a type',
    ],
    ['{"tokens":{"issuer":"i#a","audience":"a"}}', '$.tokens.issuer: expected no `#`'],
    [
      '{"tokens":[{"issuer":"i","audience":"a","jwks":"https://x/"},{"issuer":"i","audience":"b","jwks":"https://x/"}]}',
      '$.tokens: the issuer i occurs twice',
    ],
    ['{"tokens":{"issuer":"i","audience":"a","jwks":"x"}}', '$.tokens.jwks: expected a URL'],
    [
      '{"tokens":{"issuer":"i","audience":"a","jwks":"http://x/","algorithms":["HS256"]}}',
      '$.tokens.algorithms: HS256 is not one with a public key',
    ],
  ])('%s: %s', (text, message) => {
    expect(() => readAccess(text)).toThrow(SettingsError);
    expect(() => readAccess(text)).toThrow(message);
  });

  attack('http-key-twice', async () => {
    const key = (id: string, digit: string) => ({ id, sha256: digit.repeat(64) });
    const keys = [key('low', 'a'), key('other', 'b'), key('high', 'A')];
    expect(() => readAccess(JSON.stringify({ keys }))).toThrow(
      '$.keys[2].sha256: the keys low and high have the same value',
    );
    expect(readAccess(JSON.stringify({ keys: keys.slice(1) })).keys).toHaveLength(2);
    const certificates = [{ name: 'spiffe://a' }, { name: 'spiffe://a', roles: ['operate'] }];
    expect(() => readAccess(JSON.stringify({ certificates }))).toThrow(
      '$.certificates[1].name: the name spiffe://a occurs twice',
    );
  });
});
