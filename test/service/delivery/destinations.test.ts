// Where requests to URLs of others may go: no spelling of an address, no name, no redirect and no metadata lead to a server
// that the settings do not allow.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callJson, formatUrl } from '@nhipol/service';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callUrl } from '../../../service/support/call-url.ts';
import {
  anyDestination,
  createPublicDestinations,
  DestinationError,
  type Destinations,
  readNetwork,
} from '../../../service/support/destinations.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  signalPolicy,
  signalSettings,
  sourceSettings,
  thisMachine,
} from '../signals/signal-issuer.ts';

const push = 'urn:ietf:rfc:8935';
let module: Uint8Array;
let key: string;
let folder: string;
let harness: Harness | undefined;
const servers: Server[] = [];

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
  key = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-destinations-'));
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A server on this machine: its URL, and the paths that were requested. */
async function serve(answer: RequestListener = (_, response) => response.end('{}')) {
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, paths };
}

/** A service that pushes to these destinations. */
async function openTransmitter(destinations: Destinations): Promise<Harness> {
  harness = await openHarness({
    policy: module,
    folder,
    signals: signalSettings({
      transmitter: {
        issuer: undefined,
        keys: [key],
        destinations,
        effects: [],
        language: 'en',
        subject: undefined,
        defaultSubjects: 'ALL',
        minVerificationInterval: 0,
        maxBacklog: 10,
      },
    }),
  });
  return harness;
}

const createStream = (url: string) =>
  (harness as Harness).post('/ssf/stream', { delivery: { method: push, endpoint_url: url } });

const verify = (id: string) => (harness as Harness).post('/ssf/verification', { stream_id: id });

async function expectWarning(text: string): Promise<void> {
  await expect
    .poll(() => (harness as Harness).warnings.join('\n'), { timeout: 5_000 })
    .toContain(text);
}

const privateAddresses = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '0',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '[::1]',
  '[::]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd12:3456::1]',
  '[fec0::1]',
  '[ff02::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::a00:1]',
  '[2002:7f00:1::]',
  '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  '[100::1]',
];

attack('signals-push-private', async () => {
  const { post } = await openTransmitter(createPublicDestinations([]));
  for (const address of privateAddresses) {
    const reply = await createStream(`https://${address}/events`);
    expect([address, reply.status], reply.body.detail).toEqual([address, 400]);
    expect(reply.body.detail).toContain('is not a public address');
  }
  const { status, body } = await createStream('https://8.8.8.8/events');
  expect(status).toBe(201);
  const moved = { method: push, endpoint_url: 'https://10.0.0.1/events' };
  const change = { stream_id: body.stream_id, delivery: moved };
  expect((await harness?.call('PATCH', '/ssf/stream', change))?.status).toBe(400);
  expect((await harness?.call('PUT', '/ssf/stream', change))?.status).toBe(400);
  expect((await post('/ssf/stream', {})).status).toBe(201);
});

test.each([
  ['a user', 'https://user@receiver.example/', 'without a user'],
  ['a password', 'https://:secret@receiver.example/', 'without a user'],
  ['the port of another protocol', 'https://receiver.example:25/', 'expected port 443'],
  ['no encryption', 'http://receiver.example/', 'https'],
  ['another scheme', 'file:///etc/passwd', 'https'],
])('a push endpoint with %s is refused', async (_, url, detail) => {
  await openTransmitter(thisMachine);
  const reply = await createStream(url);
  expect(reply.status).toBe(400);
  expect(reply.body.detail).toContain(detail);
  expect(reply.body.detail).not.toContain('secret');
});

attack('signals-push-rebinding', async () => {
  const { port, paths } = await serve();
  let isPublic = true;
  // With TLS the attack would need a certificate, too.
  const destinations = createPublicDestinations([], (_name, _options, done) =>
    done(null, [{ address: isPublic ? '8.8.8.8' : '127.0.0.1', family: 4 }]),
  );
  await openTransmitter(destinations);
  const { body } = await createStream(`http://localhost:${port}/events`);
  isPublic = false;
  await verify(body.stream_id);
  await expectWarning('localhost (127.0.0.1) is not a public address');
  expect(paths).toEqual([]);
  await expect.poll(() => harness?.warnings.length).toBeGreaterThan(0);
});

attack('signals-push-redirect', async () => {
  const internal = await serve();
  const receiver = await serve((_, response) =>
    response.writeHead(307, { location: `${internal.url}/internal` }).end(),
  );
  await openTransmitter(thisMachine);
  const { body } = await createStream(`${receiver.url}/events`);
  await verify(body.stream_id);
  await expectWarning('redirects are not followed');
  expect(receiver.paths).toContain('/events');
  expect(internal.paths).toEqual([]);
});

