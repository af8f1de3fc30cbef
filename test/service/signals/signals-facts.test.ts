// Events that change facts: newer ones about somebody else, or with other claims, hide none of them; a part of an event that does
// not fit the policy leaves the others, and never removes what an earlier one restricted; and facts of any type identify sessions.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignalSettings } from '@nhipol/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { push, signalSettings, sourceSettings, TestIssuer } from './signal-issuer.ts';

const policy = `
policy test.facts version "1.0.0"

use nhi.{ Credential, Risk }

subject ai_agent { owner?: String, credential?: Credential }
action read {}
resource file {}
context {
  time: Timestamp, risk?: Risk fresh 1h, tenant?: Int, employee?: String, quarantined?: Bool, level?: Int(0..100),
  events?: { "credential-compromise"?: { credential_type: String }, "account-disabled"?: { note?: String, by?: String } }
}

for ai_agent {
  deny exposed when subject.credential.exposed is true, if unknown skip
  deny leaked when context.events."credential-compromise" is present
  deny disabled when context.events."account-disabled" is present
  deny quarantine when context.quarantined is true, if unknown skip
}
for ai_agent doing read on file {
  permit reads when context.risk.level is not HIGH
}
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

async function open(settings: Partial<SignalSettings> = {}, folder?: string): Promise<Harness> {
  const signals = signalSettings({ sources: [sourceSettings(issuer.jwks)], ...settings });
  const opened = await openHarness({
    policy,
    signals,
    ...(folder === undefined ? {} : { folder }),
  });
  harness = opened;
  await expect.poll(() => opened.signals?.states.every(({ isReady }) => isReady)).toBe(true);
  return opened;
}

const at = () => harness as Harness;
const now = () => Math.floor(Date.now() / 1_000);
const low = () => ({ risk: { level: 'LOW', observed_at: new Date().toISOString() } });
const agent = { format: 'opaque', id: 'a-1' };

async function openSession(id: string, context: object = low(), subject: object = {}) {
  const opening = { id, subject: { type: 'ai_agent', id: 'a-1', ...subject }, context };
  return (await at().post('/sessions', opening)).status;
}

/** The reason of a denial, `permit`, or `closed`. */
async function decideSession(id: string): Promise<string> {
  const { status, body } = await at().post(`/sessions/${id}/decide`, {
    action: { name: 'read' },
    resource: { type: 'file', id: 'f' },
  });
  if (status === 404 || body.context?.error?.code === 'no_session') return 'closed';
  return body.decision ? 'permit' : (body.context.reasons[0] ?? body.context.effect);
}

async function send(type: string, claims: object, subject: object = agent, time = now()) {
  const token = await issuer.sign({ type, subject, claims: { event_timestamp: time, ...claims } });
  return (await push(at().url, token)).status;
}

const risk = (level: string, subject: object = agent, time = now()) =>
  send('risk-level-change', { current_level: level }, subject, time);
const ofOther = (n: number) => ({
  format: 'complex',
  user: agent,
  session: { format: 'opaque', id: `old-${n}` },
});

describe('newer events', () => {
  attack('signals-hidden-fact', async () => {
    await open();
    expect(await risk('HIGH')).toBe(202);
    await openSession('d0');
    expect(await decideSession('d0')).toBe('default_deny');
    for (let n = 0; n < 20; n += 1) expect(await risk('LOW', ofOther(n), now() + 1)).toBe(202);
    // The next ones do not say what the level is.
    for (let n = 0; n < 20; n += 1) {
      const claims = { risk_reason: `${n}` };
      expect(await send('risk-level-change', claims, agent, now() + 1)).toBe(202);
    }
    expect([await openSession('d1'), await decideSession('d1')]).toEqual([201, 'default_deny']);
    // Its own session is one of the others.
    expect([await openSession('old-1'), await decideSession('old-1')]).toEqual([201, 'permit']);
  });

  test('of another subject let nobody undo a newer one, in a session that was restored', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nhipol-facts-'));
    await open({}, folder);
    await openSession('d0');
    expect(await risk('HIGH', agent, now() - 60)).toBe(202);
    for (let n = 0; n < 20; n += 1) expect(await risk('LOW', ofOther(n), now())).toBe(202);
    expect(await decideSession('d0')).toBe('default_deny');
    await harness?.close();
    await open({}, folder);
    expect(await risk('LOW', agent, now() - 120)).toBe(202);
    expect(await decideSession('d0')).toBe('default_deny');
    await harness?.close();
    harness = undefined;
    rmSync(folder, { recursive: true });
  });
});

describe('an event that does not fit', () => {
  attack('signals-unfit-fact', async () => {
    const events = {
      'https://x.example/quarantine': {
        signal: null,
        facts: { context: { quarantined: '$event.on', level: '$event.level' } },
      },
    };
    await open({ events });
    const quarantine = (claims: object, subject: object) =>
      send('https://x.example/quarantine', claims, subject);
    const of = (id: string) => ({ format: 'opaque', id });
    // The member that fits is in use, and the other one is unknown.
    for (const [id, claims] of [
      ['q1', { on: true, level: 'high' }],
      ['q2', { on: true, level: 900 }],
    ] as const) {
      await openSession(id, { ...low(), level: 5 });
      expect(await quarantine(claims, of(id))).toBe(202);
      expect(await decideSession(id)).toBe('quarantine');
      expect((await at().call('GET', `/sessions/${id}/facts`)).body.context?.level).toBeUndefined();
    }
    // Nothing says that the credential is known to be safe.
    for (const [n, claims] of [{}, { credential_type: 5 }, { credential_type: null }].entries()) {
      const [open, later] = [`open-${n}`, `later-${n}`];
      const id = `agent-${n}`;
      await openSession(open, low(), { id });
      expect(await send('credential-compromise', claims, of(id))).toBe(202);
      expect(await decideSession(open)).not.toBe('permit');
      await openSession(later, low(), { id });
      expect(await decideSession(later)).not.toBe('permit');
    }
  });

  test('never removes what an earlier one restricted', async () => {
    await open();
    await openSession('s1');
    expect(await send('credential-compromise', { credential_type: 'key' }, agent, now() - 10)).toBe(
      202,
    );
    expect(await decideSession('s1')).toBe('exposed');
    expect(await send('credential-compromise', { credential_type: 7 }, agent, now())).toBe(202);
    expect(await decideSession('s1')).not.toBe('permit');
    expect(await openSession('s2')).not.toBe(500);
    expect(await decideSession('s2')).not.toBe('permit');
  });

  test('keeps the members of a record that fit, and that it is there', async () => {
    const { warnings } = await open();
    await openSession('s1');
    const disableAccount = (claims: object, time: number) =>
      send('account-disabled', claims, agent, time);
    expect(await disableAccount({ note: 5, by: 'idp' }, now() - 10)).toBe(202);
    expect(await decideSession('s1')).toBe('disabled');
    expect(warnings.join()).toContain('does not fit the policy');
    // Two of the same instant agree in a part.
    const instant = now();
    expect(await disableAccount({ note: 'a', by: 'idp' }, instant)).toBe(202);
    expect(await disableAccount({ note: 'b', by: 'idp' }, instant)).toBe(202);
    expect(await decideSession('s1')).toBe('disabled');
  });
});

test('a number identifies a session, and a missing alias leaves the others', async () => {
  await open({
    subjects: {
      tenant: { format: 'opaque', id: '$session.context.tenant' },
      user: {
        format: 'aliases',
        identifiers: [
          { format: 'email', email: '$session.subject.properties.owner' },
          { format: 'opaque', id: '$session.context.employee' },
        ],
      },
    },
  });
  await openSession('s1', { ...low(), tenant: 42 });
  await openSession('s2', { ...low(), employee: 'e-7' });
  await openSession('s3', { ...low(), tenant: 43 });
  const tenant = { format: 'complex', tenant: { format: 'opaque', id: '42' } };
  expect([await risk('HIGH', tenant), await risk('HIGH', { format: 'opaque', id: 'e-7' })]).toEqual(
    [202, 202],
  );
  expect(await Promise.all(['s1', 's2', 's3'].map(decideSession))).toEqual([
    'default_deny',
    'default_deny',
    'permit',
  ]);
});
