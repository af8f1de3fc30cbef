// Other servers that accept a connection and say nothing: what waits for them ends, with a sentence that names the address.

import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { anyDestination, createAccess, download } from '@nhipol/service';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callUrl } from '../../../service/support/call-url.ts';
import { Folder } from '../../support/system/run-cli.ts';
import { sessionPolicy } from '../decisions/sessions/session-policy.ts';
import { compileForGuard } from '../guard/guard-policy.ts';

const sockets = new Set<Socket>();
let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const address = () => `127.0.0.1:${port}`;
const url = () => new URL(`http://${address()}/x`);

async function failure(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

test('a service does not wait for NATS', async () => {
  using cli = new Folder({ 'p.wasm': await compileForGuard(sessionPolicy) });
  const { code, err } = await cli.run([
    'serve',
    '@p.wasm',
    '--listen',
    '127.0.0.1:0',
    '--state',
    '@state.db',
    '--cluster',
    `nats://${address()}`,
  ]);
  expect([code, err]).toEqual([
    2,
    expect.stringContaining(`cannot connect to nats://${address()}`),
  ]);
}, 30_000);

test('a request does not wait for the keys of an issuer', async () => {
  const access = createAccess({
    tokens: [
      {
        issuer: 'https://issuer',
        audience: 'a',
        jwks: url(),
        roles: ['evaluate'],
        algorithms: ['ES256'],
        types: ['at+jwt'],
      },
    ],
  });
  const { privateKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({ iss: 'https://issuer', aud: 'a', sub: 's' })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' })
    .sign(privateKey);
  const credentials = {
    authorization: `Bearer ${token}`,
    apiKey: undefined,
    certificate: undefined,
  };
  const problem = await failure(Promise.resolve(access(credentials)));
  expect(problem).toContain(`http://${address()}`);
}, 30_000);

test('a call and a download end', async () => {
  const [called, downloaded] = await Promise.all([
    failure(
      callUrl({
        method: 'GET',
        url: url(),
        headers: {},
        destinations: anyDestination,
        timeout: 300,
      }),
    ),
    failure(download({ url: url(), tag: undefined, maxBytes: 10, timeout: 300 })),
  ]);
  expect(called).toContain(`http://${address()}: no answer within 0.3 seconds`);
  expect(downloaded).toContain('it was not complete after 0.3 seconds');
});

test('a service does not wait for a transmitter of events', async () => {
  const settings = {
    sources: [{ name: 'idp', issuer: `http://${address()}`, delivery: 'poll' }],
    allow_addresses: ['127.0.0.1'],
  };
  using cli = new Folder({
    'p.wasm': await compileForGuard(sessionPolicy),
    'signals.json': JSON.stringify(settings),
  });
  const ended = cli.run([
    'serve',
    '@p.wasm',
    '--listen',
    '127.0.0.1:0',
    '--state',
    '@state.db',
    '--drain',
    '0',
    '--signals',
    '@signals.json',
  ]);
  await delay(14_000);
  process.emit('SIGTERM');
  const { code, out, err } = await ended;
  expect([code, out]).toEqual([0, expect.stringContaining('listening on')]);
  expect(err).toContain(`http://${address()}`);
}, 40_000);
