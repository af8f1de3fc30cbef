// The id of a session may be used again, also while the session is opened, an event waits for what is known about it, or a change
// waits for its turn: everything that waits belongs to the session that it was for, and to no other one with the id.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatEventUri, type SignalStore, serviceItself } from '@nhipol/service';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, openHarness } from '../../decisions/service-harness.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { StoreGate } from '../remembered/store-gate.ts';
import { signalSettings } from '../signal-issuer.ts';

const policy = `
policy test.incarnations version "1.0.0"
subject ai_agent { owner?: String }
action read {}
resource file {}
context { time: Timestamp, zone?: String, tenant?: String }
for ai_agent doing read on file {
  permit reads when context.zone is "ok"
}
`;
const type = formatEventUri('https://scanner.example/zone');
const settings = signalSettings({
  subjects: {
    user: { format: 'email', email: '$session.subject.properties.owner' },
    tenant: { format: 'opaque', id: '$session.context.tenant' },
  },
  events: {
    [type]: { signal: null, facts: { context: { zone: '$event.zone', tenant: '$event.tenant' } } },
  },
});

let module: Uint8Array;
let folder: string;
let harness: Harness;
let gate: StoreGate;
let count = 0;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nhipol-incarnations-'));
  gate = new StoreGate();
  await start();
});
afterEach(async () => {
  gate.open();
  await harness.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const wrapSignals = (store: SignalStore): SignalStore => ({
    ...store,
    about: async (...given) => {
      await gate.pass();
      return store.about(...given);
    },
  });
  harness = await openHarness({ policy: module, folder, signals: settings, wrapSignals });
}

async function restart(): Promise<void> {
  await harness.close();
  await start();
}

const user = (name: string) => ({ format: 'email', email: `${name}@x.example` });
const tenant = (id: string) => ({ format: 'complex', tenant: { format: 'opaque', id } });

async function receive(claims: object, subject: object): Promise<void> {
  count += 1;
  const [issuer, jti] = ['https://idp.example', `${count}`];
  const [time, about] = [Date.now() - 60_000 + count, { ...subject }];
  const event = { issuer, jti, txn: undefined, type, time, claims: { ...claims }, subject: about };
  await harness.signals?.receive('idp', { issuer, jti, events: [event] });
}

const open = (name: string) =>
  harness.post('/sessions', {
    id: 's',
    subject: { type: 'ai_agent', id: name, properties: { owner: `${name}@x.example` } },
  });
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const decision = async () => (await harness.post('/sessions/s/decide', read)).body.decision;
const owner = async () => {
  const { body } = await harness.call('GET', '/sessions/s');
  return body.facts?.subject?.properties?.owner;
};
attack('signals-id-being-opened', async () => {
  await receive({ zone: 'ok', tenant: 't' }, user('z'));
  await receive({ zone: 'ok', tenant: 't' }, tenant('t'));
  // The first event has changed the session, so that events about the tenant are looked for.
  gate.closeLater(1);
  const first = open('z');
  await gate.reached;
  const others = [await open('restricted'), await open('restricted')];
  expect(others.map(({ status }) => status)).toEqual([409, 409]);
  gate.open();
  expect((await first).status).toBe(201);
  expect([await owner(), await decision()]).toEqual(['z@x.example', true]);
  await harness.call('DELETE', '/sessions/s');
  expect((await open('restricted')).status).toBe(201);
  expect(await decision()).toBe(false);
  expect(harness.warnings).toEqual([]);
});

test('an id belongs to the first opening, also if it waits for its turn', async () => {
  await receive({ zone: 'ok' }, user('z'));
  gate.closeLater(0);
  const first = open('z');
  await gate.reached;
  expect((await open('restricted')).status).toBe(409);
  gate.open();
  expect((await first).status).toBe(201);
  expect(await owner()).toBe('z@x.example');
});

attack('signals-id-used-again', async () => {
  await open('z');
  await receive({ zone: 'ok', tenant: 'u' }, user('z'));
  await restart();
  // The changes of events are read first.
  gate.closeLater(0);
  const event = receive({ zone: 'ok', tenant: 'u' }, user('z'));
  await gate.reached;
  expect((await harness.call('DELETE', '/sessions/s')).status).toBe(204);
  expect((await open('restricted')).status).toBe(201);
  gate.open();
  await event;
  expect([await owner(), await decision()]).toEqual(['restricted@x.example', false]);
  // Nor is it known that an event has set the fact.
  await receive({ zone: 'ok', tenant: 'u' }, user('restricted'));
  expect(await decision()).toBe(true);
  expect(harness.warnings).toEqual([]);
});

test('who changes a session, or decides in it, gets no answer of the next one with its id', async () => {
  const change = (name: string) => ({ subject: { properties: { owner: `${name}@x.example` } } });
  const ways = [
    () => harness.point.sessions.patch(serviceItself, 's', change('z')),
    () => harness.point.sessions.decide(serviceItself, 's', { ...read, context: { tenant: 't' } }),
  ];
  await receive({ zone: 'ok' }, user('z'));
  await receive({ zone: 'ok' }, tenant('t'));
  for (const way of ways) {
    await open('restricted');
    gate.closeLater(0);
    const answer = way().then(
      (given) => JSON.stringify(given),
      (error) => `${error}`,
    );
    await gate.reached;
    await harness.call('DELETE', '/sessions/s');
    const next = open('other');
    expect((await next).status).toBe(201);
    gate.open();
    expect(await answer).toMatch(/no session with this id is open|the session was closed/);
    expect([await owner(), await decision()]).toEqual(['other@x.example', false]);
    await harness.call('DELETE', '/sessions/s');
  }
});
