// The facts that events set: two of one instant, one without its level, and one for which an expression fails.

import { formatEventUri, type SignalSettings } from '@nhipol/service';
import { afterEach, describe, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { signalSettings } from './signal-issuer.ts';

const policy = `
policy test.rules version "1.0.0"

use nhi.{ Assurance, LifecycleState, Risk }

subject ai_agent { lifecycle_state?: LifecycleState }
action read {}
action sign {}
resource file {}
context {
  time: Timestamp, risk?: Risk fresh 1h, assurance?: Assurance fresh 1h, quarantined?: Bool, tags?: Set<String>
  score?: { value?: Int, observed_at?: Timestamp } fresh 1h
}

for ai_agent {
  revoke off when subject.lifecycle_state is suspended, if unknown skip
  revoke high when context.risk.level is HIGH, if unknown skip
  deny quarantine when context.quarantined
  deny tagged when "blocked" in context.tags
}
for ai_agent doing read on file { permit reads when context.risk.level is LOW }
for ai_agent doing sign on file {
  permit signs when context.assurance.level is "AAL3" and context.score.value is 1
}
`;

const quarantine = 'https://x.example/quarantine';
const scored = 'https://x.example/scored';
let harness: Harness;
let count = 0;
/** Events have whole seconds. */
const now = Math.trunc(Date.now() / 1_000) * 1_000;
afterEach(() => harness.close());

async function start(events: SignalSettings['events'] = {}): Promise<void> {
  harness = await openHarness({ policy, signals: signalSettings({ events }) });
}

interface Sent {
  readonly type: string;
  readonly claims?: object;
}

/** Sends events in one token. */
async function send(id: string, age: number, ...events: readonly Sent[]): Promise<void> {
  count += 1;
  const [issuer, jti, subject] = ['https://idp.example', `${count}`, { format: 'opaque', id }];
  const time = now - age * 1_000;
  const set = events.map(({ type, claims = {} }) => ({
    issuer,
    jti,
    txn: undefined,
    type: formatEventUri(type),
    time,
    subject,
    claims: claims as Readonly<Record<string, unknown>>,
  }));
  await harness.signals?.receive('idp', { issuer, jti, events: set });
}

const createContext = () => ({
  risk: { level: 'LOW', observed_at: new Date().toISOString() },
  quarantined: false,
  tags: [],
});

async function openSession(id: string, context: object = createContext()): Promise<void> {
  const subject = { type: 'ai_agent', id };
  expect((await harness.post('/sessions', { id, subject, context })).status).toBe(201);
}

async function decideAction(id: string, action = 'read') {
  const decision = { action: { name: action }, resource: { type: 'file', id: 'f' } };
  const { body } = await harness.post(`/sessions/${id}/decide`, decision);
  return body.decision ? 'permit' : `${body.context.effect} ${body.context.reasons[0]}`;
}

attack('signals-same-instant', async () => {
  await start();
  const disabled = { type: 'account-disabled' };
  const enabled = { type: 'account-enabled' };
  const risk = (level: string) => ({
    type: 'risk-level-change',
    claims: { current_level: level },
  });
  for (const [at, [one, other]] of [
    [disabled, enabled],
    [enabled, disabled],
    [risk('HIGH'), risk('LOW')],
  ].entries()) {
    const reason = at === 2 ? 'revoke high' : 'revoke off';
    await openSession(`one-${at}`);
    if (at < 2) {
      await send(`one-${at}`, 30, one as Sent, other as Sent);
      expect(await decideAction(`one-${at}`)).toBe(reason);
    }
    await openSession(`two-${at}`);
    for (const each of [one, other]) await send(`two-${at}`, 30, each as Sent);
    expect(await decideAction(`two-${at}`)).toBe(reason);
    for (const each of [one, other]) await send(`later-${at}`, 30, each as Sent);
    await openSession(`later-${at}`);
    expect(await decideAction(`later-${at}`)).toBe(reason);
  }
  // A contradiction that was over before the session was opened revokes nothing.
  await send('over', 40, disabled);
  await send('over', 30, enabled);
  await openSession('over');
  expect(await decideAction('over')).toBe('permit');
});

test('events that say the same displace none of their instant', async () => {
  await start();
  const level = (current_level: string) => ({
    type: 'risk-level-change',
    claims: { current_level },
  });
  await send('many', 30, level('HIGH'));
  for (let times = 0; times < 20; times += 1) await send('many', 30, level('LOW'));
  await openSession('many');
  expect(await decideAction('many')).toBe('revoke high');
});

describe('an event without a level', () => {
  const old = 7_200;
  attack('signals-level-left-out', async () => {
    await start({
      [scored]: {
        signal: null,
        facts: { context: { score: { value: '$event.?value', observed_at: '$set.time' } } },
      },
    });
    const without = { type: 'risk-level-change', claims: { risk_reason: 'x' } };
    const low = { type: 'risk-level-change', claims: { current_level: 'LOW' } };
    const orders = [
      [[low, old] as const, [without, 10] as const],
      [[without, 10] as const, [low, old] as const],
    ];
    for (const [at, order] of orders.entries()) {
      await openSession(`r${at}`, { quarantined: false, tags: [] });
      for (const [event, age] of order) await send(`r${at}`, age, event);
      expect(await decideAction(`r${at}`)).toBe('deny default_deny');
    }
    const aal = { namespace: 'NIST-AAL', current_level: 'AAL3' };
    const assured = { type: 'assurance-level-change', claims: aal };
    const direction = { change_direction: 'increase', namespace: 'NIST-AAL' };
    const unassured = { type: 'assurance-level-change', claims: direction };
    const score = (value: object) => ({ type: scored, claims: value });
    // A level and a score of now, then one of them that is old.
    for (const [id, ages, expected] of [
      ['a0', [10, 10], 'permit'],
      ['a1', [old, 10], 'deny default_deny'],
      ['a2', [10, old], 'deny default_deny'],
    ] as const) {
      await openSession(id, { ...createContext() });
      await send(id, ages[0], assured);
      if (ages[0] === old) await send(id, 5, unassured);
      await send(id, ages[1], score({ value: 1 }));
      if (ages[1] === old) await send(id, 5, score({}));
      expect([id, await decideAction(id, 'sign')]).toEqual([id, expected]);
    }
  });
});

attack('signals-failing-expression', async () => {
  for (const [expression, failing] of [
    ['$event.on', [{}]],
    ['$event.on == true', [{}]],
    ['$event.status.on', [{ status: 5 }, {}]],
    ['$session.context.other', [{}]],
  ] as const) {
    await start({
      [quarantine]: { signal: null, facts: { context: { quarantined: expression } } },
    });
    for (const [at, claims] of failing.entries()) {
      await openSession(`q${at}`);
      expect(await decideAction(`q${at}`)).toBe('permit');
      await send(`q${at}`, 30, { type: quarantine, claims });
      expect([expression, await decideAction(`q${at}`)]).toEqual([expression, 'deny quarantine']);
      expect(harness.warnings.join('\n')).toContain(`is unknown in q${at}: expression`);
    }
    await harness.close();
  }
  // A list of which an element fails, and a member that is explicitly optional.
  await start({
    [quarantine]: {
      signal: null,
      facts: { context: { tags: ['$event.tag', 'x'], quarantined: '$event.?on' } },
    },
  });
  await openSession('list');
  await send('list', 30, { type: quarantine, claims: { tag: 'y' } });
  expect(await decideAction('list')).toBe('permit');
  await send('list', 20, { type: quarantine });
  expect(await decideAction('list')).toBe('deny tagged');
});
