// The listener for gRPC: health, TLS with and without client certificates, limits, and how it ends.

import { copyFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ChannelCredentials, makeClientConstructor, status } from '@grpc/grpc-js';
import { createAccess, readTls } from '@nhipol/service';
import { parseGrpcMapping } from '@nhipol/service/grpc';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { healthService } from '../../../service/grpc/services.ts';
import {
  Authority,
  callService,
  GrpcHarness,
  type HarnessOptions,
  temporaryFolder,
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

describe('health', () => {
  test.each(['', 'envoy.service.auth.v3.Authorization', 'agentgateway.dev.ext_mcp.ExtMcp'])(
    'the service %j is serving',
    async (service) => {
      const harness = await open();
      expect(await harness.call('health', { service })).toEqual({ response: { status: 1 } });
    },
  );

  test('an unknown service is not found', async () => {
    const { error } = await (await open()).call('health', { service: 'other' });
    expect(error?.code).toBe(status.NOT_FOUND);
  });

  /** The statuses that a watcher gets. */
  function watch(port: number, service: string) {
    const Client = makeClientConstructor(healthService, 'Health');
    const client = new Client(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
    const got: number[] = [];
    const stream = client.Watch?.({ service });
    stream.on('data', (each: { readonly status: number }) => got.push(each.status));
    stream.on('error', () => {});
    const ended = new Promise<void>((resolve) => stream.on('close', resolve));
    return { got, ended: ended.then(() => client.close()) };
  }

  test('a watcher learns at once that the service ends', async () => {
    const harness = await GrpcHarness.open();
    const { got, ended } = watch(harness.service.port, '');
    const unknown = watch(harness.service.port, 'other');
    await expect.poll(() => [...got, ...unknown.got]).toEqual([1, 3]);
    const closed = harness.service.close(200);
    await expect.poll(() => got).toEqual([1, 2]);
    // Calls that come meanwhile are answered.
    expect(await harness.check({ path: '/public/a' })).toMatchObject({ code: 0 });
    await Promise.all([closed, ended, unknown.ended]);
    expect([got, unknown.got]).toEqual([[1, 2], [3]]);
    await harness.point.close();
  });

  test('a watcher learns that the log cannot be written', async () => {
    let isFull = true;
    const append = () => {
      if (isFull) throw new Error('disk full');
      return '1';
    };
    const harness = await open({ pointOptions: { log: { append, close: async () => {} } } });
    const { got } = watch(harness.service.port, '');
    await expect.poll(() => got).toEqual([1]);
    await harness.check({ path: '/public/a' });
    await expect.poll(() => got, { timeout: 5_000 }).toEqual([1, 2]);
    isFull = false;
    await harness.check({ path: '/public/a' });
    await expect.poll(() => got, { timeout: 5_000 }).toEqual([1, 2, 1]);
  });
});

describe('TLS', () => {
  let authority: Authority;
  let tls: { readonly certificate: string; readonly key: string };
  beforeAll(() => {
    authority = new Authority();
    tls = authority.issue('server', 'IP:127.0.0.1');
  });

  test('a client that trusts the authority is answered, and one without TLS is not', async () => {
    const harness = await open({ tls });
    const credentials = authority.credentials();
    expect(await harness.check({ path: '/public/a' }, {}, { credentials })).toMatchObject({
      code: 0,
    });
    const { error } = await harness.call('check', {});
    expect(error?.code).toBe(status.UNAVAILABLE);
  });

  test('a certificate identifies a caller, and one of another authority does not', async () => {
    const harness = await open({
      tls: { ...tls, clientAuthorities: authority.certificate },
      access: createAccess({ certificates: [{ name: 'spiffe://td/envoy', roles: ['evaluate'] }] }),
    });
    const code = async (credentials: ChannelCredentials) => {
      const { code, body } = await harness.check({ path: '/public/a' }, {}, { credentials });
      return code === 0 ? 'permit' : body?.reasons;
    };
    const envoy = authority.issue('envoy', 'URI:spiffe://td/envoy');
    const other = authority.issue('other', 'URI:spiffe://td/other');
    expect(await code(authority.credentials(envoy))).toBe('permit');
    expect(await code(authority.credentials(other))).toEqual(['unknown_caller']);
    expect(await code(authority.credentials())).toEqual(['unknown_caller']);
    const stranger = new Authority().issue('envoy', 'URI:spiffe://td/envoy');
    expect(await code(authority.credentials(stranger))).toEqual(['unknown_caller']);
  });

  test('a certificate that was replaced is used after a reload', async () => {
    const folder = temporaryFolder();
    const files = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
    const use = (issued: typeof tls) => {
      copyFileSync(issued.certificate, files.certificate);
      copyFileSync(issued.key, files.key);
    };
    use(tls);
    const harness = await open({ tls: files });
    const next = new Authority();
    use(next.issue('server', 'IP:127.0.0.1'));
    const code = async (of: Authority) => {
      const given = { credentials: of.credentials() };
      return (await harness.call('health', {}, given)).error?.code ?? 0;
    };
    expect([await code(authority), await code(next)]).toEqual([0, status.UNAVAILABLE]);
    harness.service.replaceTls(readTls(files));
    expect([await code(authority), await code(next)]).toEqual([status.UNAVAILABLE, 0]);
    copyFileSync(tls.key, files.key);
    expect(() => harness.service.replaceTls(readTls(files))).toThrow(/mismatch/);
    expect(await code(next)).toBe(0);
  });
});

describe('limits', () => {
  test('a message that is too long is refused before it is read', async () => {
    const harness = await open({ maxMessageBytes: 4_096 });
    const body = 'x'.repeat(5_000);
    const attributes = { request: { http: { method: 'GET', path: '/public/a', body } } };
    const { error } = await harness.call('check', { attributes });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('a message that is too long once it is decompressed is refused', async () => {
    const harness = await open();
    const session = connect(`http://127.0.0.1:${harness.service.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/envoy.service.auth.v3.Authorization/Check',
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
    });
    const code = new Promise((resolve) => {
      const read = (headers: Record<string, unknown>) => {
        if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
      };
      stream.on('response', read).on('trailers', read);
    });
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const head = Buffer.alloc(5);
    head.writeUInt8(1);
    head.writeUInt32BE(bomb.length, 1);
    stream.end(Buffer.concat([head, bomb]));
    stream.resume();
    expect(await code).toBe(status.RESOURCE_EXHAUSTED);
    session.close();
  });

  test('a message that cannot be read is an error, and the service goes on', async () => {
    const harness = await open();
    const session = connect(`http://127.0.0.1:${harness.service.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/envoy.service.auth.v3.Authorization/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const code = new Promise((resolve) => {
      const read = (headers: Record<string, unknown>) => {
        if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
      };
      stream.on('response', read).on('trailers', read);
    });
    stream.end(Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]));
    stream.resume();
    expect(await code).toBe(status.INTERNAL);
    session.close();
    expect(await harness.check({ path: '/public/a' })).toMatchObject({ code: 0 });
  });

  test('an address that is in use is an error', async () => {
    const harness = await open();
    await expect(open({ port: harness.service.port })).rejects.toThrow(/EADDRINUSE/);
  });

  test('after its end nothing is answered', async () => {
    const harness = await GrpcHarness.open();
    await harness.close();
    const { error } = await callService(harness.service.port, 'health', {}, {});
    expect(error?.code).toBe(status.UNAVAILABLE);
  });
});

describe('mapping files', () => {
  test.each([
    [[], '$: expected an object'],
    [{ http: {} }, '$: unknown member `http`'],
    [{ ext_authz: {} }, '$.ext_authz.subject: expected an object'],
    [
      { ext_authz: { subject: {}, action: {}, resource: {}, sesion: '' } },
      '$.ext_authz: unknown member `sesion`',
    ],
    [
      { ext_mcp: { subject: { id: '$(' }, action: {}, resource: {} } },
      expect.stringMatching(/^\$\.ext_mcp: expression `\(` is not valid: /),
    ],
    [
      { headers: ['effects'] },
      '$.headers: expected an array of effect, decision-id, valid-until, constraints',
    ],
  ])('%j is refused', (declared, message) => {
    let found: unknown;
    try {
      parseGrpcMapping(declared);
    } catch (error) {
      found = (error as Error).message;
    }
    expect(found).toEqual(message);
  });

  test('a session that is not a string is not mapped', () => {
    const { extAuthz } = parseGrpcMapping({
      ext_authz: { subject: {}, action: {}, resource: {}, session: '$1' },
    });
    expect(() => extAuthz.request({ token: {} })).toThrow('`session` is not a string');
  });
});
