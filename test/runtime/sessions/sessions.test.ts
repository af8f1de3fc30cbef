// Live sessions of the JavaScript runtime, with a clock that the test controls: listeners are notified of changes
// over time, and the abort signal of a session that ends fires.

import { compile } from '@nhipol/compiler';
import { load, type SessionChange, SessionError } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';
import { ManualClock } from '../../support/system/manual-clock.ts';

const policy = checkPolicy(`policy test.live version "1"
subject agent { expires_at: Timestamp, scopes: Set<String> = {} }
action call { tool?: String }
action any { tool?: String }
resource file {}
resource any {}
context { time: Timestamp, risk: Int, flagged: Bool = false, note?: { text?: String }, files: List<{ path?: String }> = {} }
signals { leaked: { where?: String } }
constraint rows: Int smallest wins
for agent {
  permit works otherwise
  narrow risky when context.risk >= 50 to { rows: 10 }
  challenge unsure when context.flagged
  deny expired when context.time >= subject.expires_at
  deny busy when count(allowed, within 1m) >= 3
  revoke leaked when once(signal "leaked")
}`);

let wasm: Uint8Array = new Uint8Array();
beforeAll(async () => {
  ({ wasm } = await compile(policy, assemble));
});

function request(changes: object = {}) {
  return {
    subject: { type: 'agent', id: 'a', properties: { expires_at: '1970-01-01T01:00:00Z' } },
    action: { name: 'call', properties: { tool: 't' } },
    resource: { type: 'file', id: 'f' },
    context: { risk: 1, ...changes },
  };
}

function start() {
  const clock = new ManualClock();
  const sessions = createRegistry(load(wasm), { clock });
  const notified: string[] = [];
  for (const kind of [
    'narrowed',
    'challenged',
    'denied',
    'revoked',
    'restored',
    'changed',
  ] as const)
    sessions.on(kind, ({ id, answer }) =>
      notified.push(`${kind} ${id}: ${answer.reasons.join(', ')}`),
    );
  return { clock, sessions, notified };
}

test('a permission ends by time at the stated instant', () => {
  const { clock, sessions, notified } = start();
  sessions.open('s', request());
  expect(sessions.decide('s')).toMatchObject({ effect: 'permit', validUntil: 3_600_000 });
  clock.to(3_599_999);
  expect(notified).toEqual([]);
  clock.to(3_600_000);
  expect(notified).toEqual(['denied s: expired']);
});

test('changed facts are evaluated once the clock advances', () => {
  const { clock, sessions, notified } = start();
  sessions.open('s', request());
  sessions.decide('s');
  sessions.patch('s', 'context.risk', 60);
  clock.to(1_000_001);
  sessions.patch('s', { context: { flagged: true } });
  clock.to(1_000_002);
  sessions.patch('s', { context: { flagged: null, risk: 2 } });
  clock.to(1_000_003);
  expect(notified).toEqual(['narrowed s: risky', 'challenged s: unsure', 'restored s: works']);
});

test('a change that is undone before it is evaluated is not a change', () => {
  const { clock, sessions, notified } = start();
  sessions.open('s', request());
  sessions.decide('s');
  sessions.patch('s', 'context.risk', 60);
  sessions.patch('s', 'context.risk', 1);
  clock.to(1_000_001);
  expect(notified).toEqual([]);
});

test('a signal that ends a session aborts its work', () => {
  const { clock, sessions, notified } = start();
  sessions.open('s', request());
  const signal = sessions.abortSignal('s');
  sessions.decide('s');
  sessions.record('s', 'leaked', { where: 'a log' });
  expect(signal.aborted).toBe(false);
  clock.to(1_000_001);
  expect(notified).toEqual(['revoked s: leaked']);
  expect(signal.aborted).toBe(true);
  expect(String(signal.reason)).toContain('leaked');
  expect(sessions.decide('s', { action: { name: 'other' } })).toMatchObject({
    effect: 'revoke',
    reasons: ['leaked'],
  });
});

