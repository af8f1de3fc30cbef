// Events about sessions that are opened later, that get the subject of an event later, or that an event cannot change:
// no session goes on without an event that is about it.

import { randomUUID } from 'node:crypto';
import { formatEventUri, type SignalSettings } from '@nhipol/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { VerifiedSet } from '../../../../service/signals/sets/verify-set.ts';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, type HarnessOptions, openHarness } from '../../decisions/service-harness.ts';
import { push, signalSettings, sourceSettings, TestIssuer } from '../signal-issuer.ts';

/** The payload of a signal has a required member, and facts identify sessions. */
const policy = `
policy test.later version "1.0.0"

subject ai_agent { owner?: String }
action read {}
resource file {}
context { time: Timestamp, tenant?: String, note?: String }
signals { "credential-compromise": { credential_type: String, source?: String }, counted: {} }

for ai_agent {
  revoke leaked when once(signal "credential-compromise" where event.credential_type is "private-key")
  deny odd when once(signal "credential-compromise" where event.source is missing and event.credential_type is "odd")
  revoke counted when count(signal "counted") > 1
}
for ai_agent doing read on file { permit reads otherwise }
`;

let issuer: TestIssuer;
let harness: Harness | undefined;

beforeEach(async () => {
  issuer = await TestIssuer.start();
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  issuer.close();
});

async function open(
  settings: Partial<SignalSettings> = {},
  options: Partial<HarnessOptions> = {},
): Promise<Harness> {
  const opened = await openHarness({
    policy,
    signals: signalSettings({ sources: [sourceSettings(issuer.jwks)], ...settings }),
    ...options,
  });
  harness = opened;
  await expect.poll(() => opened.signals?.states.every(({ isReady }) => isReady)).toBe(true);
  return opened;
}

const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const agent = { type: 'ai_agent', id: 'a-1' };
const tenants = { subjects: { tenant: { format: 'opaque', id: '$session.context.tenant' } } };
const acme = { format: 'complex', tenant: { format: 'opaque', id: 'acme' } };

function at(): Harness {
  if (harness === undefined) throw new Error('nothing is open');
  return harness;
}

async function openSession(id: string, parts: object = {}): Promise<number> {
  return (await at().post('/sessions', { id, subject: agent, ...parts })).status;
}

/** `permit`, the effect of another answer, or the status of an error. */
async function decideEffect(id: string, context: object = {}): Promise<string> {
  const { status, body } = await at().post(`/sessions/${id}/decide`, { ...read, context });
  return body.decision ? 'permit' : (body.context?.effect ?? `${status}`);
}

async function leak(event: Parameters<TestIssuer['sign']>[0] = {}): Promise<number> {
  const claims = { credential_type: 'private-key' };
  const token = await issuer.sign({ type: 'credential-compromise', claims, ...event });
  return (await push(at().url, token)).status;
}

describe('a payload that does not fit', () => {
  test.for([{}, { credential_type: 5 }, { credential_type: null, source: 'x' }, { source: {} }])(
    'is unknown in open and in later sessions: %j',
    async (claims) => {
      const { warnings } = await open();
      await openSession('s1');
      expect(await decideEffect('s1')).toBe('permit');
      expect(await leak({ claims })).toBe(202);
      await openSession('s2');
      expect([await decideEffect('s1'), await decideEffect('s2')]).toEqual(['deny', 'deny']);
      expect(warnings.join()).toContain('does not fit the policy');
    },
  );

  test('is unknown in the session with the fact of an event', async () => {
    await open(tenants);
    await leak({ claims: {}, subject: acme });
    await openSession('s1', { context: { tenant: 'acme' } });
    expect(await decideEffect('s1')).toBe('deny');
  });
});

attack('signals-unfit-event', async () => {
  const failing = new Set<string>();
  await open(tenants, {
    wrapTarget: (target) => ({
      ...target,
      record: (by, id, ...rest) => {
        if (failing.has(id)) throw new Error('there is no room');
        target.record(by, id, ...rest);
      },
    }),
  });
  const context = { tenant: 'acme' };
  for (const id of ['s1', 's2', 's3']) await openSession(id, { context });
  await openSession('s6');
  failing.add('s2').add('s5').add('s6').add('s7');
  expect(await leak({ subject: acme })).toBe(202);
  const isClosed = async (id: string) =>
    (await at().call('GET', `/sessions/${id}`)).status === 404 &&
    (await decideEffect(id)) !== 'permit';
  expect([await decideEffect('s1'), await isClosed('s2'), await decideEffect('s3')]).toEqual([
    'revoke',
    true,
    'revoke',
  ]);
  expect([await openSession('s4', { context }), await decideEffect('s4')]).toEqual([201, 'revoke']);
  expect([await openSession('s5', { context }), await isClosed('s5')]).toEqual([503, true]);
  const change = await at().call('PATCH', '/sessions/s6', { context });
  expect([change.status, change.body.code, await isClosed('s6')]).toEqual([
    503,
    'event_not_applied',
    true,
  ]);
  await openSession('s7');
  expect(await decideEffect('s7', context)).not.toBe('permit');
  expect(await isClosed('s7')).toBe(true);
});

