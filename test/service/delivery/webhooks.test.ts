// Signed webhooks: which requests are accepted, and what becomes of their events.

import { createHmac } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { VerifiedSet } from '../../../service/signals/sets/verify-set.ts';
import {
  createWebhookReader,
  type SignatureSettings,
  standardSignature,
  type WebhookSettings,
} from '../../../service/signals/webhooks/webhook.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signalPolicy, signalSettings } from '../signals/signal-issuer.ts';
import { signWebhook } from './signed-webhook.ts';

const secret = 'a secret of this test';
const seconds = () => Math.floor(Date.now() / 1_000);

function webhook(parts: Partial<WebhookSettings> = {}): WebhookSettings {
  return {
    name: 'scanner',
    secrets: [Buffer.from(secret)],
    signature: standardSignature,
    tolerance: 300_000,
    event: {
      type: 'credential-compromise',
      subject: { format: 'opaque', id: '$body.identity' },
      claims: { credential_type: '$body.kind' },
      time: '$body.found_at',
    },
    ...parts,
  };
}

let module: Uint8Array;
let harness: Harness | undefined;
beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const leak = (identity = 'a-1') =>
  JSON.stringify({ identity, kind: 'api-key', found_at: new Date().toISOString() });

async function open(settings = webhook()): Promise<Harness> {
  harness = await openHarness({
    policy: module,
    signals: signalSettings({ webhooks: [settings] }),
  });
  await harness.post('/sessions', { id: 's1', subject: { type: 'ai_agent', id: 'a-1' } });
  return harness;
}

async function send(request: RequestInit, name = 'scanner'): Promise<number> {
  return (await fetch(`${harness?.url}/webhooks/${name}`, request)).status;
}

const effect = async () => (await harness?.call('GET', '/sessions/s1'))?.body.context.effect;

describe('a request', () => {
  test('revokes the sessions of the identity that it names', async () => {
    await open();
    expect(await effect()).toBe('deny');
    expect(await send(signWebhook(secret, 'm1', leak()))).toBe(202);
    expect(await effect()).toBe('revoke');
  });

  attack('signals-deep-webhook', async () => {
    const { signals } = await open();
    const nest = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const deep = (levels: number) => leak().replace('"api-key"', nest(levels));
    expect(await send(signWebhook(secret, 'm0', deep(2_000)))).toBe(400);
    // As those of other senders, of which no text is read.
    const createEvent = (jti: string, claims: Record<string, unknown>): VerifiedSet => {
      const [issuer, type] = ['https://issuer.example', 'https://events.example/other'];
      const subject = { format: 'opaque', id: 'a-2' };
      const event = { issuer, jti, txn: undefined, type, time: Date.now(), subject, claims };
      return { issuer, jti, events: [event] };
    };
    let claims: Record<string, unknown> = {};
    for (let level = 0; level < 50_000; level += 1) claims = { claims };
    const others = ['one', 'two'].map((jti) => signals?.receive('idp', createEvent(jti, {})));
    const refused = signals?.receive('idp', createEvent('deep', claims));
    await expect(refused).rejects.toThrow();
    await expect(Promise.all(others)).resolves.toHaveLength(2);
  });

  test('is applied once', async () => {
    const { signals } = await open();
    const news: boolean[] = [];
    signals?.listen((arrival) => arrival.outcome === 'accepted' && news.push(arrival.isNew));
    const body = leak('a-2');
    expect(await send(signWebhook(secret, 'm1', body))).toBe(202);
    expect(await send(signWebhook(secret, 'm1', body, seconds() - 10))).toBe(202);
    expect(news).toEqual([true, false]);
  });

  test.for<readonly [string, () => RequestInit, number]>([
    ['with another secret', () => signWebhook('other', 'm1', leak()), 401],
    ['that is old', () => signWebhook(secret, 'm1', leak(), seconds() - 301), 401],
    ['of the future', () => signWebhook(secret, 'm1', leak(), seconds() + 310), 401],
    ['with another body', () => ({ ...signWebhook(secret, 'm1', leak()), body: leak('a-2') }), 401],
    ['with another id', () => withHeader('webhook-id', 'm2'), 401],
    ['with another time', () => withHeader('webhook-timestamp', String(seconds() - 1)), 401],
    ['with a time that is not a number', () => withHeader('webhook-timestamp', 'now'), 401],
    ['without a signature', () => withHeader('webhook-signature', ''), 401],
    ['with a signature of another version', () => withHeader('webhook-signature', 'v2,abc'), 401],
    ['that is not JSON', () => signWebhook(secret, 'm1', 'x'), 400],
    ['without the identity', () => signWebhook(secret, 'm1', '{"kind":"x"}'), 400],
    [
      'with an invalid time',
      () => signWebhook(secret, 'm1', '{"identity":"a-1","kind":"x","found_at":"x"}'),
      400,
    ],
  ])('%s is refused', async ([, request, status]) => {
    await open();
    expect(await send(request())).toBe(status);
    expect(await effect()).toBe('deny');
  });

  test('to an unknown webhook is not found', async () => {
    await open();
    expect(await send(signWebhook(secret, 'm1', leak()), 'other')).toBe(404);
  });

  test('may have the signature of the next secret', async () => {
    await open(webhook({ secrets: [Buffer.from(secret), Buffer.from('next')] }));
    expect(await send(signWebhook('next', 'm1', leak()))).toBe(202);
  });
});

function withHeader(name: string, value: string): RequestInit {
  const request = signWebhook(secret, 'm1', leak());
  return { ...request, headers: { ...request.headers, [name]: value } };
}

test('a scheme without time and id is described by its settings', () => {
  const signature: SignatureSettings = {
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    encoding: 'hex',
    content: '{body}',
    timestampHeader: undefined,
    idHeader: undefined,
  };
  const read = createWebhookReader(webhook({ signature }), Date.now);
  const body = Buffer.from(leak());
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  const { jti, events } = read({ 'x-hub-signature-256': `sha256=${digest}` }, body);
  expect(jti).toMatch(/^[0-9a-f]{64}$/);
  expect(events[0]).toMatchObject({
    issuer: 'webhook:scanner',
    claims: { credential_type: 'api-key' },
  });
  expect(() =>
    read({ 'x-hub-signature-256': `sha256=${digest.replace(/^./, 'x')}` }, body),
  ).toThrow();
});

// The example of the specification of Standard Webhooks, section "Signature scheme".
test('a request of the specification of Standard Webhooks is accepted', () => {
  const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
  const body = Buffer.from('{"test": 2432232314}');
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const event = { type: 'x', subject: { format: 'opaque', id: '$string(body.test)' } };
  const read = createWebhookReader(webhook({ secrets: [key], event }), () => 1_614_265_330_000);
  expect(read(headers, body)).toMatchObject({
    jti: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    events: [{ subject: { format: 'opaque', id: '2432232314' } }],
  });
});