test('decisions count for later queries', () => {
  const { clock, sessions, notified } = start();
  sessions.open('s', request());
  const effects = () => sessions.decide('s').effect;
  expect([effects(), effects(), effects(), effects()]).toEqual([
    'permit',
    'permit',
    'permit',
    'deny',
  ]);
  clock.to(1_000_001);
  expect(notified).toEqual([]);
  clock.to(1_060_001);
  expect(notified).toEqual(['restored s: works']);
});

test('changes are reported one by one, and to a slow reader once per session', async () => {
  const { clock, sessions } = start();
  const changes = sessions.changes();
  for (const id of ['a', 'b']) {
    sessions.open(id, request());
    sessions.decide(id);
  }
  sessions.patch('a', 'context.risk', 60);
  clock.to(1_000_001);
  sessions.patch('b', 'context.risk', 60);
  clock.to(1_000_002);
  sessions.patch('a', 'context.flagged', true);
  clock.to(1_000_003);
  sessions.end();
  const read: SessionChange[] = [];
  for await (const change of changes) read.push(change);
  expect(read.map(({ id, before, answer }) => [id, before, answer.effect])).toEqual([
    ['b', 'permit', 'narrow'],
    ['a', 'permit', 'challenge'],
  ]);
});

test('an invalid input is reported with its path, and nothing changes', () => {
  const { sessions } = start();
  expect(() => sessions.open('s', request({ risk: 'high' }))).toThrow(
    /the session `s`: \$\.context\.risk: expected an integer \(Int\)/,
  );
  sessions.open('s', request());
  sessions.decide('s');
  expect(() => sessions.open('s', request())).toThrow(SessionError);
  expect(() => sessions.patch('s', 'context.risk', 'high')).toThrow(/\$\.context\.risk/);
  expect(() => sessions.patch('s', { subject: { type: 'user' } })).toThrow(
    /\$\.subject\.type: expected the value that the session was opened with, found a different value/,
  );
  expect(() => sessions.patch('s', { action: { name: 'other' } })).toThrow(
    /\$\.action\.name: expected the value that the session was opened with/,
  );
  expect(() => sessions.patch('s', { resource: { type: 'other' } })).toThrow(
    /\$\.resource\.type: expected the value that the session was opened with/,
  );
  const two = { subject: { type: 'user' }, resource: { type: 'other' } };
  expect(() => sessions.patch('s', two)).toThrow(/\$\.subject\.type/);
  expect(() => sessions.record('s', 'unheard')).toThrow(/a signal that the policy declares/);
  expect(() => sessions.record('s', 'leaked', { where: 5 })).toThrow(/where/);
  expect(() => sessions.patch('t', 'context.risk', 1)).toThrow(/an open session/);
  expect(sessions.decide('t')).toMatchObject({ effect: 'deny', error: { code: 'no_session' } });
  expect(sessions.decide('s').effect).toBe('permit');
});

test('a narrowed action counts as allowed', () => {
  const { sessions } = start();
  sessions.open('s', request({ risk: 60 }));
  const effects = [1, 2, 3, 4].map(() => sessions.decide('s').effect);
  expect(effects).toEqual(['narrow', 'narrow', 'narrow', 'deny']);
});

test('a string is restored from a snapshot unchanged', () => {
  const text = 'C:\\new "é"\n\u0001';
  const { sessions } = start();
  sessions.open('s', request({ note: { text } }));
  const snapshot = sessions.snapshot('s');
  expect(JSON.parse(snapshot)).toMatchObject({ request: { context: { note: { text } } } });
  const { sessions: others } = start();
  expect(others.restore(snapshot)).toEqual({ id: 's', mismatch: undefined });
});

