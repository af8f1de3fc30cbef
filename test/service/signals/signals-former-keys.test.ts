// Events that arrive late never undo newer ones, also if the session was found by other identifiers when these came, or if the
// policy or the settings did not have the fact yet; live, and after a restart.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventUri } from '../../../service/signals/sets/event-types.ts';
import type { SignalSettings } from '../../../service/signals/settings.ts';
import { attack } from '../../attacks/attack.ts';
import { type Harness, openHarness } from '../decisions/service-harness.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { signalSettings } from './signal-issuer.ts';

const policyOf = (context: string, rule: string) => `
policy test.former version "1.0.0"
subject ai_agent { owner?: String }
action read {}
resource file {}
context { time: Timestamp, tenant?: String${context} }
for ai_agent doing read on file {
  ${rule}
  permit reads when action.name is "read"
}
`;
const declared = policyOf(', zone?: String', 'deny bad when context.zone is not "ok"');
const undeclared = policyOf('', '');
const type = eventUri('https://scanner.example/zone');
const byOwner = {
  any: { format: 'opaque', id: '$session.subject.id' },
  user: { format: 'email', email: '$session.subject.properties.owner' },
  tenant: { format: 'opaque', id: '$session.context.tenant' },
};
const settings: Partial<SignalSettings> = {
  subjects: byOwner,
  events: { [type]: { signal: null, facts: { context: { zone: '$event.zone' } } } },
};
const owner = (name: string) => ({ format: 'email', email: `${name}@x.example` });
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };

let modules: readonly Uint8Array[];
beforeAll(async () => {
  modules = await Promise.all([declared, undeclared].map((source) => compileForGuard(source)));
});

let folder: string;
let harness: Harness;
let count = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
});
afterEach(async () => {
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(module = modules[0], more: Partial<SignalSettings> = {}): Promise<void> {
  const policy = module as Uint8Array;
  harness = await openHarness({
    policy,
    folder,
    signals: signalSettings({ ...settings, ...more }),
  });
}

async function restart(more: Partial<SignalSettings> = {}): Promise<void> {
  await harness.close();
  await start(undefined, more);
}

/** `age`: in seconds. */
async function receive(zone: string, subject: object, age: number): Promise<void> {
  count += 1;
  const [issuer, jti] = ['https://idp.example', `${count}`];
  const about = subject as Readonly<Record<string, unknown>>;
  const time = Date.now() - age * 1_000;
  const event = { issuer, jti, txn: undefined, type, time, claims: { zone }, subject: about };
  await harness.signals?.receive('idp', { issuer, jti, events: [event] });
}

const properties = (name: string) => ({ properties: { owner: `${name}@x.example` } });
const open = (name = 'a') =>
  harness.post('/sessions', {
    id: 's',
    subject: { type: 'ai_agent', id: 's', ...properties(name) },
  });
const setOwner = (name: string) =>
  harness.call('PATCH', '/sessions/s', { subject: properties(name) });
const decision = async (context: object = {}) =>
  (await harness.post('/sessions/s/decide', { ...read, context })).body.decision;

attack('signals-late-former-subject', async () => {
  for (const restarts of [false, true]) {
    await start();
    await open();
    await receive('ok', owner('a'), 300);
    await receive('bad', owner('a'), 60);
    await setOwner('b');
    // The session is no longer about this one, so that it is not a newer event.
    await receive('ok', owner('a'), 5);
    if (restarts) await restart();
    await receive('ok', owner('b'), 120);
    expect(await decision()).toBe(false);
    await receive('ok', owner('b'), 30);
    expect(await decision()).toBe(true);
    await receive('bad', owner('b'), 10);
    expect(await decision()).toBe(false);
    await harness.call('DELETE', '/sessions/s');
    await harness.close();
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
  }
  await start();
});

test('so are events about a subject that came with a decision, or that other settings found', async () => {
  await start();
  await open();
  const tenant = (id: string) => ({ format: 'complex', tenant: { format: 'opaque', id } });
  expect(await decision({ tenant: 't1' })).toBe(false);
  await receive('ok', tenant('t1'), 300);
  await receive('bad', tenant('t1'), 60);
  expect(await decision({ tenant: 't2' })).toBe(false);
  // The tenant no longer identifies sessions, and then does again.
  await restart({ subjects: { any: byOwner.any, user: byOwner.user } });
  await restart();
  await receive('ok', tenant('t2'), 120);
  await receive('ok', owner('a'), 120);
  expect(await decision()).toBe(false);
});

attack('signals-late-undeclared', async () => {
  await start(modules[1]);
  await open();
  await receive('bad', owner('a'), 60);
  expect(harness.activation.offer(modules[0] as Uint8Array).kind).toBe('activated');
  expect(await decision()).toBe(false);
  await receive('ok', owner('a'), 120);
  expect(await decision()).toBe(false);
  await receive('ok', owner('a'), 30);
  expect(await decision()).toBe(true);
});

describe('in any order of events, changes of the subject and restarts', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('event' as const),
      zone: fc.constantFrom('ok', 'bad'),
      about: fc.constantFrom('a', 'b', 'c'),
      age: fc.uniqueArray(fc.integer({ min: 10, max: 4_000 }), { minLength: 1, maxLength: 1 }),
    }),
    fc.record({ kind: fc.constant('owner' as const), name: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constantFrom('restart' as const, 'activate' as const) }),
  );

  test('the fact has the value of the newest event that was about the session', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        rmSync(folder, { recursive: true, force: true });
        folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
        await start();
        try {
          await open();
          let name = 'a';
          const began = Date.now();
          const events: { about: string; zone: string; time: number }[] = [];
          const applied = new Set<(typeof events)[number]>();
          const apply = () => {
            for (const each of events) if (each.about === name) applied.add(each);
          };
          for (const each of steps) {
            if (each.kind === 'event') {
              const time = began - (each.age[0] ?? 0) * 1_000;
              if (events.some((other) => other.time === time)) continue;
              await receive(each.zone, owner(each.about), (Date.now() - time) / 1_000);
              events.push({ ...each, time });
              apply();
            } else if (each.kind === 'owner') {
              name = each.name;
              await setOwner(name);
              apply();
            } else if (each.kind === 'restart') await restart();
            else harness.activation.offer(modules[0] as Uint8Array);
            const [newest] = [...applied].sort((one, other) => other.time - one.time);
            expect(await decision()).toBe(newest?.zone === 'ok');
          }
        } finally {
          await harness.close();
        }
      }),
      { numRuns: 12 },
    );
    rmSync(folder, { recursive: true, force: true });
    folder = mkdtempSync(join(tmpdir(), 'nhipol-former-'));
    await start();
  });
});
