// A source of security events that is polled, with a transmitter that counts how many requests it has at once.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Source } from '../../../service/signals/receive/source.ts';
import { soleDuty } from '../../../service/signals/session-parts.ts';
import { audience, sourceSettings, TestIssuer } from './signal-issuer.ts';

const streamId = 'stream-1';
/** Long enough that requests that are sent at once are found at once. */
const answerTime = 20;

/** A request that the transmitter got. */
interface Sent {
  readonly path: string;
  /** The stream that the request reads. */
  readonly stream: string | null;
  readonly body: { readonly state?: string; readonly returnImmediately?: boolean };
}

let issuer: TestIssuer;
let server: Server;
let source: Source | undefined;
let sent: Sent[];
/** The largest number of requests that were answered at the same time until the stream was verified. */
let maxAtOnce: number;
let tokens: Record<string, string>;

beforeEach(async () => {
  issuer = await TestIssuer.start();
  sent = [];
  maxAtOnce = 0;
  tokens = {};
  let atOnce = 0;
  server = createServer(async (request, response) => {
    atOnce += 1;
    if (source?.state.verifiedAt === undefined) maxAtOnce = Math.max(maxAtOnce, atOnce);
    const answer = await answerRequest(request);
    await delay(answerTime);
    atOnce -= 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await source?.end();
  source = undefined;
  server.close();
  issuer.close();
});

async function answerRequest(request: IncomingMessage): Promise<{ status: number; body: object }> {
  const url = address();
  const { pathname: path, searchParams } = new URL(request.url ?? '', url);
  const body = request.method === 'POST' ? ((await json(request)) as Sent['body']) : {};
  sent.push({ path, stream: searchParams.get('stream_id'), body });
  const delivery = { method: 'urn:ietf:rfc:8936', endpoint_url: `${url}/poll` };
  const stream = { stream_id: streamId, iss: url, aud: audience, delivery };
  switch (path) {
    case '/.well-known/ssf-configuration':
      return {
        status: 200,
        body: {
          issuer: url,
          configuration_endpoint: `${url}/streams`,
          status_endpoint: `${url}/status`,
          verification_endpoint: `${url}/verify`,
        },
      };
    case '/streams':
      if (request.method === 'POST') return { status: 201, body: stream };
      return { status: 200, body: searchParams.get('stream_id') === streamId ? stream : [] };
    case '/status':
      return { status: 200, body: { stream_id: streamId, status: 'enabled' } };
    case '/verify':
      tokens = { 'set-1': await verification(body.state) };
      return { status: 202, body: {} };
    default: {
      const sets = tokens;
      tokens = {};
      return { status: 200, body: { sets } };
    }
  }
}

function verification(state: string | undefined): Promise<string> {
  return issuer.sign({
    type: 'https://schemas.openid.net/secevent/ssf/event-type/verification',
    subject: { format: 'opaque', id: streamId },
    claims: { state },
    payload: { iss: address() },
  });
}

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Resolves when the stream is set up and verified. */
async function start(pollInterval: number | undefined): Promise<void> {
  source = new Source({
    settings: {
      ...sourceSettings(issuer.jwks),
      issuer: address(),
      delivery: 'poll',
      isManaged: true,
      pollInterval,
    },
    members: new Set<string>(),
    duty: soleDuty,
    events: () => ['session-revoked'],
    now: Date.now,
    pushUrl: () => new URL('http://127.0.0.1/unused'),
    receive: async () => {},
    onRefused: () => {},
    onWarning: () => {},
  });
  source.start();
  await expect.poll(() => source?.state.verifiedAt, { timeout: 5_000 }).toBeDefined();
}

const polls = () => sent.filter(({ path }) => path === '/poll');

test('a transmitter has one request at a time while the stream is set up', async () => {
  await start(undefined);
  expect(maxAtOnce).toBe(1);
  const paths = sent.map(({ path }) => path);
  expect(paths.indexOf('/poll')).toBeGreaterThan(paths.indexOf('/verify'));
});

test('the stream is read after it was created', async () => {
  await start(undefined);
  const configured = sent.filter(({ path }) => path === '/streams');
  expect(configured.map(({ stream }) => stream)).toEqual([null, null, streamId]);
});

test('polls wait for events by default', async () => {
  await start(undefined);
  expect(polls()[0]?.body.returnImmediately).toBe(false);
});

test('polls at an interval do not wait for events', async () => {
  await start(30);
  await expect.poll(() => polls().length).toBeGreaterThan(2);
  expect(polls().every(({ body }) => body.returnImmediately === true)).toBe(true);
});