test('an id is a well-formed string of at most 255 bytes', () => {
  const { sessions } = start();
  const maxId = `${'é'.repeat(127)}x`;
  sessions.open(maxId, request());
  expect(sessions.decide(maxId).effect).toBe('permit');
  for (const id of ['é'.repeat(128), 'x'.repeat(256), '\ud800'])
    expect(() => sessions.open(id, request())).toThrow(/a valid Unicode id of at most 255 bytes/);
});

test('an invalid change may still end the session', () => {
  const { sessions, notified } = start();
  sessions.open('s', request());
  sessions.record('s', 'leaked');
  expect(() => sessions.patch('s', 'context.risk', 'high')).toThrow(/risk/);
  expect(notified).toEqual(['revoked s: leaked']);
});

test('a clock that goes back by more than a minute is denied', () => {
  const clock = { time: 1_000_000, now: () => clock.time, at: () => () => {} };
  const sessions = createRegistry(load(wasm), { clock });
  sessions.open('s', request());
  clock.time = 940_000;
  expect(sessions.decide('s').effect).toBe('permit');
  clock.time = 939_999;
  expect(sessions.decide('s')).toMatchObject({ effect: 'deny', reasons: ['clock_went_back'] });
});

test('another resource keeps no members of the old one', () => {
  const { sessions } = start();
  sessions.open('s', request({ note: { text: 'x' } }));
  sessions.replace('s', { context: { risk: 60 } });
  expect(sessions.decide('s')).toMatchObject({ effect: 'narrow', constraints: { rows: 10 } });
});

test('sessions take memory as needed, and release it', () => {
  const clock = { now: () => 1_000_000, at: () => () => {} };
  const module = load(wasm);
  const sessions = createRegistry(module, { clock });
  const round = (count: number) => {
    for (let at = 0; at < count; at += 1) {
      sessions.open(`s${at}`, request());
      sessions.record(`s${at}`, 'leaked', { where: 'x'.repeat(at % 50) });
      sessions.decide(`s${at}`);
    }
    for (let at = 0; at < count; at += 1) sessions.close(`s${at}`);
  };
  round(3000);
  expect(sessions.size).toBe(0);
  for (let again = 0; again < 3; again += 1) round(3000);
  const few = createRegistry(module, { clock, sessionBytes: 1_048_576 });
  const open = () => {
    for (let at = 0; ; at += 1) few.open(`s${at}`, request());
  };
  expect(open).toThrow(/memory for another session/);
  const { size } = few;
  expect(size).toBeGreaterThan(1000);
  few.close('s7');
  few.open('again', request());
  expect(few.decide('again').effect).toBe('permit');
});

test('a module without sessions is rejected with the reason', async () => {
  const plain = await compile(checkPolicy('policy p\nfor any { permit ok otherwise }'), assemble);
  expect(() => createRegistry(load(plain.wasm))).toThrow(/compile it with --sessions/);
});

test('everyone is notified of a revocation, even if a query caused it', async () => {
  const { sessions, notified } = start();
  const changes = sessions.changes();
  sessions.open('s', request());
  const stop = sessions.abortSignal('s');
  sessions.decide('s');
  sessions.record('s', 'leaked');
  expect(sessions.decide('s').effect).toBe('revoke');
  expect(stop.aborted).toBe(true);
  expect(sessions.decide('s').effect).toBe('revoke');
  expect(notified).toEqual(['revoked s: leaked']);
  sessions.end();
  expect((await changes.next()).value).toMatchObject({ id: 's', before: 'permit' });
});

test.each([
  '',
  '.',
  'context.levl',
  'context.note.txt',
  'context.note.text.more',
  'context.files.path',
  'context.files[].path',
  'context..risk',
  'context.risk.',
  '.context.risk',
  'contxt.risk',
  'subject.id',
  'subject.type',
  'subject.properties.scopes',
  'action.name',
  'action.toool',
  'resource.tool',
  '$.context.risk',
  'constructor',
  '__proto__.risk',
])('a change of `%s`, which the policy does not declare, is rejected', (path) => {
  const { sessions } = start();
  sessions.open('s', request());
  const before = sessions.snapshot('s');
  const change = () => sessions.patch('s', path, 'HIGH');
  expect(change).toThrow(SessionError);
  expect(change).toThrow(
    expect.objectContaining({ code: 'no_member', found: JSON.stringify(path) }),
  );
  expect(sessions.snapshot('s')).toBe(before);
});

