// Other `subjects` that are used from a restart on: the remembered events about the sessions that are found by them are applied
// before anybody uses these sessions, once, and newer facts stay.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatEventUri, type SignalSettings, sqliteSignals } from '@nhipol/service';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, type HarnessOptions, openHarness } from '../../decisions/service-harness.ts';
import { signalSettings } from '../signal-issuer.ts';

const policy = `
policy test.restart version "1.0.0"

use nhi.{ Events, Risk }

subject ai_agent { owner?: String, team?: String }
action read {}
resource file {}
context { time: Timestamp, risk?: Risk }
signals Events

for ai_agent {
  revoke leaked when count(signal "credential-compromise") > 1
  deny suspected when once(signal "credential-compromise")
}
for ai_agent doing read on file { permit reads when context.risk.level is not HIGH }
`;

const agents = { any: { format: 'opaque', id: '$session.subject.id' } };
const owners = {
  ...agents,
  user: { format: 'email', email: '$session.subject.properties.owner' },
};
const teams = { ...agents, user: { format: 'opaque', id: '$session.subject.properties.team' } };
const email = { format: 'email', email: 'a@x.example' };
const low = { risk: { level: 'LOW', observed_at: new Date().toISOString() } };
const decision = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

let folder: string;
let harness: Harness;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-restart-'));
});
afterEach(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(
  subjects: SignalSettings['subjects'],
  options: Partial<HarnessOptions> = {},
): Promise<void> {
  harness = await openHarness({
    policy,
    folder,
    signals: signalSettings({ subjects }),
    ...options,
  });
}

async function restart(subjects: SignalSettings['subjects']): Promise<void> {
  await harness.close();
  await start(subjects);
}

async function receive(type: string, subject: object, claims = {}, age = 60_000): Promise<void> {
  count += 1;
  const [issuer, jti, time] = ['https://idp.example', `${count}`, Date.now() - age];
  const about = subject as Readonly<Record<string, unknown>>;
  const event = {
    issuer,
    jti,
    txn: undefined,
    type: formatEventUri(type),
    time,
    claims,
    subject: about,
  };
  await harness.signals?.receive('idp', { issuer, jti, events: [event] });
}

async function openSession(id: string, properties: object = { owner: 'a@x.example' }) {
  const subject = { type: 'ai_agent', id: `agent-${id}`, properties };
  expect((await harness.post('/sessions', { id, subject, context: low })).status).toBe(201);
}

async function decideEffect(id: string): Promise<string> {
  return (await harness.post(`/sessions/${id}/decide`, decision)).body.context.effect;
}

const agent = (id: string) => ({ format: 'opaque', id: `agent-${id}` });

describe('after a restart with other subjects', () => {
  attack('signals-subjects-at-restart', async () => {
    await start(agents);
    await openSession('s1');
    await openSession('s2', { owner: 'b@x.example' });
    await receive('credential-compromise', email);
    await receive(
      'risk-level-change',
      { format: 'email', email: 'b@x.example' },
      {
        current_level: 'HIGH',
      },
    );
    expect([await decideEffect('s1'), await decideEffect('s2')]).toEqual(['permit', 'permit']);
    await restart(owners);
    expect([await decideEffect('s1'), await decideEffect('s2')]).toEqual(['deny', 'deny']);
  });

  test('each event is applied once, however often the service starts', async () => {
    await start(agents);
    await openSession('s1');
    await receive('credential-compromise', email);
    for (let restarts = 0; restarts < 3; restarts += 1) await restart(owners);
    // A second event would revoke it.
    expect(await decideEffect('s1')).toBe('deny');
  });

  test('an event that is older than what changed a fact does not undo it', async () => {
    await start(agents);
    await openSession('s1');
    await receive('risk-level-change', email, { current_level: 'LOW' }, 120_000);
    await receive('risk-level-change', agent('s1'), { current_level: 'HIGH' }, 60_000);
    expect(await decideEffect('s1')).toBe('deny');
    await restart(owners);
    expect(await decideEffect('s1')).toBe('deny');
  });

  test('a start that ended before the effects were stored is repeated', async () => {
    await start(agents);
    await openSession('s1');
    await receive('credential-compromise', email);
    await harness.close();
    const failing = start(owners, {
      wrapTarget: (target) => ({ ...target, stored: () => Promise.reject(new Error('full')) }),
    });
    await expect(failing).rejects.toThrow('full');
    const store = sqliteSignals(join(folder, 'state.db'));
    expect(await store.identifiedBy()).toBe(JSON.stringify(agents));
    await store.close();
    await start(owners);
    expect(await decideEffect('s1')).not.toBe('permit');
  });
});

test('an older event about a subject that a restored session gets does not undo a newer fact', async () => {
  await start(teams);
  await openSession('s1', { team: 'red' });
  await receive('risk-level-change', agent('s1'), { current_level: 'HIGH' }, 60_000);
  await receive(
    'risk-level-change',
    { format: 'opaque', id: 'blue' },
    { current_level: 'LOW' },
    120_000,
  );
  await restart(teams);
  const subject = { properties: { team: 'blue' } };
  expect((await harness.call('PATCH', '/sessions/s1', { subject })).status).toBe(200);
  expect(await decideEffect('s1')).toBe('deny');
});

test('a late event about the next subject of a restored session undoes nothing about the earlier one', async () => {
  await start(teams);
  await openSession('s1', { team: 'red' });
  await receive('risk-level-change', { format: 'opaque', id: 'red' }, { current_level: 'HIGH' });
  await restart(teams);
  const subject = { properties: { team: 'blue' } };
  expect((await harness.call('PATCH', '/sessions/s1', { subject })).status).toBe(200);
  await receive(
    'risk-level-change',
    { format: 'opaque', id: 'blue' },
    { current_level: 'LOW' },
    120_000,
  );
  expect(await decideEffect('s1')).toBe('deny');
});
