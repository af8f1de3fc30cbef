// Live sessions that migrate from one policy to another: changes are previewed, all sessions migrate at once, and
// migrating back restores what was known.

import { compile } from '@nhipol/compiler';
import { LoadError, load, type Policy, type SessionChange, SessionError } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const declared = `
subject agent { team?: String }
context { time: Timestamp, risk?: Int }
constraint rows: Int smallest wins
signals { read: {} }`;

const first = `policy acme version "1" ${declared}
for agent {
  permit works otherwise
  deny busy when count(decided, within 1m) >= 5
  narrow risky when context.risk >= 50 to { rows: 10 }
}`;
const second = `policy acme version "2" ${declared}
for agent {
  permit works when subject.team is "core"
  deny busy when count(decided, within 1m) >= 3
  narrow risky when context.risk >= 20 to { rows: 10 }
  revoke exposed when context.risk >= 90
}`;
const tainted = `policy acme version "3" ${declared}
for agent {
  permit works otherwise
  deny busy when count(decided, within 1m) >= 5
  narrow risky when context.risk >= 50 to { rows: 5 }
  deny tainted when once(signal "read", within 10m)
}`;

let policies: readonly Policy[] = [];
beforeAll(async () => {
  policies = await Promise.all(
    [first, second, tainted].map(async (text) =>
      load((await compile(checkPolicy(text), assemble, { sessions: true })).wasm),
    ),
  );
});

const policy = (version: 1 | 2 | 3) => policies[version - 1] as Policy;

let now = 0;
const clock = { now: () => now, at: () => () => {} };

function openSessions(risks: Readonly<Record<string, number>>, version: 1 | 2 | 3 = 1) {
  now = Date.parse('2026-03-03T10:00:00Z');
  const sessions = createRegistry(policy(version), { clock });
  for (const [id, risk] of Object.entries(risks)) {
    sessions.open(id, {
      subject: { type: 'agent', id, properties: { team: id === 'z' ? 'other' : 'core' } },
      action: { name: 'call' },
      resource: { type: 'file', id: 'f' },
      context: { risk },
    });
    sessions.decide(id);
  }
  return sessions;
}

test('the preview shows the changes, and nothing changes before it is activated', () => {
  const sessions = openSessions({ a: 0, b: 30, c: 30, d: 60, e: 95, z: 0 });
  const notified: string[] = [];
  for (const kind of ['narrowed', 'denied', 'revoked', 'restored', 'changed'] as const) {
    sessions.on(kind, ({ id }) => notified.push(`${kind} ${id}`));
  }
  const work = sessions.abortSignal('e');
  const preview = sessions.preview(policy(2));
  expect(preview.sessions).toBe(6);
  expect(preview.byEffect).toEqual([
    { before: 'permit', after: 'narrow', ids: ['b', 'c'] },
    { before: 'narrow', after: 'revoke', ids: ['e'] },
    { before: 'permit', after: 'deny', ids: ['z'] },
  ]);
  expect(`${preview}`).toBe('2 permit → narrow, 1 narrow → revoke, 1 permit → deny, 2 as before');
  expect(preview.mismatches).toEqual([]);
  expect(notified).toEqual([]);
  expect(sessions.reevaluate('e').effect).toBe('narrow');

  // Meanwhile facts change.
  sessions.patch('c', 'context.risk', 0);
  const changes = preview.activate();
  expect(changes.map(({ id }) => id)).toEqual(['b', 'e', 'z']);
  expect(notified).toEqual(['narrowed b', 'revoked e', 'denied z']);
  expect(work.aborted).toBe(true);
  expect(sessions.policy).toBe(policy(2));
  expect(sessions.reevaluate('b')).toMatchObject({ effect: 'narrow', constraints: { rows: 10 } });

  // Events under the other version are counted.
  expect(sessions.decide('a').effect).toBe('permit');
  expect(sessions.decide('a').effect).toBe('permit');
  expect(sessions.decide('a').reasons).toEqual(['busy']);
  sessions.patch('b', 'context.risk', 5);
  expect(sessions.sweep().map(({ id, answer }) => `${id} ${answer.effect}`)).toEqual(['b permit']);
});