test.each<[object, string]>([
  [{ contxt: { risk: 60 } }, '$.contxt'],
  [{ risk: 60 }, '$.risk'],
  [{ context: { rsik: 60 } }, '$.context.rsik'],
  [{ context: { risk: 2, note: { txt: 'x' } } }, '$.context.note.txt'],
  [{ context: { 'not-e': {} } }, '$.context["not-e"]'],
  [{ context: { rsik: null } }, '$.context.rsik'],
  [{ subject: { scopes: [] } }, '$.subject.scopes'],
  [{ action: { tool: 'other' } }, '$.action.tool'],
])('a patch by %j, which has no effect, is rejected', (part, path) => {
  const { sessions } = start();
  sessions.open('s', request());
  const before = sessions.snapshot('s');
  const expected = expect.objectContaining({ code: 'no_member', path });
  expect(() => sessions.patch('s', part)).toThrow(expected);
  expect(() => sessions.patchJson('s', JSON.stringify(part))).toThrow(expected);
  expect(sessions.snapshot('s')).toBe(before);
});

test.each<[object, string]>([
  [{ contxt: { risk: 60 } }, '$.contxt'],
  [{ action: { name: 'call', tool: 't' } }, '$.action.tool'],
  [{ acton: { name: 'call' } }, '$.acton'],
])('a decision and a replacement by %j are refused', (part, path) => {
  const { sessions } = start();
  sessions.open('s', request());
  const before = sessions.snapshot('s');
  for (const given of [part, JSON.stringify(part)]) {
    expect(() => sessions.replace('s', given as object)).toThrow(
      expect.objectContaining({ code: 'no_member', path }),
    );
    const refused = { effect: 'deny', error: { code: 'no_member', path } };
    expect(sessions.decide('s', given as object)).toMatchObject(refused);
    expect(sessions.could('s', given as object)).toMatchObject({ possible: false });
  }
  expect(sessions.snapshot('s')).toBe(before);
});

test('arguments of a call and a whole context can have members that the policy does not declare', () => {
  const { sessions } = start();
  sessions.open('s', request());
  sessions.patch('s', { action: { properties: { tool: 'u', limit: 5 } } });
  sessions.replace('s', { context: { risk: 2, trace: 'x' } });
  const action = { name: 'call', properties: { limit: 5 }, trace: 'x' };
  expect(sessions.decide('s', { action, context: { trace: 'y' } }).effect).toBe('permit');
});

test('a declared member is changed by its path, at every depth', () => {
  const { sessions } = start();
  sessions.open('s', request());
  sessions.patch('s', 'context.note.text', 'x');
  sessions.patch('s', 'context."flagged"', true);
  sessions.patch('s', 'subject.scopes', ['a']);
  sessions.patch('s', 'action["tool"]', 'other');
  const facts = () => JSON.parse(sessions.snapshot('s')).request;
  expect(facts()).toMatchObject({
    subject: { properties: { scopes: ['a'] } },
    action: { properties: { tool: 'other' } },
    context: { note: { text: 'x' }, flagged: true },
  });
  sessions.patch('s', 'context.note', null);
  sessions.patch('s', 'context.note', { text: 'y' });
  expect(facts().context.note).toEqual({ text: 'y' });
});

test('replaced facts are read once', () => {
  const { sessions } = start();
  sessions.open('s', request());
  let reads = 0;
  const part = {
    get context() {
      reads += 1;
      return reads === 1 ? { risk: 60 } : undefined;
    },
  };
  sessions.replace('s', part);
  expect(reads).toBe(1);
  expect(sessions.decide('s').effect).toBe('narrow');
});
