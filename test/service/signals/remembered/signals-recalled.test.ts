// An event about many sessions of an identity, of which many events are remembered, after a policy was activated: all of them are
// read again, once, and others have their turn meanwhile.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, openHarness } from '../../decisions/service-harness.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { signalSettings } from '../signal-issuer.ts';

const finding = ', finding?: { name?: String }';
const writePolicy = (rule: string, context = finding) => `
policy test.recalled version "1.0.0"
subject ai_agent {}
action read {}
resource file {}
context { time: Timestamp${context} }
for ai_agent doing read on file {
  ${rule}
  permit reads when action.name is "read"
}
`;
const denying = 'deny bad when context.finding.name is "newest", if unknown skip';
const type = 'https://scanner.example/finding';
const settings = signalSettings({
  subjects: { any: { format: 'opaque', id: '$session.subject.id' } },
  events: { [type]: { signal: null, facts: { context: { finding: '$event.finding' } } } },
});
const subject = { type: 'ai_agent', id: 'a-1' };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const [sessions, findings] = [30, 300];

/** The work since others had their turn, and the most that there was. */
class Work {
  #since = 0;
  total = 0;
  max = 0;

  count(size: number): void {
    this.#since += size;
    this.total += size;
    this.max = Math.max(this.max, this.#since);
  }

  endTurn(): void {
    this.#since = 0;
  }
}

let tokens: Work;
let effects: Work;
let changes: Work;
let harness: Harness;
let folder: string;
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  [tokens, effects, changes] = [new Work(), new Work(), new Work()];
  folder = mkdtempSync(join(tmpdir(), 'nhipol-recalled-'));
  harness = await openHarness({
    policy: writePolicy(''),
    folder,
    signals: settings,
    wrapSignals: (store) => ({
      ...store,
      read: (sequences) => {
        tokens.count(sequences.length);
        return store.read(sequences);
      },
    }),
    wrapTarget: (target) => ({
      ...target,
      // The effect of each event is computed for a policy.
      policy: () => {
        effects.count(1);
        return target.policy();
      },
      change: (...given) => {
        changes.count(1);
        target.change(...given);
      },
    }),
  });
}

async function receive(name: string, time: number, jti = name): Promise<void> {
  const issuer = 'https://scanner.example';
  const about = { format: 'opaque', id: subject.id };
  const event = { issuer, jti, txn: undefined, type, time, subject: about };
  const claims = { finding: { name } };
  await harness.signals?.receive('scanner', { issuer, jti, events: [{ ...event, claims }] });
}

/** Receives an event while each part of the work takes as long as a turn may. `onTurn`: called when others have their turn. */
async function receiveSlowly(name: string, age: number, onTurn = () => {}): Promise<void> {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 5;
    return now;
  });
  let isDone = false;
  const endTurn = () => {
    for (const each of [tokens, effects, changes]) each.endTurn();
    onTurn();
    if (!isDone) setImmediate(endTurn);
  };
  endTurn();
  await receive(name, Date.now() - age);
  isDone = true;
  vi.restoreAllMocks();
}

attack(
  'signals-recalled-flood',
  async () => {
    await start();
    for (let n = 0; n < findings; n += 1) await receive(`finding ${n}`, n * 1_000);
    for (let n = 0; n < sessions; n += 1)
      expect((await harness.post('/sessions', { id: `s${n}`, subject })).status).toBe(201);
    const policy = await compileForGuard(writePolicy(denying));
    expect(harness.activation.offer(policy).kind).toBe('activated');
    for (const each of [tokens, effects, changes]) each.total = each.max = 0;
    await receiveSlowly('newest', 2_000);
    // Each token is read once, and the effect of each is computed for each session.
    expect(tokens.total).toBe(findings);
    expect(tokens.max).toBeLessThan(50);
    expect(effects.total).toBeGreaterThan(sessions * findings);
    expect(effects.max).toBeLessThan(20);
    expect([changes.total, changes.max]).toEqual([sessions, 1]);
    for (let n = 0; n < sessions; n += 1) {
      const { body } = await harness.post(`/sessions/s${n}/decide`, read);
      expect(body.context.reasons).toEqual(['bad']);
    }
    // An older event changes nothing.
    await receiveSlowly('later', 1_000);
    expect(changes.max).toBe(1);
    await receive('newest', Date.now() - 60_000, 'older');
    expect((await harness.post('/sessions/s0/decide', read)).body.decision).toBe(true);
  },
  120_000,
);

test('remembered events are read again for the policy that is activated meanwhile', async () => {
  await start();
  await receive('known', Date.now() - 10_000);
  for (let n = 0; n < 50; n += 1) await receive(`finding ${n}`, n * 1_000);
  await harness.post('/sessions', { id: 's0', subject });
  const [without, other] = await Promise.all([
    compileForGuard(writePolicy('', '')),
    compileForGuard(writePolicy(denying)),
  ]);
  expect(harness.activation.offer(without).kind).toBe('activated');
  effects.total = 0;
  let isActivated = false;
  await receiveSlowly('undeclared', 20_000, () => {
    // The fact of the newest event was noted, or would have been.
    if (isActivated || effects.total < 20) return;
    isActivated = harness.activation.offer(other).kind === 'activated';
  });
  expect(isActivated).toBe(true);
  await receive('newest', Date.now() - 15_000);
  expect((await harness.post('/sessions/s0/decide', read)).body.decision).toBe(true);
  await receive('newest', Date.now() - 5_000, 'newer');
  expect((await harness.post('/sessions/s0/decide', read)).body.decision).toBe(false);
}, 120_000);