test('the same effect with other constraints is a change', () => {
  const sessions = openSessions({ a: 0, d: 60 }, 3);
  const preview = sessions.preview(policy(1));
  expect(preview.byEffect).toEqual([{ before: 'narrow', after: 'narrow', ids: ['d'] }]);
  expect(`${preview}`).toBe('1 other narrow, 1 as before');
});

test('after migrating back, a revoked session is revoked, and everything else is as before', () => {
  const sessions = openSessions({ a: 0, b: 30, e: 95 }, 3);
  sessions.record('b', 'read');
  expect(sessions.decide('b').reasons).toEqual(['tainted']);
  sessions.preview(policy(2)).activate();
  expect(sessions.decide('b').effect).toBe('narrow');
  sessions.preview(policy(3)).activate();
  expect(sessions.reevaluate('a').effect).toBe('permit');
  expect(sessions.reevaluate('b').reasons).toEqual(['tainted']);
  expect(sessions.reevaluate('e').reasons).toEqual(['revoked_before']);
  // Events that happened meanwhile are unknown until they would no longer count.
  now += 600_001;
  expect(sessions.reevaluate('b').effect).toBe('permit');
});

test('events that were not recorded leave the history unknown', () => {
  const sessions = openSessions({ a: 0 });
  const [change] = sessions.preview(policy(3)).activate();
  expect(change).toMatchObject({ before: { effect: 'permit' }, after: { reasons: ['tainted'] } });
  expect(change?.after.reasonDetails[0]).toMatchObject({ firedOn: 'unknown' });
});

test('sessions without a query migrate, and are not a change', () => {
  const sessions = openSessions({});
  sessions.open('n', {
    subject: { type: 'agent', id: 'n' },
    action: { name: 'call' },
    resource: { type: 'file', id: 'f' },
    context: {},
  });
  const preview = sessions.preview(policy(2));
  expect([preview.sessions, preview.changes.length]).toEqual([1, 0]);
  preview.activate();
  expect(sessions.decide('n').effect).toBe('deny');
});

test('if one session cannot be migrated, nothing changes', () => {
  now = 0;
  const sessions = createRegistry(policy(1), { clock, sessionBytes: 1_200_000 });
  let count = 0;
  const fill = () => {
    for (;;) {
      sessions.open(`s${count}`, {
        subject: { type: 'agent', id: 'a'.repeat(3_000), properties: { team: 'core' } },
        action: { name: 'call' },
        resource: { type: 'file', id: 'f' },
        context: { risk: 0 },
      });
      count += 1;
    }
  };
  expect(fill).toThrow(SessionError);
  expect(() => sessions.preview(policy(3))).toThrow(/memory for another session/);
  expect(sessions.policy).toBe(policy(1));
  expect(sessions.decide('s0').effect).toBe('permit');
});

test('a module without sessions is rejected', async () => {
  const text = 'policy p\nfor any { permit works otherwise }';
  const { wasm } = await compile(checkPolicy(text), assemble);
  const sessions = openSessions({ a: 0 });
  expect(() => sessions.preview(load(wasm))).toThrow(LoadError);
  expect(sessions.reevaluate('a').effect).toBe('permit');
});

test('readers of changes are notified', async () => {
  const sessions = openSessions({ a: 30, b: 95 });
  const reader = sessions.changes();
  sessions.preview(policy(2)).activate();
  sessions.end();
  const read: SessionChange[] = [];
  for await (const change of reader) read.push(change);
  expect(read.map(({ id, before, answer }) => [id, before, answer.effect])).toEqual([
    ['a', 'permit', 'narrow'],
    ['b', 'narrow', 'revoke'],
  ]);
});