attack('signals-discovered-private', async () => {
  const internal = await serve();
  const members = ['jwks_uri', 'configuration_endpoint', 'status_endpoint'];
  for (const member of [...members, 'verification_endpoint']) {
    const issuer = await serve((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          issuer: issuer.url,
          jwks_uri: `${issuer.url}/jwks`,
          configuration_endpoint: `${issuer.url}/stream`,
          stream_id: 's',
          iss: issuer.url,
          aud: 'pdp',
          keys: [],
          delivery: { method: 'urn:ietf:rfc:8936', endpoint_url: `${issuer.url}/poll` },
          [member]: `${internal.url}/${member}`,
        }),
      );
    });
    harness = await openHarness({
      policy: module,
      signals: signalSettings({
        sources: [
          {
            ...sourceSettings(undefined),
            issuer: issuer.url,
            delivery: 'poll',
            isManaged: true,
            audience: ['pdp'],
            destinations: createPublicDestinations([]),
          },
        ],
      }),
    });
    if (member === 'jwks_uri') await expect.poll(() => issuer.paths).toContain('/poll');
    else await expectWarning('127.0.0.1 is not a public address');
    const token = await harness.call('POST', '/signals/idp', 'e30.e30.e30', {
      'content-type': 'application/secevent+jwt',
    });
    expect(token.status).not.toBe(202);
    expect([member, internal.paths]).toEqual([member, []]);
    await harness.close();
    harness = undefined;
  }
});

describe('an address', () => {
  const publicOnly = createPublicDestinations([]);
  const refuses = (destinations: Destinations, host: string) => {
    try {
      destinations.expect(new URL(`https://${host}/`));
      return false;
    } catch (error) {
      expect(error).toBeInstanceOf(DestinationError);
      return true;
    }
  };

  test('is refused in every form if it is not a public one', () => {
    const networks = [
      '0.0.0.0/8',
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '198.18.0.0/15',
      '224.0.0.0/4',
      '240.0.0.0/4',
    ].map((text) => ipaddr.parseCIDR(text) as [ipaddr.IPv4, number]);
    const forms = (bytes: readonly number[]): readonly string[] => {
      const [a, b, c, d] = bytes as [number, number, number, number];
      const number = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
      const low = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      return [
        `${a}.${b}.${c}.${d}`,
        `${number}`,
        `0x${number.toString(16)}`,
        `${a}.${b}.${(c << 8) | d}`,
        `[::ffff:${low}]`,
        `[::${low}]`,
        `[64:ff9b::${low}]`,
        `[2002:${low}::1]`,
      ];
    };
    fc.assert(
      fc.property(fc.constantFrom(...networks), fc.nat(0xffffffff), ([network, bits], random) => {
        const host = 2 ** (32 - bits);
        const [a = 0, b = 0, c = 0, d = 0] = network.octets;
        const number = ((a << 24) | (b << 16) | (c << 8) | d) + (random % host);
        const bytes = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
        for (const form of forms(bytes))
          expect([form, refuses(publicOnly, form)]).toEqual([form, true]);
      }),
    );
  });

  test('of the public Internet is permitted', () => {
    for (const host of ['8.8.8.8', '1.1.1.1', '[2606:4700:4700::1111]', 'receiver.example']) {
      expect([host, refuses(publicOnly, host)]).toEqual([host, false]);
    }
  });

  test('is permitted if the settings have it, and no other one', () => {
    const some = createPublicDestinations(['10.1.0.0/16', 'fd00::1', '127.0.0.1']);
    for (const host of ['10.1.2.3', '[fd00::1]', '127.0.0.1'])
      expect(refuses(some, host)).toBe(false);
    for (const host of ['10.2.0.1', '[fd00::2]', '127.0.0.2', '[::ffff:127.0.0.1]']) {
      expect(refuses(some, host)).toBe(true);
    }
  });

  test('or a network in the settings is read strictly', () => {
    for (const text of ['10.0.0.0/33', 'localhost', '', '10.0.0.0/', '::1/129']) {
      expect(() => readNetwork(text)).toThrow(DestinationError);
    }
  });

  test('of a name is one of those that are permitted', async () => {
    const { port } = await serve((_, response) => response.end('ok'));
    const both = createPublicDestinations(['127.0.0.1'], (_name, _options, done) =>
      done(null, [
        { address: '127.0.0.2', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]),
    );
    const url = new URL(`http://localhost:${port}/`);
    const call = { method: 'GET', url, headers: {}, timeout: 5_000 } as const;
    expect((await callUrl({ ...call, destinations: both })).text).toBe('ok');
    expect(isIP(url.hostname)).toBe(0);
  });
});

test('a server that does not answer is named', async () => {
  const { url } = await serve(() => {});
  const call = { method: 'GET', url: new URL(url), headers: {}, timeout: 50 } as const;
  await expect(callUrl({ ...call, destinations: anyDestination })).rejects.toThrow(
    `${url}: no answer within 0.05 seconds`,
  );
});

test.each([
  ['https://user:s3cret@host.example/p.wasm', 'https://host.example/p.wasm'],
  ['https://host.example/p.wasm?token=s3cret#s3cret', 'https://host.example/p.wasm?…'],
  ['nats://user:a@s3cret@10.0.0.1:4222', 'nats://10.0.0.1:4222'],
  ['https://host.example', 'https://host.example'],
  ['https://host.example/', 'https://host.example/'],
  ['s3cret', 'an invalid URL'],
])('messages show %s without secrets', (url, shown) => {
  expect(formatUrl(url)).toBe(shown);
});

test.each([
  ['{"active":true}', { active: true }],
  ['null', null],
  ['', undefined],
  ['{"active":', undefined],
  ['{"active":false,"active":true}', undefined],
  [`${'['.repeat(300)}${']'.repeat(300)}`, undefined],
])('the body `%s` of a reply in JSON is read', async (text, body) => {
  const server = await serve((_, response) => response.end(text));
  const url = new URL(server.url);
  const reply = await callJson({ method: 'GET', url, destinations: anyDestination });
  expect(reply).toEqual({ status: 200, body });
});