test('a session is not opened while it is unknown which events are about it', async () => {
  let isBroken = false;
  await open(
    {},
    {
      wrapSignals: (store) => ({
        ...store,
        about: async (...given) => {
          if (isBroken) throw new Error('the disk cannot be read');
          return store.about(...given);
        },
      }),
    },
  );
  await leak();
  isBroken = true;
  expect(await openSession('s1')).toBe(503);
  expect((await at().call('GET', '/sessions/s1')).status).toBe(404);
  isBroken = false;
  expect([await openSession('s1'), await decideEffect('s1')]).toEqual([201, 'revoke']);
});

attack('signals-late-subject', async () => {
  const events = {
    'token-claims-change': { facts: { context: { tenant: '$event.claims.tenant' } } },
  };
  await open({ ...tenants, events });
  const context = { tenant: 'acme' };
  // The event arrives after the fact.
  for (const id of ['decided', 'evaluated', 'moved', 'other']) await openSession(id);
  expect(await decideEffect('decided', context)).toBe('permit');
  const request = { subject: agent, ...read, context };
  await at().post('/access/v1/evaluation', request, { 'nhipol-session': 'evaluated' });
  await leak({
    type: 'token-claims-change',
    claims: { claims: context },
    subject: { format: 'complex', session: { format: 'opaque', id: 'moved' } },
  });
  expect(await leak({ subject: acme })).toBe(202);
  expect(
    await Promise.all(['decided', 'evaluated', 'other'].map((id) => decideEffect(id))),
  ).toEqual(['revoke', 'revoke', 'permit']);
  // The fact arrives after the event.
  await openSession('late');
  expect(await decideEffect('late', { note: 'x' })).toBe('permit');
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => decideEffect('late', { tenant: 'acme' })),
  );
  expect(new Set(answers)).toEqual(new Set(['revoke']));
  await openSession('patched');
  const [change, meanwhile] = await Promise.all([
    at().call('PATCH', '/sessions/patched', { context }),
    decideEffect('patched', context),
  ]);
  expect([change.body.context.effect, meanwhile]).toEqual(['revoke', 'revoke']);
  // A query that is not valid does not make the session that of another tenant.
  await openSession('honest', { context: { tenant: 'other' } });
  await at().post('/sessions/honest/decide', { action: 5, context: { tenant: 'third' } });
  await leak({ subject: { ...acme, tenant: { format: 'opaque', id: 'other' } } });
  expect(await decideEffect('honest')).toBe('revoke');
});

test('a session that an event gives the subject of an earlier one is changed by both', async () => {
  const events = {
    'token-claims-change': { facts: { context: { tenant: '$event.claims.tenant' } } },
  };
  const subjects = { ...tenants.subjects, any: { format: 'opaque', id: '$session.subject.id' } };
  await open({ subjects, events });
  await leak({ subject: acme });
  await openSession('s1');
  const claims = { claims: { tenant: 'acme' } };
  await leak({ type: 'token-claims-change', claims });
  expect(await decideEffect('s1')).toBe('revoke');
});

attack('signals-buried-leak', async () => {
  const { signals, point } = await open(tenants);
  const arrive = async (count: number, claims: (at: number) => object, subject: object) => {
    const sets = Array.from({ length: count }, (_, at) => {
      const jti = randomUUID();
      const type = formatEventUri('credential-compromise');
      const event = { issuer: 'https://idp.example', jti, txn: jti, type, time: Date.now() };
      return {
        issuer: event.issuer,
        jti,
        events: [{ ...event, claims: claims(at), subject }],
      } as VerifiedSet;
    });
    await Promise.all(sets.map((set) => signals?.receive('idp', set)));
  };
  const context = { tenant: 'acme' };
  await leak({ subject: acme });
  await arrive(300, () => ({ credential_type: 'password' }), acme);
  await arrive(300, (at) => ({ credential_type: 'password', source: `${at}` }), acme);
  // Those about users of the tenant are about others.
  const user = { ...acme, user: { format: 'opaque', id: 'u-1' } };
  await arrive(2_100, (at) => ({ credential_type: 'password', source: `${at}` }), user);
  expect([await openSession('s1', { context }), await decideEffect('s1')]).toEqual([201, 'revoke']);
  const started = performance.now();
  expect(await openSession('s2', { context })).toBe(201);
  expect(performance.now() - started).toBeLessThan(2_000);
  await arrive(2_100, (at) => ({ credential_type: 'password', source: `b ${at}` }), acme);
  const { status, body } = await at().post('/sessions', { id: 's3', subject: agent, context });
  expect([status, body.code]).toEqual([503, 'event_not_applied']);
  expect(body.detail).toContain('more than 2000 events');
  expect(point.sessions.size).toBe(2);
});

test('rules of events that have no effect by mistake are reported at the start', async () => {
  const events = {
    'credential-compromise': { signal: 'credential-compromized' },
    'session-revokd': { facts: null },
    'risk-level-change': { signal: null },
    'https://scanner.example/leak': { signal: 'credential-compromise' },
  };
  const { warnings } = await open({ events });
  expect(warnings).toEqual([
    'the rule for credential-compromise records the signal credential-compromized, which the policy does not declare',
    '`events` has a rule for session-revokd, which is not the name of an event or a URI',
  ]);
});
