// Security events that are pushed to the service: which tokens it accepts, what they change, and that events which arrive
// late, again or before a restart never loosen.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignalSettings } from '@nhipol/service';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Harness, type HarnessOptions, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import {
  audience,
  issuerName,
  push,
  signalPolicy,
  signalSettings,
  sourceSettings,
  TestIssuer,
} from './signal-issuer.ts';

let module: Uint8Array;
let issuer: TestIssuer;
let harness: Harness | undefined;
let folder: string;

beforeAll(async () => {
  module = await compileForGuard(signalPolicy);
});
beforeEach(async () => {
  issuer = await TestIssuer.start();
  folder = mkdtempSync(join(tmpdir(), 'nhipol-signals-'));
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  issuer.close();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => {});

async function open(
  settings: Partial<SignalSettings> = {},
  options: Partial<HarnessOptions> = {},
): Promise<Harness> {
  harness = await openHarness({
    policy: module,
    folder,
    signals: signalSettings({ sources: [sourceSettings(issuer.jwks)], ...settings }),
    ...options,
  });
  await ready(harness);
  return harness;
}

async function ready({ signals }: Harness): Promise<void> {
  await expect.poll(() => signals?.states.every(({ isReady }) => isReady)).toBe(true);
}

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

async function openSession(id: string, parts: object = {}): Promise<void> {
  const risk = { level: 'LOW', observed_at: new Date(Date.now() - 60_000).toISOString() };
  const session = { id, subject: { type: 'ai_agent', id: 'a-1' }, context: { risk }, ...parts };
  const { status, body } = await at().post('/sessions', session);
  expect([status, body.title]).toEqual([201, undefined]);
  await at().post(`/sessions/${id}/decide`, read);
}

function at(): Harness {
  if (harness === undefined) throw new Error('nothing is open');
  return harness;
}

async function readEffect(id: string): Promise<string> {
  return (await at().call('GET', `/sessions/${id}`)).body.context.effect;
}

async function sendToken(token: Promise<string>): Promise<number> {
  return (await push(at().url, await token)).status;
}

const seconds = () => Math.floor(Date.now() / 1_000);
const riskChange = (level: string, time: number) =>
  issuer.sign({
    type: 'risk-level-change',
    claims: { principal: 'USER', current_level: level, event_timestamp: time },
  });

describe('a token', () => {
  test('revokes the sessions of its subject, and no others', async () => {
    await open();
    await openSession('s1');
    await openSession('s2');
    await openSession('s3', { subject: { type: 'ai_agent', id: 'a-2' } });
    const response = await push(at().url, await issuer.sign());
    expect([response.status, await response.text()]).toEqual([202, '']);
    expect(await Promise.all(['s1', 's2', 's3'].map(readEffect))).toEqual([
      'revoke',
      'revoke',
      'permit',
    ]);
  });

  test('is accepted again, and applied once', async () => {
    const { signals } = await open();
    await openSession('s1');
    const outcomes: unknown[] = [];
    signals?.listen((arrival) => outcomes.push(arrival.outcome === 'accepted' && arrival.isNew));
    const token = riskChange('HIGH', seconds());
    expect(await sendToken(token)).toBe(202);
    expect(await sendToken(riskChange('LOW', seconds() + 2))).toBe(202);
    expect(await sendToken(token)).toBe(202);
    expect(outcomes).toEqual([true, true, false]);
    expect(await readEffect('s1')).toBe('permit');
  });

  test('may have no session', async () => {
    await open();
    expect(await sendToken(issuer.sign())).toBe(202);
  });

  test.for<readonly [string, Parameters<TestIssuer['sign']>[0], string]>([
    ['another issuer', { payload: { iss: 'https://other.example' } }, 'invalid_issuer'],
    ['no issuer', { payload: { iss: undefined } }, 'invalid_issuer'],
    ['another audience', { payload: { aud: 'https://other.example' } }, 'invalid_audience'],
    ['no audience', { payload: { aud: undefined } }, 'invalid_audience'],
    ['no jti', { payload: { jti: undefined } }, 'invalid_request'],
    ['an empty jti', { payload: { jti: '' } }, 'invalid_request'],
    ['no time', { payload: { iat: undefined } }, 'invalid_request'],
    ['a time that is a string', { payload: { iat: 'now' } }, 'invalid_request'],
    ['no subject', { payload: { sub_id: undefined } }, 'invalid_request'],
    ['a subject of another format', { subject: { format: 'x', id: 'a-1' } }, 'invalid_request'],
    ['a subject without a value', { subject: { format: 'opaque' } }, 'invalid_request'],
    ['no events', { payload: { events: undefined } }, 'invalid_request'],
    ['an empty object of events', { payload: { events: {} } }, 'invalid_request'],
    [
      'an event that is not an object',
      { payload: { events: { 'https://e.example/x': 1 } } },
      'invalid_request',
    ],
    ['the claim sub', { payload: { sub: 'a-1' } }, 'invalid_request'],
    ['the claim exp', { payload: { exp: 4_000_000_000 } }, 'invalid_request'],
    ['another type', { header: { typ: 'JWT' } }, 'invalid_request'],
    ['no type', { header: { typ: undefined } }, 'invalid_request'],
    ['an unknown key', { header: { kid: 'key-9' } }, 'invalid_key'],
    [
      'a time of the event that is a string',
      { claims: { event_timestamp: '1' } },
      'invalid_request',
    ],
    ['a txn that is a number', { payload: { txn: 1 } }, 'invalid_request'],
  ])('with %s is refused', async ([, event, code]) => {
    await open();
    await openSession('s1');
    const response = await push(at().url, await issuer.sign(event));
    const body = (await response.json()) as { readonly err: string; readonly description: string };
    expect([response.status, body.err]).toEqual([400, code]);
    expect(body.description).not.toBe('');
    expect(response.headers.get('content-language')).toBe('en');
    expect(await readEffect('s1')).toBe('permit');
  });

  test('that was changed after it was signed is refused', async () => {
    await open();
    const [head = '', payload = '', signature = ''] = (await issuer.sign()).split('.');
    const flip = (text: string) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`;
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), jti: 'other' }),
    ).toString('base64url');
    const outcomes = await Promise.all(
      [
        `${head}.${other}.${signature}`,
        `${head}.${payload}.${flip(signature)}`,
        `${head}.${payload}.`,
      ].map(async (token) => ((await (await push(at().url, token)).json()) as { err: string }).err),
    );
    expect(outcomes).toEqual(['invalid_key', 'invalid_key', 'invalid_key']);
  });

  test('that is not signed, or with a shared secret or another key, is refused', async () => {
    await open();
    const payload = {
      iss: issuerName,
      aud: audience,
      iat: seconds(),
      jti: 'x',
      sub_id: { format: 'opaque', id: 'a-1' },
      events: { 'https://e.example/x': {} },
    };
    const typ = 'secevent+jwt';
    const { privateKey } = await generateKeyPair('ES256');
    const tokens = [
      new UnsecuredJWT(payload).encode(),
      await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ }).sign(Buffer.alloc(32)),
      await new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ, kid: 'key-1' })
        .sign(privateKey),
      'x',
      'a.b.c',
      '{"iss":"x"}',
    ];
    for (const token of tokens) expect((await push(at().url, token)).status).toBe(400);
  });

  test('needs the content type of RFC 8935', async () => {
    await open();
    const headers = { 'content-type': 'application/json' };
    const response = await push(at().url, await issuer.sign(), headers);
    expect([response.status, (await response.json()).err]).toEqual([400, 'invalid_request']);
  });

  test('needs the header that its transmitter was given', async () => {
    const source = { ...sourceSettings(issuer.jwks), pushAuthorization: 'Bearer secret' };
    await open({ sources: [source] });
    const token = await issuer.sign();
    expect((await push(at().url, token)).status).toBe(401);
    expect((await push(at().url, token, { authorization: 'Bearer other' })).status).toBe(401);
    expect((await push(at().url, token, { authorization: 'Bearer secret' })).status).toBe(202);
  });

  test('about a critical member that cannot be compared is refused', async () => {
    const subject = {
      format: 'complex',
      session: { format: 'opaque', id: 's1' },
      planet: { format: 'opaque', id: 'mars' },
    };
    const { signals } = await open();
    await openSession('s1');
    expect(await sendToken(issuer.sign({ subject }))).toBe(202);
    expect(await readEffect('s1')).toBe('revoke');
    expect(signals).toBeDefined();
  });
});

describe('keys', () => {
  test('are read again for the first token after a rotation', async () => {
    await open();
    expect(await sendToken(issuer.sign())).toBe(202);
    await issuer.rotate('key-2');
    const early = await issuer.sign();
    expect((await push(at().url, early)).status).toBe(400);
    await issuer.publish();
    // The keys were read a moment ago; they are read again nevertheless.
    expect((await push(at().url, early)).status).toBe(202);
  });

  test('that cannot be read refuse a token for now', async () => {
    issuer.isDown = true;
    await open();
    await openSession('s1');
    const token = await issuer.sign();
    expect((await push(at().url, token)).status).toBe(503);
    issuer.isDown = false;
    await expect
      .poll(async () => (await push(at().url, token)).status, { timeout: 5_000 })
      .toBe(202);
    expect(await readEffect('s1')).toBe('revoke');
  });
});

describe('facts', () => {
  test('are those of the newest event, in any order of arrival', async () => {
    await open();
    await openSession('s1');
    const now = seconds();
    expect(await sendToken(riskChange('HIGH', now - 10))).toBe(202);
    expect(await readEffect('s1')).toBe('deny');
    await sendToken(riskChange('LOW', now - 20));
    expect(await readEffect('s1')).toBe('deny');
    await sendToken(riskChange('LOW', now - 5));
    expect(await readEffect('s1')).toBe('permit');
  });

  test('are unknown if two events of one instant contradict each other', async () => {
    await open();
    await openSession('s1');
    const now = seconds();
    await sendToken(riskChange('HIGH', now - 10));
    await sendToken(riskChange('LOW', now - 10));
    expect(await readEffect('s1')).toBe('deny');
    await sendToken(riskChange('LOW', now - 5));
    expect(await readEffect('s1')).toBe('permit');
  });

  test('of the account change by disabling and enabling it', async () => {
    await open();
    await openSession('s1');
    const now = seconds();
    const account = (type: string, time: number) =>
      sendToken(issuer.sign({ type, claims: { event_timestamp: time } }));
    await account('account-disabled', now - 10);
    expect(await readEffect('s1')).toBe('deny');
    await account('account-enabled', now - 20);
    expect(await readEffect('s1')).toBe('deny');
    await account('account-enabled', now - 5);
    expect(await readEffect('s1')).toBe('permit');
  });

  test('of events cannot be replaced by a plain evaluation', async () => {
    await open();
    await openSession('s1', { context: {} });
    await sendToken(riskChange('HIGH', seconds()));
    const risk = { level: 'LOW', observed_at: new Date().toISOString() };
    const request = { subject: { type: 'ai_agent', id: 'a-1' }, ...read, context: { risk } };
    const headers = { 'nhipol-session': 's1' };
    const { body } = await at().post('/access/v1/evaluation', request, headers);
    expect(body.context.effect).toBe('deny');
  });
});

describe('a session that is opened later', () => {
  test('is changed by earlier events about its subject', async () => {
    await open();
    await sendToken(
      issuer.sign({ type: 'credential-compromise', claims: { credential_type: 'api-key' } }),
    );
    await openSession('s1');
    expect(await readEffect('s1')).toBe('revoke');
  });

  test('is not that of an earlier session-revoked', async () => {
    await open();
    await sendToken(issuer.sign({ claims: { event_timestamp: seconds() - 60 } }));
    await openSession('s1');
    expect(await readEffect('s1')).toBe('permit');
  });

  test('is changed when it gets the subject of an earlier event', async () => {
    await open({
      subjects: {
        any: { format: 'opaque', id: '$session.subject.id' },
        user: { format: 'email', email: '$session.subject.properties.owner' },
      },
    });
    await sendToken(
      issuer.sign({
        type: 'credential-compromise',
        subject: { format: 'email', email: 'Ann@example.com' },
      }),
    );
    await openSession('s1');
    expect(await readEffect('s1')).toBe('permit');
    const { body } = await at().call('PATCH', '/sessions/s1', {
      subject: { properties: { owner: 'ann@example.com' } },
    });
    expect(body.context.effect).toBe('revoke');
  });
});

describe('after a restart', () => {
  test('events are still known, and older ones still too old', async () => {
    await open();
    await openSession('s1');
    const now = seconds();
    const high = await riskChange('HIGH', now - 10);
    await push(at().url, high);
    await at().close();
    await open();
    expect(await readEffect('s1')).toBe('deny');
    await sendToken(riskChange('LOW', now - 20));
    expect(await readEffect('s1')).toBe('deny');
    expect((await push(at().url, high)).status).toBe(202);
    await sendToken(issuer.sign());
    expect(await readEffect('s1')).toBe('revoke');
  });

  test('an event whose effects were not stored is applied', async () => {
    await open(
      {},
      {
        wrapSignals: (store) => ({
          ...store,
          done: async (sets) => {
            if (sets.length > 0) throw new Error('the power failed');
          },
        }),
      },
    );
    expect(await sendToken(issuer.sign({ type: 'credential-compromise' }))).toBe(503);
    await at().close();
    await open();
    await openSession('s1');
    expect(await readEffect('s1')).toBe('revoke');
  });

  test('a token that could not be stored is not acknowledged', async () => {
    await open(
      {},
      {
        wrapSignals: (store) => ({
          ...store,
          add: async () => {
            throw new Error('the disk is full');
          },
        }),
      },
    );
    await openSession('s1');
    expect(await sendToken(issuer.sign())).toBe(503);
  });
});
