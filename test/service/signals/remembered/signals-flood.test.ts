// Many remembered events about a subject whose session is opened: others have their turn meanwhile, the log has few lines, and
// nobody uses the session before all events are applied, also after the process ended in between.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogEntry, serviceItself } from '@nhipol/service';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { VerifiedSet } from '../../../../service/signals/sets/verify-set.ts';
import { attack } from '../../../attacks/attack.ts';
import { type Harness, openHarness } from '../../decisions/service-harness.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { signalSettings } from '../signal-issuer.ts';

const policy = `
policy test.flood version "1.0.0"
subject ai_agent { credential?: { exposed?: Bool } }
action read {}
resource file {}
context { time: Timestamp, events?: { "credential-compromise"?: { credential_type?: String } } }
signals { "credential-compromise": { credential_type?: String } }

for ai_agent doing read on file {
  permit all otherwise
  deny leaked when count(signal "credential-compromise", within 10m) > 1_800
}
`;

const count = 1_900;
const instant = Date.now() - 1_000;
const folders: string[] = [];
let module: Uint8Array;
let harness: Harness;
let lines: { readonly entry: LogEntry; readonly tick: number }[];
let tick = 0;
let isTicking = false;

async function open(folder: string): Promise<Harness> {
  const append = (entry: LogEntry) => `${lines.push({ entry, tick })}`;
  const log = { append, close: async () => {} };
  return openHarness({ policy: module, folder, signals: signalSettings({}), point: { log } });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-flood-'));
  folders.push(folder);
  return folder;
}

beforeEach(async () => {
  module = await compileForGuard(policy);
  lines = [];
  harness = await open(newFolder());
  isTicking = true;
  const next = () => {
    tick += 1;
    if (isTicking) setImmediate(next);
  };
  next();
  await Promise.all(Array.from({ length: count }, (_, n) => receive(n)));
});
afterEach(async () => {
  isTicking = false;
  await harness.close();
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
});

async function receive(n: number): Promise<void> {
  const [issuer, jti] = ['https://issuer.example', `e-${n}`];
  const type = 'https://schemas.openid.net/secevent/risc/event-type/credential-compromise';
  const subject = { format: 'opaque', id: 'a-1' };
  const claims = { credential_type: `type ${n}` };
  const event = { issuer, jti, txn: undefined, type, time: instant, subject, claims };
  const set: VerifiedSet = { issuer, jti, events: [event] };
  await harness.signals?.receive('source', set);
}

const subject = { type: 'ai_agent', id: 'a-1' };
const read = { action: { name: 'read' }, resource: { type: 'file', id: 'f' } };
const filterLines = (kind: LogEntry['kind']) => lines.filter(({ entry }) => entry.kind === kind);

/** Resolves when the session is being opened. */
async function opening(): Promise<void> {
  while (filterLines('opened').length === 0) await new Promise((resolve) => setImmediate(resolve));
}

attack(
  'signals-event-flood',
  async () => {
    const answer = harness.post('/sessions', { id: 's1', subject });
    await opening();
    await expect(harness.point.sessions.view(serviceItself, 's1')).rejects.toThrow('no session');
    expect((await answer).status).toBe(201);
    const [opened] = filterLines('opened');
    const [events] = filterLines('events');
    expect((events?.tick ?? 0) - (opened?.tick ?? 0)).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(6);
    const logged = filterLines('events').map(
      ({ entry }) => entry.kind === 'events' && entry.events,
    );
    expect(logged.flat()).toHaveLength(count);
    const { body } = await harness.post('/sessions/s1/decide', read);
    expect(body.context.reasons).toEqual(['leaked']);
  },
  120_000,
);

test('a session is not there if the process ended before all events were applied', async () => {
  const answer = harness.post('/sessions', { id: 's1', subject });
  await opening();
  const other = { id: 's2', subject: { type: 'ai_agent', id: 'another' } };
  // Both are on the disk then.
  await harness.point.sessions.open(serviceItself, other.id, { subject: other.subject });
  const isOpening = filterLines('events').length === 0;
  const copy = newFolder();
  cpSync(folders[0] ?? '', copy, { recursive: true });
  expect((await answer).status).toBe(201);
  await harness.close();
  harness = await open(copy);
  const { body } = await harness.call('GET', '/sessions');
  const ids = body.sessions.map(({ id }: { readonly id: string }) => id);
  expect(ids).toEqual(isOpening ? ['s2'] : ['s1', 's2']);
  if (isOpening) expect((await harness.post('/sessions', { id: 's1', subject })).status).toBe(201);
  const decided = await harness.post('/sessions/s1/decide', read);
  expect(decided.body.context.reasons).toEqual(['leaked']);
}, 120_000);
